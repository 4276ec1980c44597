package goedit

import (
	"bytes"
	"slices"
	"strings"
)

// AddToString adds text to a list in the first string literal of a declaration that
// has a word, tags of fields included: AddToString("OrderFilter", "created_at",
// ",note,-note") adds it behind the last letter, digit, minus, comma or underscore
// that follows the word without a gap.
func (f *File) AddToString(scope, word, text string) {
	lo, hi, ok := f.scope(scope)
	at, found := 0, false
	if ok {
		at, found = list(f.src[lo:hi], word)
	}
	if !found {
		f.noPlace(strings.Trim(text, ","), "has no string with %s in %s that this could be added to", word, scope)
		return
	}
	if f.put(lo+at, lo+at, text) {
		f.inserts = append(f.inserts, Insert{Scope: scope, Text: text, In: word})
	}
}

// list returns where a list ends that a string literal has from a word on.
func list(src []byte, word string) (int, bool) {
	for _, t := range tokens(src) {
		i := strings.Index(t.text, word)
		if i < 0 || t.text[0] != '"' && t.text[0] != '`' {
			continue
		}
		i += len(word)
		for i < len(t.text) && isListed(t.text[i]) {
			i++
		}
		return t.pos + i, true
	}
	return 0, false
}

func isListed(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-_,", c) >= 0
}

// Replace puts text in place of the first that reads like old in a declaration,
// whatever its white space.
func (f *File) Replace(scope, old, text string) {
	lo, hi, ok := f.scope(scope)
	var found []span
	if ok {
		found = find(tokens(f.src[lo:hi]), tokens([]byte(old)))
	}
	if len(found) == 0 {
		f.missing(text, "has no %s in %s, in place of which this belongs", old, scope)
		return
	}
	f.replace(scope, lo+found[0].pos, lo+found[0].end, text)
}

// ReplaceAll puts text in place of all that reads like old in the file. That there is
// none is no error.
func (f *File) ReplaceAll(old, text string) {
	want := tokens([]byte(old))
	for at := 0; ; {
		found := find(tokens(f.src), want)
		i := slices.IndexFunc(found, func(m span) bool { return m.pos >= at })
		if i < 0 || !f.replace("", found[i].pos, found[i].end, text) {
			return
		}
		at = found[i].pos + len(text)
	}
}

func (f *File) replace(scope string, pos, end int, text string) bool {
	was := string(f.src[pos:end])
	if !f.put(pos, end, text) {
		return false
	}
	f.inserts = append(f.inserts, Insert{Scope: scope, Text: text, Old: was, Nth: f.nth(scope, text, pos)})
	return true
}

// put puts text in place of what stands between two offsets.
func (f *File) put(pos, end int, text string) bool {
	before := f.src
	f.src = slices.Concat(before[:pos], []byte(text), before[end:])
	if err := f.parse(); err != nil {
		f.src = before
		f.refuse(text, err)
		return false
	}
	return true
}

// nth says how often the same stands in a scope above an offset.
func (f *File) nth(scope, text string, at int) int {
	lo, hi, ok := f.scope(scope)
	if !ok {
		return 0
	}
	for i, m := range find(tokens(f.src[lo:hi]), tokens([]byte(text))) {
		if lo+m.pos >= at {
			return i
		}
	}
	return 0
}

// fromString takes text out of a string literal of a scope.
func (f *File) fromString(lo, hi int, in Insert) bool {
	for _, t := range tokens(f.src[lo:hi]) {
		if t.text[0] != '"' && t.text[0] != '`' || !strings.Contains(t.text, in.In) {
			continue
		}
		literal := f.src[lo+t.pos : lo+t.end]
		for i := bytes.Index(literal, []byte(in.In)); i >= 0; {
			j := bytes.Index(literal[i:], []byte(in.Text))
			if j < 0 {
				break
			}
			i += j
			end := i + len(in.Text)
			if end == len(literal) || literal[end] == ',' || !isListed(literal[end]) {
				f.src = slices.Concat(f.src[:lo+t.pos+i], f.src[lo+t.pos+end:])
				return f.parse() == nil
			}
			i = end
		}
	}
	return false
}
