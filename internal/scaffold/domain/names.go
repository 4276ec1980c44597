package domain

import (
	"regexp"
	"strings"
	"unicode"
)

// NameForm is that of domains and fields: words of a-z and 0-9 with underscores
// between.
var NameForm = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)

// initialisms are written in capitals in Go.
var initialisms = map[string]bool{"api": true, "html": true, "http": true, "id": true, "ip": true, "json": true, "sku": true, "sql": true,
	"ssh": true, "tls": true, "uri": true, "url": true, "utc": true, "uuid": true, "vat": true, "xml": true}

// GoName returns a name such as user_id as Go exports it: UserID.
func GoName(name string) string {
	var b strings.Builder
	for word := range strings.SplitSeq(name, "_") {
		if initialisms[word] {
			b.WriteString(strings.ToUpper(word))
		} else if word != "" {
			b.WriteString(strings.ToUpper(word[:1]) + word[1:])
		}
	}
	return b.String()
}

// Snake returns a Go name such as OrderItem as a column is named: order_item.
func Snake(name string) string {
	var b strings.Builder
	runes := []rune(name)
	for i, r := range runes {
		if unicode.IsUpper(r) && i > 0 && (!unicode.IsUpper(runes[i-1]) || i+1 < len(runes) && unicode.IsLower(runes[i+1])) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// Lower returns a Go name as it is written where it is not exported: orderItem of
// OrderItem, and id of ID.
func Lower(name string) string {
	parts := strings.Split(Snake(name), "_")
	return parts[0] + GoName(strings.Join(parts[1:], "_"))
}

// irregular are plurals that do not end in s, and words that do and have none.
var irregular = map[string]string{"people": "person", "children": "child", "men": "man", "women": "woman", "feet": "foot", "mice": "mouse",
	"indices": "index", "vertices": "vertex", "criteria": "criterion", "media": "medium", "leaves": "leaf", "shelves": "shelf", "knives": "knife", "lives": "life",
	"movies": "movie", "cookies": "cookie", "ties": "tie", "caches": "cache", "aches": "ache", "shoes": "shoe", "toes": "toe",
	"series": "series", "species": "species", "news": "news", "address": "address", "gas": "gas", "bus": "bus", "lens": "lens"}

// singular returns what one of the things is called: order of orders. It guesses
// by the rules of English spelling.
func singular(name string) string {
	head, last := "", name
	if i := strings.LastIndexByte(name, '_'); i >= 0 {
		head, last = name[:i+1], name[i+1:]
	}
	if one, ok := irregular[last]; ok {
		return head + one
	}
	for _, rule := range []struct{ end, one string }{
		{"ies", "y"}, {"sses", "ss"}, {"shes", "sh"}, {"ches", "ch"}, {"xes", "x"}, {"zzes", "zz"}, {"ouses", "ouse"}, {"auses", "ause"}, {"uses", "us"}, {"atoes", "ato"}, {"eroes", "ero"},
		{"yses", "ysis"}, {"ss", "ss"}, {"us", "us"}, {"is", "is"}, {"s", ""},
	} {
		if stem, ok := strings.CutSuffix(last, rule.end); ok && stem != "" {
			return head + stem + rule.one
		}
	}
	return name
}

// words returns a name as text: order items of order_items.
func words(name string) string { return strings.ReplaceAll(name, "_", " ") }

// title returns a name as a label: Order items of order_items.
func title(name string) string {
	text := words(name)
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

// article returns a word with a or an before it, as it is spoken.
func article(word string) string {
	for _, begin := range []string{"uni", "use", "uti", "eu", "one"} {
		if strings.HasPrefix(word, begin) {
			return "a " + word
		}
	}
	if strings.ContainsRune("aeiou", rune(word[0])) || strings.HasPrefix(word, "hour") {
		return "an " + word
	}
	return "a " + word
}
