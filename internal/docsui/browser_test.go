package docsui_test

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/internal/browsertest"
	"github.com/terem-go/terem/internal/docsui"
)

var (
	//go:embed testdata/openapi.json
	spec string
	//go:embed testdata/contrast.js
	contrastJS string
)

// serveShop serves the documentation page of a small API, and the API itself. It returns their origin: a name
// that is not this machine's, because Swagger UI asks its public validator about other names only.
func serveShop(t *testing.T) (origin string) {
	t.Helper()
	mux := http.NewServeMux()
	docs := docsui.Handler(docsui.Options{Title: "Shop API"})
	mux.Handle("/docs", docs)
	mux.Handle("/docs/", docs)
	mux.HandleFunc("GET /openapi.json", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, spec)
	})
	mux.HandleFunc("GET /api/users/{id}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(map[string]string{
			"user":   r.PathValue("id"),
			"caller": r.Header.Get("Authorization"),
		})
	})
	mux.HandleFunc("GET /api/users/{id}/avatar", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "image/png")
		png.Encode(w, image.NewGray(image.Rect(0, 0, 3, 3)))
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return strings.Replace(server.URL, "127.0.0.1", "docs.test", 1)
}

// open shows the page. Its query is what Swagger UI reads settings from if a page lets it.
func open(t *testing.T, ctx context.Context, origin string) {
	t.Helper()
	do(t, ctx,
		chromedp.Navigate(origin+"/docs?url=http://elsewhere.test/openapi.json"),
		chromedp.WaitVisible(summary("get-user")),
	)
}

func do(t *testing.T, ctx context.Context, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(ctx, steps...); err != nil {
		t.Fatal(err)
	}
}

func text(t *testing.T, ctx context.Context, selector chromedp.CSS) string {
	t.Helper()
	got, err := chromedp.Run(ctx, chromedp.Text(selector))
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// in selects what lies inside a user operation.
func in(operation, selector string) chromedp.CSS {
	return chromedp.CSS("#operations-users-" + operation + " " + selector)
}

func summary(operation string) chromedp.CSS {
	return in(operation, ".opblock-summary-description")
}

// try expands an operation and executes it with the example values of its parameters.
func try(operation, result string) chromedp.Action[chromedp.Void] {
	return chromedp.Steps(
		chromedp.Click(in(operation, ".opblock-summary-control")),
		chromedp.Click(in(operation, ".execute")),
		chromedp.WaitVisible(in(operation, ".live-responses-table "+result)),
	)
}

func TestInBrowser(t *testing.T) {
	t.Parallel()
	ctx, log := browsertest.New(t)
	origin := serveShop(t)
	open(t, ctx, origin)
	if got := text(t, ctx, summary("get-user")); got != "Read a user" {
		t.Errorf("the summary of the operation is %q", got)
	}

	do(t, ctx,
		chromedp.Click(chromedp.CSS(".scheme-container .authorize")),
		chromedp.SendKeys(chromedp.CSS("#auth-bearer-value"), "secret-token"),
		chromedp.Click(chromedp.CSS(".auth-container [type=submit]")),
		chromedp.Click(chromedp.CSS(".auth-container .btn-done")),
		try("get-user", ".microlight"),
	)
	var got map[string]string
	body := text(t, ctx, in("get-user", ".live-responses-table .microlight"))
	if err := json.Unmarshal([]byte(body), &got); err != nil {
		t.Fatalf("the response shown is %q: %v", body, err)
	}
	if diff := cmp.Diff(map[string]string{"user": "7", "caller": "Bearer secret-token"}, got); diff != "" {
		t.Errorf("response shown (-want +got):\n%s", diff)
	}
	stored, err := chromedp.Run(ctx, chromedp.Evaluate[string](
		"document.cookie + JSON.stringify({...localStorage, ...sessionStorage})"))
	if err != nil || stored != "{}" {
		t.Errorf("after a login the browser has stored %s (error %v), want nothing", stored, err)
	}

	do(t, ctx, try("get-avatar", "img"))
	width, err := chromedp.Run(ctx, chromedp.Evaluate[int](
		"(async () => { const i = document.querySelector('.live-responses-table img'); await i.decode(); return i.naturalWidth })()",
		chromedp.EvalAwaitPromise))
	if err != nil || width != 3 {
		t.Errorf("the picture in the response is shown %d pixels wide (error %v), want 3", width, err)
	}

	log.Check(t, origin)
}

func TestReadableOnEveryScreen(t *testing.T) {
	t.Parallel()
	ctx, log := browsertest.New(t)
	origin := serveShop(t)
	open(t, ctx, origin)
	do(t, ctx,
		chromedp.Click(chromedp.CSS(".models .json-schema-2020-12-expand-deep-button")),
		chromedp.Click(in("update-user", ".opblock-summary-control")),
		chromedp.Click(in("update-user", ".execute")),
		chromedp.WaitVisible(in("update-user", ".validation-errors")), // an identifier is missing
		try("get-user", ".microlight"),
	)

	screens := []struct {
		name          string
		width, height int64
		dark          bool
	}{
		{"phone-light", 390, 844, false},
		{"phone-dark", 390, 844, true},
		{"laptop-light", 1280, 800, false},
		{"laptop-dark", 1280, 800, true},
	}
	for _, screen := range screens {
		// Pictures for the eye: go test -artifacts keeps them.
		path := filepath.Join(t.ArtifactDir(), screen.name+".png")
		if err := browsertest.Screenshot(ctx, path, screen.width, screen.height, screen.dark); err != nil {
			t.Fatal(err)
		}
		poor, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](contrastJS))
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range poor {
			t.Errorf("%s: poor contrast: %s", screen.name, text)
		}
		width, err := chromedp.Run(ctx, chromedp.Evaluate[int64]("document.documentElement.scrollWidth"))
		if err != nil || width > screen.width {
			t.Errorf("%s: the page is %d pixels wide (error %v), want at most %d", screen.name, width, err, screen.width)
		}
	}
	log.Check(t, origin)
}
