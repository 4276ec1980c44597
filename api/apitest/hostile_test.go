package apitest_test

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/terem-go/terem/api/apitest"
)

func TestHostile(t *testing.T) {
	t.Parallel()
	const n = 10000
	list := apitest.Hostile(n)
	if !slices.Equal(list[:100], apitest.Hostile(100)) {
		t.Error("the texts are not the same each time")
	}
	distinct, characters := map[string]bool{}, map[rune]bool{}
	invalid, long := 0, 0
	for _, text := range list {
		distinct[text] = true
		if !utf8.ValidString(text) {
			invalid++
		} else {
			for _, r := range text {
				characters[r] = true
			}
		}
		if len(text) > 1024 {
			long++
		}
	}
	if len(distinct) != n || invalid < 1000 || long < 500 {
		t.Errorf("of %d texts %d are distinct, %d no UTF-8, %d long", n, len(distinct), invalid, long)
	}
	for name, table := range unicode.Categories {
		if name == "Cs" { // only as what is no UTF-8
			continue
		}
		found := false
		for r := range characters {
			found = found || unicode.Is(table, r)
		}
		if !found {
			t.Errorf("no text has a character of the category %s", name)
		}
	}
	for _, part := range []string{"\x00", "\r\nSet-Cookie:", "'; DROP TABLE", "<script>", "{{", "\u202e", "\xff", "e\u0301", "`id`", "../"} {
		if !slices.ContainsFunc(list, func(text string) bool { return strings.Contains(text, part) }) {
			t.Errorf("no text has %q", part)
		}
	}
}
