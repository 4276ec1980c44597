package browsertest_test

import (
	"context"
	"fmt"
	"image/png"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/internal/browsertest"
)

// reports takes down how a test ends instead of ending it.
type reports struct {
	testing.TB
	errors, skips, fatals []string
}

func (r *reports) Errorf(format string, args ...any) {
	r.errors = append(r.errors, fmt.Sprintf(format, args...))
}

func (r *reports) Skipf(format string, args ...any) {
	r.skips = append(r.skips, fmt.Sprintf(format, args...))
	runtime.Goexit()
}

func (r *reports) Fatalf(format string, args ...any) {
	r.fatals = append(r.fatals, fmt.Sprintf(format, args...))
	runtime.Goexit()
}

func serve(t *testing.T, page string) (origin string) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/favicon.ico" { // a browser asks for it when it likes, of pages that name no other
			w.WriteHeader(http.StatusNoContent)
			return
		}
		if r.URL.Path != "/" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", "script-src 'unsafe-inline'")
		fmt.Fprint(w, `<!doctype html><link rel="icon" href="data:,">`, page)
	}))
	t.Cleanup(server.Close)
	return strings.Replace(server.URL, "127.0.0.1", "page.test", 1)
}

func open(t *testing.T, ctx context.Context, origin string) {
	t.Helper()
	if err := chromedp.Do(ctx, chromedp.Navigate(origin+"/")); err != nil {
		t.Fatal(err)
	}
}

func TestCheckOfQuietPage(t *testing.T) {
	t.Parallel()
	ctx, log := browsertest.New(t)
	origin := serve(t, `<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw="><script>console.warn("mind")</script>`)
	open(t, ctx, origin)
	log.Check(t, origin)
}

func TestCheckOfBadPage(t *testing.T) {
	t.Parallel()
	ctx, log := browsertest.New(t)
	origin := serve(t, `
		<script>console.error("broken", 7)</script>
		<script>throw new Error("thrown")</script>
		<script src="/refused.js"></script>
		<img src="/missing.png">
		<img src="http://example.com/name.png">
		<img src="http://192.0.2.1/address.png">
		<p hidden>closed</p>
		<script>
			const closed = document.querySelector("p");
			new WebSocket("ws://example.com/socket").onclose = () => closed.hidden = false;
		</script>`)
	open(t, ctx, origin)
	if err := chromedp.Do(ctx, chromedp.WaitVisible(chromedp.CSS("p"))); err != nil {
		t.Fatal(err)
	}
	got := &reports{TB: t}
	log.Check(got, origin)

	want := []string{
		`console.error: "broken" 7`,
		"Uncaught Error: thrown",
		"refused.js' violates the following Content Security Policy",
		"status of 404 (Not Found) " + origin + "/missing.png",
		"ERR_NAME_NOT_RESOLVED http://example.com/name.png",
		"ERR_NAME_NOT_RESOLVED http://192.0.2.1/address.png",
		"'ws://example.com/socket' failed: Error in connection establishment: net::ERR_NAME_NOT_RESOLVED",
		"requested http://example.com/name.png, which is not on " + origin,
		"requested http://192.0.2.1/address.png, which is not on " + origin,
		"requested ws://example.com/socket, which is not on " + origin,
	}
	for _, part := range want {
		if !slices.ContainsFunc(got.errors, func(text string) bool { return strings.Contains(text, part) }) {
			t.Errorf("no error contains %q", part)
		}
	}
	if len(got.errors) != len(want) || t.Failed() {
		t.Errorf("the errors are %q", got.errors)
	}
}

func TestCheckOfExpectedAnswers(t *testing.T) {
	t.Parallel()
	ctx, log := browsertest.New(t)
	origin := serve(t, "")
	for _, path := range []string{"/one", "/two"} {
		if got := browsertest.Open(t, ctx, chromedp.Navigate(origin+path)); got != 404 {
			t.Errorf("%s: status %d", path, got)
		}
	}
	log.Check(t, origin, "404 /one", "404 /two")
	for _, expected := range [][]string{{"404 /one"}, {"404 /two", "404 /one"}, {"404 /one", "404 /two", "404 /three"}} {
		got := &reports{TB: t}
		if log.Check(got, origin, expected...); len(got.errors) == 0 {
			t.Errorf("no error although %q are expected", expected)
		}
	}
}

func TestWithoutScripts(t *testing.T) {
	t.Parallel()
	ctx, _ := browsertest.New(t)
	origin := serve(t, `<script>document.title = "ran"</script>`)
	for _, want := range []string{"ran", ""} {
		browsertest.Open(t, ctx, chromedp.Navigate(origin+"/"))
		if got := browsertest.Eval[string](t, ctx, "document.title"); got != want {
			t.Errorf("the title is %q, want %q", got, want)
		}
		browsertest.Do(t, ctx, browsertest.WithoutScripts())
	}
}

func TestScreenshot(t *testing.T) {
	t.Parallel()
	ctx, _ := browsertest.New(t)
	open(t, ctx, serve(t, `<style>body { background: white } @media (prefers-color-scheme: dark) { body { background: black } }</style>`))
	for _, dark := range []bool{false, true} {
		path := filepath.Join(t.TempDir(), "page.png")
		if err := browsertest.Screenshot(ctx, path, 390, 844, dark); err != nil {
			t.Fatal(err)
		}
		file, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		picture, err := png.Decode(file)
		if err != nil {
			t.Fatal(err)
		}
		if size := picture.Bounds().Size(); size.X != 390 || size.Y != 844 {
			t.Errorf("dark=%t: the picture is %v", dark, size)
		}
		if red, _, _, _ := picture.At(0, 0).RGBA(); (red == 0) != dark {
			t.Errorf("dark=%t: the background has red=%d", dark, red)
		}
	}
}

func TestWithoutChromium(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	const want = `this test needs a browser: none of ["chromium" "chromium-browser" "google-chrome"] is in PATH`
	for _, variable := range []string{"", "all"} {
		t.Setenv("TEREM_TEST", variable)
		got := &reports{TB: t}
		done := make(chan struct{})
		go func() {
			defer close(done)
			browsertest.New(got)
		}()
		<-done
		skips, fatals := []string{want}, []string(nil)
		if variable == "all" {
			skips, fatals = fatals, skips
		}
		if diff := cmp.Diff([][]string{skips, fatals}, [][]string{got.skips, got.fatals}); diff != "" {
			t.Errorf("TEREM_TEST=%q: skips and failures (-want +got):\n%s", variable, diff)
		}
	}
}
