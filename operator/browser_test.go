package operator_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"github.com/terem-go/terem/app"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/events"
	"github.com/terem-go/terem/internal/browsertest"
	"github.com/terem-go/terem/jobs"
)

// An operator finds a job that was given up, has it run again and cancels it, in a
// browser that runs no scripts. Each page is
// written to the folder that TEREM_SCREENSHOTS names, if it does.
func TestInABrowser(t *testing.T) {
	t.Parallel()
	d := dbtest.SQLite(t, schema, jobs.Migrations(), app.Auth())
	a := newApp(t, d)
	server := httptest.NewServer(newHandler(t, a))
	t.Cleanup(server.Close)

	id := enqueue(t, d, broken{"panic"}, jobs.MaxAttempts(1))
	enqueue(t, d, broken{})
	done := enqueue(t, d, report{Month: "May 2026"})
	w := a.Workers()
	client, err := jobs.New(d, w, jobs.Config{Logger: slog.New(slog.NewTextHandler(t.Output(), nil))})
	if err != nil {
		t.Fatal(err)
	}
	if err := client.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(time.Minute); get(t, d, id).State != jobs.StateGivenUp || get(t, d, done).State != jobs.StateDone; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the jobs were not run")
		}
	}
	if err := client.Stop(context.Background()); err != nil {
		t.Fatal(err)
	}
	do(t, d, func(ctx context.Context, s *db.Session) error { return events.Publish(ctx, s, shipped{Order: 17}) })
	if err := w.RunDue(t.Context(), d); err == nil { // unlike a client's, what it runs does not wait for less than 5 s
		t.Fatal("no delivery failed")
	}
	enqueue(t, d, report{Month: "June 2026"}, jobs.In(time.Hour), jobs.Queue("slow"))

	ctx, log := browsertest.New(t)
	browsertest.Do(t, ctx, browsertest.WithoutScripts(), cookie(server.URL, "who", "ada"))
	see := func(name string) {
		t.Helper()
		for _, screen := range []struct {
			name          string
			width, height int64
			dark          bool
		}{{"phone-light", 390, 844, false}, {"phone-dark", 390, 844, true}, {"laptop-light", 1280, 800, false}, {"laptop-dark", 1280, 800, true}} {
			browsertest.Do(t, ctx, browsertest.Viewport(screen.width, screen.height, screen.dark))
			if wide := browsertest.Eval[int64](t, ctx, "document.documentElement.scrollWidth"); wide > screen.width {
				t.Errorf("%s on a %s is %d pixels wide", name, screen.name, wide)
			}
			if dir := os.Getenv("TEREM_SCREENSHOTS"); dir != "" {
				if err := browsertest.Screenshot(ctx, filepath.Join(dir, name+"-"+screen.name+".png"), screen.width, screen.height, screen.dark); err != nil {
					t.Error(err)
				}
			}
		}
	}
	open := func(want string, steps ...chromedp.Action[chromedp.Void]) {
		t.Helper()
		if status := browsertest.Open(t, ctx, steps...); status != 200 {
			t.Fatalf("status %d", status)
		}
		if got := browsertest.Eval[string](t, ctx, "document.body.textContent"); !strings.Contains(got, want) {
			t.Fatalf("%q is not on the page:\n%s", want, got)
		}
	}
	visit := func(path string) chromedp.Action[chromedp.Void] { return chromedp.Navigate(server.URL + path) }
	click := func(selector string) chromedp.Action[chromedp.Void] { return chromedp.Click(chromedp.CSS(selector)) }

	open("Work beyond requests", visit("/operator"))
	see("overview")
	open("panic: it panics", click(`a[href="/operator/jobs?state=given%20up"]`))
	see("jobs")
	open("main_test.go:", click(fmt.Sprintf(`a[href="/operator/jobs/%d"]`, id)))
	see("job")
	open("It is run as soon as a worker is free.", click(`form[action$="/retry"] button`))
	see("job-retried")
	open("It is cancelled", click(`form[action$="/cancel"] button`))
	if got := get(t, d, id).State; got != jobs.StateCancelled {
		t.Errorf("the job is %s", got)
	}
	open("rows", visit(fmt.Sprint("/operator/jobs/", done)))
	see("job-done")
	open("mails.shipped", click(`a[href="/operator/events"]`))
	see("events")
	open("It is run as soon as a worker is free.", click(`form[action$="/retry"] button`))
	open("Work beyond requests", visit("/operator"))
	open("No more of its jobs are begun", click(`form[action$="/default/pause"] button`))
	see("overview-paused")
	log.Check(t, server.URL)
}

// cookie sets a cookie in the browser.
func cookie(url, name, value string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, network.SetCookie, network.SetCookieParams{Name: name, Value: value, URL: url})
		return err
	})
}
