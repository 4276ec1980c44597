package journey

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/terem-go/terem/internal/npmtest"
)

// No page keeps anybody out, as far as a program can tell.
func TestAccessibility(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("it installs tools from npm")
	}
	axe := npmtest.InstallAxe(t)
	for _, s := range screens {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			pages, rules := 0, map[string]bool{}
			tour(t, s, func(v *visitor, page string) {
				r := axe.Look(t, v.ctx)
				pages++
				for _, rule := range r.Rules {
					rules[rule] = true
				}
				for _, text := range r.Problems {
					t.Errorf("%s: %s", page, text)
				}
			})
			t.Logf("axe looked at %d pages by %d rules: %s", pages, len(rules), strings.Join(slices.Sorted(maps.Keys(rules)), ", "))
		})
	}
}
