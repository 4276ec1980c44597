package browsertest

import (
	"context"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// Do does steps in the tab. The test ends if one of them fails.
func Do(t testing.TB, ctx context.Context, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(ctx, steps...); err != nil {
		t.Fatal(err)
	}
}

// Open does steps that lead to another page, waits until that is loaded with all that belongs to it, and
// returns the status that it was answered with. The test ends if a step fails.
func Open(t testing.TB, ctx context.Context, steps ...chromedp.Action[chromedp.Void]) (status int64) {
	t.Helper()
	r, err := chromedp.RunResponse(ctx, steps...)
	if err != nil {
		t.Fatal(err)
	}
	return r.Status
}

// Eval returns what an expression is in the page, also where the page's own scripts do not run. The test ends
// if it fails.
func Eval[T any](t testing.TB, ctx context.Context, expression string, opts ...chromedp.EvaluateOption) T {
	t.Helper()
	got, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, opts...))
	if err != nil {
		t.Fatalf("%.200s: %v", expression, err)
	}
	return got
}

// WithoutScripts lets the pages that are opened from now on run no scripts.
func WithoutScripts() chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		return err
	})
}
