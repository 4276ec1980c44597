package processtest

import (
	"bytes"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// Log collects what a server writes, for a test that waits for it. It is an
// io.Writer, also for a slog.Handler, and safe for use by many goroutines.
type Log struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write implements io.Writer.
func (l *Log) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

// String returns all that was written.
func (l *Log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// Lines returns the lines that have the text in them.
func (l *Log) Lines(text string) []string {
	var found []string
	for line := range strings.Lines(l.String()) {
		if strings.Contains(line, text) {
			found = append(found, strings.TrimSuffix(line, "\n"))
		}
	}
	return found
}

var requestID = regexp.MustCompile(`request_id"?[=:]"?(\w+)`)

// RequestIDs returns the ids of the requests in the lines that have the text in
// them.
func (l *Log) RequestIDs(text string) []string {
	var ids []string
	for _, line := range l.Lines(text) {
		if m := requestID.FindStringSubmatch(line); m != nil {
			ids = append(ids, m[1])
		}
	}
	return ids
}

// Await waits for a line that has the text in it and returns it. The test ends
// if there is none within limit.
func (l *Log) Await(t testing.TB, limit time.Duration, text string) string {
	t.Helper()
	var line string
	found := poll(limit, nil, func() bool {
		if lines := l.Lines(text); len(lines) > 0 {
			line = lines[0]
		}
		return line != ""
	})
	if !found {
		t.Fatalf("the log has no %q after %v:\n%s", text, limit, l)
	}
	return line
}

// Addr waits for the line that tells where a server serves and returns the host
// and port. The test ends if there is none.
func (l *Log) Addr(t testing.TB) string {
	t.Helper()
	addr := l.addr(startLimit, nil)
	if addr == "" {
		t.Fatalf("the server does not serve:\n%s", l)
	}
	return addr
}

var serving = regexp.MustCompile(`serving.*url"?[=:]"?http://([^"\s]+)`)

// addr returns the address that the log tells, or "" if it does not within the
// limit or the process ends.
func (l *Log) addr(limit time.Duration, ended <-chan struct{}) string {
	var addr string
	poll(limit, ended, func() bool {
		if m := serving.FindStringSubmatch(l.String()); m != nil {
			addr = m[1]
		}
		return addr != ""
	})
	return addr
}

// poll asks until the answer is yes, and reports false if it is not within the
// limit or after the end.
func poll(limit time.Duration, ended <-chan struct{}, yes func() bool) bool {
	late := time.After(limit)
	for !yes() {
		select {
		case <-time.After(5 * time.Millisecond):
		case <-ended:
			return yes()
		case <-late:
			return false
		}
	}
	return true
}
