//go:build unix

package dev_test

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/terem-go/terem/internal/browsertest"
)

// An open page follows what is saved, under the policy that pages have.
func TestInBrowser(t *testing.T) {
	t.Parallel()
	ctx, log := browsertest.New(t)
	a := begin(t)
	a.await("/text", "", "first")
	do := func(steps ...chromedp.Action[chromedp.Void]) {
		t.Helper()
		if err := chromedp.Do(ctx, steps...); err != nil {
			t.Fatalf("%v\n%s", err, a.log)
		}
	}
	until := func(condition string) {
		t.Helper()
		for end := time.Now().Add(limit); ; time.Sleep(20 * time.Millisecond) {
			ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool](condition))
			if err == nil && ok {
				return
			}
			if time.Now().After(end) { // an error may be that the page is being reloaded
				t.Fatalf("%s: %v\n%s", condition, err, a.log)
			}
		}
	}
	const failure = `document.querySelector("terem-dev-failure")`
	do(chromedp.Navigate("http://" + a.addr + "/"))
	a.save("word.txt", "second")
	until(`document.title == "second"`)
	a.save("main.go", strings.Replace(program, "os.Exit(1)", "os.Exit(nonsense)", 1))
	until(failure + `?.shadowRoot.textContent.includes("undefined: nonsense")`)
	a.save("main.go", program)
	until(failure + ` == null`)
	a.save("main.go", "package main\nfunc main() { nonsense() }\n")
	until(failure + `?.shadowRoot.textContent.includes("undefined: nonsense")`)
	until(`(dispatchEvent(new KeyboardEvent("keydown", { key: "Escape" })), ` + failure + ` == null)`)
	for _, text := range log.Errors() {
		t.Errorf("error in the browser: %s", text)
	}
}
