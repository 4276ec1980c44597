package plan_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/terem-go/terem/internal/browsertest"
)

// BenchmarkPage says how long it takes to draw 200 domains with 2,000 routes.
func BenchmarkPage(b *testing.B) {
	app, findings := city(200), found()
	for b.Loop() {
		b.ReportMetric(float64(len(page(b, app, findings)))/(1<<20), "MB")
	}
}

// zooming answers with how long a frame takes, in milliseconds, while the drawing is
// zoomed in and out again.
const zooming = `new Promise(done => {
	const stage = document.getElementById("stage"), begin = performance.now();
	let frame = 0;
	const next = () => {
		if (frame === 60) return done((performance.now() - begin) / 60);
		stage.dispatchEvent(new WheelEvent("wheel", {deltaY: frame++ < 30 ? -60 : 60, clientX: 400, clientY: 400, cancelable: true}));
		requestAnimationFrame(next);
	};
	next();
})`

// BenchmarkBrowser says how long the page of 200 domains takes to open and to move.
func BenchmarkBrowser(b *testing.B) {
	html := page(b, city(200), found())
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Write(html)
	}))
	defer server.Close()
	ctx, _ := browsertest.New(b)
	browsertest.Do(b, ctx, browsertest.Viewport(1440, 900, false))
	for b.Loop() {
		browsertest.Do(b, ctx, chromedp.Navigate("about:blank"), chromedp.Navigate(server.URL))
		b.ReportMetric(browsertest.Eval[float64](b, ctx, "performance.getEntriesByType('navigation')[0].loadEventEnd"), "ms-open")
		b.ReportMetric(browsertest.Eval[float64](b, ctx, zooming, chromedp.EvalAwaitPromise), "ms-frame")
	}
}
