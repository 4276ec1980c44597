package dev_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/terem-go/terem/internal/browsertest"
	"github.com/terem-go/terem/internal/dev"
)

// until waits until an expression is true in the page, which may be loading.
func until(t *testing.T, ctx context.Context, a *application, expression string) {
	t.Helper()
	for end := time.Now().Add(limit); ; time.Sleep(20 * time.Millisecond) {
		ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool](expression))
		if err == nil && ok {
			return
		}
		if time.Now().After(end) || ctx.Err() != nil {
			t.Fatalf("%s: %v\n%s", expression, err, a.log)
		}
	}
}

const (
	overlay = `document.querySelector("dev-failure")`
	escape  = `dispatchEvent(new KeyboardEvent("keydown", { key: "Escape" })), `
)

// A page under the policy that pages of applications have follows what is saved.
func TestPageFollows(t *testing.T) {
	t.Parallel()
	ctx, log := browsertest.New(t)
	a := serve(t, "one")
	browsertest.Open(t, ctx, chromedp.Navigate(a.origin+"/page"))
	for _, word := range []string{"two", "three"} {
		a.write("word.txt", word)
		until(t, ctx, a, `document.title === "`+word+`"`)
	}
	browsertest.Eval[bool](t, ctx, `window.kept = true`)
	a.breakIt()
	until(t, ctx, a, overlay+`?.shadowRoot.querySelector("[role=alert] pre").textContent.includes("undefined: nonsense")`)
	until(t, ctx, a, `getComputedStyle(`+overlay+`).position === "fixed"`)
	until(t, ctx, a, escape+overlay+` === null`)
	a.write("main.go", strings.Replace(mainGo, `fmt.Println("this is", word)`, "rubbish()", 1))
	until(t, ctx, a, overlay+`?.shadowRoot.textContent.includes("undefined: rubbish")`)
	a.write("main.go", mainGo)
	until(t, ctx, a, overlay+` === null`)
	if !browsertest.Eval[bool](t, ctx, `window.kept === true && document.title === "three"`) {
		t.Error("the page was loaded again although nothing has changed")
	}
	a.write("word.txt", "needy")
	until(t, ctx, a, overlay+`?.shadowRoot.textContent.includes("migrate up")`)
	a.write("word.txt", "four")
	until(t, ctx, a, `document.title === "four" && `+overlay+` === null`)
	log.Check(t, a.origin)
}

// The page that stands in for the application follows what is saved, too.
func TestStandInFollows(t *testing.T) {
	t.Parallel()
	ctx, log := browsertest.New(t)
	a := folder(t, "one")
	a.breakIt()
	a.run(dev.Config{})
	if got := browsertest.Open(t, ctx, chromedp.Navigate(a.origin+"/page")); got != 503 {
		t.Errorf("the status is %d", got)
	}
	a.write("main.go", strings.Replace(mainGo, `fmt.Println("this is", word)`, "rubbish()", 1))
	until(t, ctx, a, `document.querySelector("[role=alert] pre").textContent.includes("undefined: rubbish") && `+overlay+` === null`)
	a.write("main.go", mainGo)
	until(t, ctx, a, `document.title === "one"`)
	log.Check(t, a.origin, "503 /page")
}

// A page that answers a form is not loaded again: that would send the form again.
func TestAnswerToFormStays(t *testing.T) {
	t.Parallel()
	ctx, log := browsertest.New(t)
	a := serve(t, "one")
	browsertest.Open(t, ctx, chromedp.Navigate(a.origin+"/page"))
	browsertest.Open(t, ctx, chromedp.Evaluate[chromedp.Void](`(() => { const f = document.createElement("form"); f.method = "post"; f.action = "/length"; document.body.append(f); f.submit(); })()`))
	a.write("word.txt", "two")
	until(t, ctx, a, overlay+`?.shadowRoot.querySelector("h2").textContent === "The application has changed"`)
	log.Check(t, a.origin)
}

// A page that the browser has kept, and that is the same in the new process, is
// loaded once and not again and again.
func TestKeptPage(t *testing.T) {
	t.Parallel()
	ctx, log := browsertest.New(t)
	a := serve(t, "one")
	browsertest.Open(t, ctx, chromedp.Navigate(a.origin+"/kept"))
	const process = `document.querySelector("script").dataset.process`
	before := browsertest.Eval[string](t, ctx, process)
	a.write("word.txt", "two")
	until(t, ctx, a, process+` !== "`+before+`"`)
	n := 0
	for _, url := range log.Requests() {
		if url == a.origin+"/kept" {
			n++
		}
	}
	if n != 2 {
		t.Errorf("the page was loaded %d times", n)
	}
	log.Check(t, a.origin)
}
