package npmtest

import (
	"context"
	"embed"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/terem-go/terem/internal/browsertest"
)

//go:embed axe
var files embed.FS

// Axe looks for what keeps people out of a page, as far as a program can tell.
type Axe struct{ Script string }

// Report is what axe says of a page: the rules that had something to look at, and
// what broke one of them or could not be decided.
type Report struct {
	Rules, Problems []string
}

// InstallAxe installs axe.
func InstallAxe(t testing.TB) Axe {
	t.Helper()
	folder, err := fs.Sub(files, "axe")
	if err != nil {
		t.Fatal(err)
	}
	dir, _ := Install(t, folder)
	script, err := os.ReadFile(filepath.Join(dir, "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		t.Fatal(err)
	}
	return Axe{string(script)}
}

// RunAxe is the expression that Look evaluates to a Report, after what moves or
// changes its colour has come to its end. The frame of a mail is left out: no script runs in it,
// and so not axe either. How large a target is is a rule of WCAG 2.2, which axe leaves
// out unless asked.
const RunAxe = `document.getAnimations().forEach(a => a.finish()), axe.run({exclude: [["iframe"]]}, {rules: {"target-size": {enabled: true}}}).then(r => {
	const found = results => results.flatMap(rule => rule.nodes.map(node => rule.id + ": " + rule.help + ": " + node.html + ": " + node.failureSummary));
	return {
		Rules: [...r.passes, ...r.violations, ...r.incomplete].map(rule => rule.id),
		Problems: found([...r.violations, ...r.incomplete]),
	};
})`

// Look looks at the page in a browser's tab, whose scripts must run.
func (a Axe) Look(t testing.TB, ctx context.Context) Report {
	t.Helper()
	browsertest.Eval[any](t, ctx, a.Script+"; null")
	return browsertest.Eval[Report](t, ctx, RunAxe, chromedp.EvalAwaitPromise)
}
