package journey

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/terem-go/terem/internal/browsertest"
	"github.com/terem-go/terem/internal/npmtest"
	"github.com/terem-go/terem/internal/structure"
	"github.com/terem-go/terem/internal/structure/plan"
	"github.com/terem-go/terem/internal/structure/rules"
)

// mapViews are what terem map shows of the application, by the names of pictures.
var mapViews = []struct {
	name    string
	address url.Values
	search  string
}{
	{name: "map"},
	{name: "map-search", search: "us"},
	{name: "map-room", address: url.Values{"room": {"users"}}},
	{name: "map-file", address: url.Values{"room": {"users"}, "file": {"users/router.go"}}},
	{name: "map-route", address: url.Values{"route": {"PATCH /api/users/me"}, "step": {"4"}}},
	{name: "map-table", address: url.Values{"table": {"users"}}},
	{name: "map-job", address: url.Values{"job": {"tasks.clean_up"}}},
}

// Axe does not see what lies behind the letters of a drawing, so contrastOfTheHouse looks.
var axeOfTheMap = strings.Replace(npmtest.RunAxe, "...r.incomplete])", "...r.incomplete.filter(rule => rule.id !== 'color-contrast')])", 1)

// contrastOfTheHouse names the texts of the drawing whose contrast with what they
// stand on is below 4.5 to 1.
const contrastOfTheHouse = `(() => {
	const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
	const light = colour => {
		canvas.fillStyle = colour;
		canvas.fillRect(0, 0, 1, 1);
		const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
		return 0.2126 * r + 0.7152 * g + 0.0722 * b;
	};
	return [...document.querySelectorAll("#house text")].filter(e => getComputedStyle(e).display !== "none").flatMap(e => {
		const behind = e.parentElement.querySelector(":scope > :is(rect, circle)");
		const [dim, bright] = [light(getComputedStyle(e).fill), light(behind ? getComputedStyle(behind).fill : getComputedStyle(document.body).backgroundColor)].sort((p, q) => p - q);
		const ratio = (bright + 0.05) / (dim + 0.05);
		return ratio < 4.5 ? ["contrast " + ratio.toFixed(2) + ": " + e.outerHTML] : [];
	});
})()`

// The map of the application keeps nobody out and is no wider than any screen. Pictures
// of it are kept in the folder that TEREM_SCREENSHOTS names.
func TestMapOfTheApplication(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("it installs tools from npm")
	}
	axe := npmtest.InstallAxe(t)
	pictures := os.Getenv("TEREM_SCREENSHOTS")
	if pictures == "" {
		pictures = t.TempDir()
	} else if err := os.MkdirAll(pictures, 0o755); err != nil {
		t.Fatal(err)
	}
	html := mapOfTheApplication(t)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Write([]byte(html))
	}))
	t.Cleanup(server.Close)
	for _, s := range screens {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			ctx, log := browsertest.New(t)
			browsertest.Do(t, ctx, browsertest.Viewport(s.width, s.height, s.dark))
			for _, view := range mapViews {
				browsertest.Do(t, ctx, chromedp.Navigate("about:blank"), chromedp.Navigate(server.URL+"/#"+view.address.Encode()))
				if view.search != "" {
					browsertest.Do(t, ctx, chromedp.SendKeys(chromedp.CSS("#query"), view.search))
				}
				if err := browsertest.Screenshot(ctx, filepath.Join(pictures, view.name+"-"+s.name+".png"), s.width, s.height, s.dark); err != nil {
					t.Fatal(err)
				}
				if view.address != nil && browsertest.Eval[bool](t, ctx, "document.getElementById('details').dataset.view === 'home'") {
					t.Errorf("%s: the application has no such thing", view.name)
				}
				if got := browsertest.Eval[int64](t, ctx, "document.documentElement.scrollWidth"); got > s.width {
					t.Errorf("%s is %d pixels wide, on a screen of %d", view.name, got, s.width)
				}
				browsertest.Eval[any](t, ctx, axe.Script+"; null")
				r := browsertest.Eval[npmtest.Report](t, ctx, axeOfTheMap, chromedp.EvalAwaitPromise)
				r.Problems = append(r.Problems, browsertest.Eval[[]string](t, ctx, contrastOfTheHouse)...)
				for _, text := range r.Problems {
					t.Errorf("%s: %s", view.name, text)
				}
				if len(r.Rules) == 0 {
					t.Errorf("%s: axe looked at nothing", view.name)
				}
			}
			log.Check(t, server.URL)
		})
	}
}

// mapOfTheApplication returns the page for the application that terem new writes, and a
// finding, as it has none of its own.
func mapOfTheApplication(t *testing.T) string {
	t.Helper()
	p, err := structure.Load(t.Context(), filepath.Join("..", "scaffold", "app"))
	if err != nil {
		t.Fatal(err)
	}
	app, err := structure.Read(p)
	if err != nil {
		t.Fatal(err)
	}
	found := rules.Finding{Rule: "example", File: "users/router.go", Line: 23, Title: "An example", Reason: "It shows what a finding looks like.", WayOut: "Nothing is to be done."}
	var b strings.Builder
	if err := plan.Page(&b, app, append(rules.Check(p, app, rules.All), found)); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
