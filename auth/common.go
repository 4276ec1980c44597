package auth

import (
	_ "embed"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/terem-go/terem/errs"
)

// commonList are the most common passwords of at least six characters, one a
// line, in lower case: the list that Django ships. See docs/third-party.md.
//
//go:embed common.txt
var commonList string

// rows are what fingers walk along. Each is walked in both directions and again
// from its beginning.
var rows = []string{"abcdefghijklmnopqrstuvwxyz", "0123456789", "1234567890", "qwertyuiopasdfghjklzxcvbnm", "qwertyuiop", "asdfghjkl", "zxcvbnm", "qazwsxedcrfvtgbyhnujmikolp", "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p"}

// few is how many characters, at most, are guessed one by one.
const few = 6

// guessable reports whether a password is one of those that are tried first: a
// common one or a walk along the keyboard, also several times over or with a few
// figures around it, or little more than words that are about its owner.
func guessable(password string, about []string) bool {
	p := fold(password)
	if weak(p) {
		return true
	}
	core := strings.TrimFunc(p, func(r rune) bool { return !unicode.IsLetter(r) })
	if around := strings.Replace(p, core, "", 1); core != "" && weak(core) && (len(around) <= few || weak(around)) {
		return true
	}
	rest := p
	for _, text := range about {
		words := strings.FieldsFunc(fold(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
		for _, word := range append([]string{fold(text)}, words...) {
			if utf8.RuneCountInString(word) > 3 {
				rest = strings.ReplaceAll(rest, word, "")
			}
		}
	}
	return rest != p && (utf8.RuneCountInString(rest) <= few || weak(rest))
}

// fold removes what makes no password harder to guess: letters' case and forms.
func fold(text string) string { return strings.ToLower(norm.NFKC.String(text)) }

// weak reports whether p is common, a walk, or a short text several times over.
func weak(p string) bool {
	u := unit(p)
	return isCommon(u) || isWalk(p) || u != p && utf8.RuneCountInString(u) <= few
}

func isCommon(p string) bool {
	return p != "" && !strings.Contains(p, "\n") && (strings.HasPrefix(commonList, p+"\n") || strings.Contains(commonList, "\n"+p+"\n"))
}

// unit returns what p consists of several times over, or p.
func unit(p string) string {
	if i := strings.Index(p[min(1, len(p)):]+p, p); i >= 0 && i+1 < len(p) && len(p)%(i+1) == 0 {
		return p[:i+1]
	}
	return p
}

// isWalk reports whether p goes along a row of keys or letters, forth or back.
func isWalk(p string) bool {
	back := []rune(p)
	for i, j := 0, len(back)-1; i < j; i, j = i+1, j-1 {
		back[i], back[j] = back[j], back[i]
	}
	for _, row := range rows {
		line := strings.Repeat(row, len(p)/len(row)+2)
		if strings.Contains(line, p) || strings.Contains(line, string(back)) {
			return true
		}
	}
	return false
}

func errGuessable() error {
	return ErrPasswordCommon.With(errs.Field{In: "body", Name: "password", Message: "expected one that is harder to guess"})
}
