// Package browsertest opens pages of tests in a real Chromium that reaches nothing but this machine.
package browsertest

import (
	"context"
	"os"
	"os/exec"
	"slices"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// programs are the names under which systems install Chromium. The first that exists is used.
var programs = []string{"chromium", "chromium-browser", "google-chrome"}

// lifetime bounds a browser, so that a page that never becomes what a test waits for fails that test
// before the whole run times out.
const lifetime = 2 * time.Minute

// New starts a browser with one empty tab and returns its context for package chromedp, and the log of what
// the tab does. The browser ends with the test, or after two minutes.
//
// The addresses 127.0.0.1, localhost and every name that ends in .test reach this machine; nothing else is
// found.
//
// Without Chromium the test is skipped, or fails if the environment variable TEREM_TEST is "all".
func New(t testing.TB) (context.Context, *Log) {
	t.Helper()
	program := find()
	if program == "" {
		missing := t.Skipf
		if os.Getenv("TEREM_TEST") == "all" {
			missing = t.Fatalf
		}
		missing("this test needs a browser: none of %q is in PATH", programs)
	}

	ctx, cancel := context.WithTimeout(context.Background(), lifetime)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, options(program)...)
	t.Cleanup(cancel)
	log := new(Log)
	ctx, cancel = chromedp.NewContext(ctx, chromedp.WithListener(log.record))
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("cannot start %s: %v", program, err)
	}
	return ctx, log
}

func find() string {
	for _, program := range programs {
		if path, err := exec.LookPath(program); err == nil {
			return path
		}
	}
	return ""
}

func options(program string) []chromedp.ExecAllocatorOption {
	return append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]),
		chromedp.ExecPath(program),
		chromedp.DisableGPU,
		chromedp.Flag("disable-component-update", true),
		// A proxy from the environment would look names up itself.
		chromedp.Flag("no-proxy-server", true),
		chromedp.Flag("host-resolver-rules",
			"MAP *.test 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"),
	)
}
