package journey

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/terem-go/terem/internal/browsertest"
)

// axeReport is what axe says of a page: the rules that had something to look at,
// and what broke one of them or could not be decided.
type axeReport struct {
	Rules, Problems []string
}

// The frame of a mail is left out: no script runs in it, and so not axe either. How
// large a target is is a rule of WCAG 2.2, which axe leaves out unless asked.
const runAxe = `axe.run({exclude: [["iframe"]]}, {rules: {"target-size": {enabled: true}}}).then(r => {
	const found = results => results.flatMap(rule => rule.nodes.map(node => rule.id + ": " + rule.help + ": " + node.html + ": " + node.failureSummary));
	return {
		Rules: [...r.passes, ...r.violations, ...r.incomplete].map(rule => rule.id),
		Problems: found([...r.violations, ...r.incomplete]),
	};
})`

// No page keeps anybody out, as far as a program can tell.
func TestAccessibility(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("it installs tools from npm")
	}
	dir, _ := tools(t, "axe")
	script, err := os.ReadFile(filepath.Join(dir, "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range screens {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			pages, rules := 0, map[string]bool{}
			tour(t, s, func(v *visitor, page string) {
				browsertest.Eval[any](t, v.ctx, string(script)+"; null")
				r := browsertest.Eval[axeReport](t, v.ctx, runAxe, chromedp.EvalAwaitPromise)
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
