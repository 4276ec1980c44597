package browsertest

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
)

// Log is what a tab has requested and complained about. It is safe for concurrent use, and holds everything
// that the browser reported before the last action on the tab returned.
type Log struct {
	mu       sync.Mutex
	requests []string
	errors   []string
}

// record takes an event of the tab.
func (l *Log) record(event any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		l.requests = append(l.requests, e.Request.URL)
	case *network.EventWebSocketCreated:
		l.requests = append(l.requests, e.URL)
	case *runtime.EventExceptionThrown:
		details := e.ExceptionDetails
		l.errors = append(l.errors, details.Text+" "+arguments(details.Exception))
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeAssert {
			l.errors = append(l.errors, fmt.Sprint("console.", e.Type, ": ", arguments(e.Args...)))
		}
	case *log.EventEntryAdded: // among them failed requests and violations of a content security policy
		if e.Entry.Level == log.EntryLevelError {
			l.errors = append(l.errors, fmt.Sprint(e.Entry.Source, ": ", e.Entry.Text, " ", e.Entry.URL))
		}
	}
}

func arguments(args ...*runtime.RemoteObject) string {
	var words []string
	for _, a := range args {
		if a != nil { // an exception may come without the value that was thrown
			words = append(words, string(a.Value)+a.Description)
		}
	}
	return strings.Join(words, " ")
}

// Requests returns the addresses that the tab has requested, in order, with those that were refused before
// they reached the network.
func (l *Log) Requests() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.requests)
}

// Errors returns what the browser's console shows as errors: uncaught exceptions, calls of console.error,
// failed requests, violations of a content security policy.
func (l *Log) Errors() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.errors)
}

// failedLoad is how Chromium reports an answer with the status of an error.
var failedLoad = regexp.MustCompile(`^network: .* responded with a status of (\d+) \(.*\) (\S+)$`)

// Check fails the test for each error, and for each request to another origin than the given one, such as
// "http://127.0.0.1:8080". Addresses that stay inside the browser (data:, blob:) are of no origin.
//
// An answer with the status of an error is an error in the browser. Those that the test has asked for are given
// in their order, such as "404 /nowhere", and each of them must be there.
func (l *Log) Check(t testing.TB, origin string, expected ...string) {
	t.Helper()
	for _, text := range l.Errors() {
		if m := failedLoad.FindStringSubmatch(text); m != nil && len(expected) > 0 && m[1]+" "+strings.TrimPrefix(m[2], origin) == expected[0] {
			expected = expected[1:]
			continue
		}
		t.Errorf("error in the browser: %s", text)
	}
	for _, answer := range expected {
		t.Errorf("the browser has no answer %s", answer)
	}
	for _, url := range l.Requests() {
		inside := strings.HasPrefix(url, "data:") || strings.HasPrefix(url, "blob:")
		if !inside && !strings.HasPrefix(url, origin+"/") {
			t.Errorf("the page requested %s, which is not on %s", url, origin)
		}
	}
}
