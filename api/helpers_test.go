package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/api/apitest"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/errs"
)

// nothing is the input of routes that have none.
type nothing struct{}

// text is an output.
type text struct {
	Text string `json:"text"`
}

// caller is a dependency: whoever the header X-Caller names.
type caller struct{ name string }

var errStranger = errs.New(errs.Unauthenticated, "stranger", "Say who you are.")

func whoCalls(_ context.Context, _ db.Querier, r *http.Request) (caller, error) {
	if name := r.Header.Get("X-Caller"); name != "" {
		return caller{name}, nil
	}
	return caller{}, errStranger.Here()
}

var (
	known = api.Allow("known", func(context.Context, caller) error { return nil })
	boss  = api.Allow("boss", func(_ context.Context, c caller) error {
		if c.name != "boss" {
			return errs.New(errs.Forbidden, "boss_only", "Only the boss may do this.")
		}
		return nil
	})
)

// logs is a log that a test reads while a server writes to it.
type logs struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logs) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *logs) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// logger writes everything to the log, with the ids of requests.
func (l *logs) logger() *slog.Logger {
	return slog.New(api.LogHandler(slog.NewJSONHandler(l, &slog.HandlerOptions{Level: slog.LevelDebug})))
}

// wait waits until the log has the text, which a server may write after its
// answer has arrived.
func (l *logs) wait(t *testing.T, text string) {
	t.Helper()
	eventually(t, "the log has "+text, func() bool { return strings.Contains(l.String(), text) })
}

// eventually waits until f is true.
func eventually(t *testing.T, what string, f func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !f(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("it did not happen that %s", what)
		}
	}
}

// handler returns an API with the routes that f registers. Its log goes to l,
// which may be nil.
func handler(t testing.TB, c api.Config, l *logs, f func(r *api.Router)) http.Handler {
	t.Helper()
	if c.Logger = slog.New(slog.DiscardHandler); l != nil {
		c.Logger = l.logger()
	}
	a := api.New(c)
	f(a.Router("", "test"))
	h, err := a.Handler()
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// client is a client of such an API, without a network.
func client(t testing.TB, c api.Config, l *logs, f func(r *api.Router)) *apitest.Client {
	t.Helper()
	return apitest.New(t, handler(t, c, l, f))
}

// server is such an API behind a real connection.
func server(t testing.TB, h http.Handler) *httptest.Server {
	t.Helper()
	s := httptest.NewUnstartedServer(h)
	s.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug)
	s.Start()
	t.Cleanup(s.Close)
	return s
}

// dial connects to a server, to speak HTTP by hand.
func dial(t testing.TB, s *httptest.Server) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	if err := c.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return c
}

// send sends a request and returns the answer with its body.
func send(t testing.TB, r *http.Request) (*http.Response, string) {
	t.Helper()
	// Compression is not asked for unless the request says so.
	tr := &http.Transport{DisableCompression: true, DisableKeepAlives: true}
	defer tr.CloseIdleConnections()
	resp, err := tr.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Fatal(err)
	}
	return resp, string(b)
}

func request(t testing.TB, method, url string, body io.Reader) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, body)
	if err != nil {
		t.Fatal(err)
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	return r
}

// golden compares a JSON document with a file.
func golden(t *testing.T, file string, document []byte) {
	t.Helper()
	var got bytes.Buffer
	if err := json.Indent(&got, document, "", "  "); err != nil {
		t.Fatal(err)
	}
	got.WriteByte('\n')
	if *update {
		if err := os.WriteFile(file, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got.String()); d != "" {
		t.Errorf("the document is not %s; if it should be so, run the test with -update (-want +got):\n%s", file, d)
	}
}
