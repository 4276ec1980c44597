package outside_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"math"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/errs"
	"github.com/terem-go/terem/jobs"
	"github.com/terem-go/terem/outside"
)

// system is another system, which answers the n-th request, from 1, as it is told.
type system struct {
	*httptest.Server
	calls atomic.Int32
}

func start(t *testing.T, answer func(n int, w http.ResponseWriter, r *http.Request)) *system {
	t.Helper()
	s := new(system)
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { answer(int(s.calls.Add(1)), w, r) }))
	t.Cleanup(s.Close)
	return s
}

// expect fails the test unless the system was called so often.
func (s *system) expect(t *testing.T, calls int) {
	t.Helper()
	if got := int(s.calls.Load()); got != calls {
		t.Errorf("it was called %d times, want %d", got, calls)
	}
}

func client(t *testing.T, c outside.Config) *http.Client {
	t.Helper()
	if c.Pause == 0 {
		c.Pause = time.Millisecond
	}
	client, err := outside.New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.CloseIdleConnections)
	return client
}

// call makes a request and returns the status and the body.
func call(t *testing.T, c *http.Client, method, url, body string, header ...string) (int, string, error) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, io.NopCloser(strings.NewReader(body))) // without GetBody
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	response, err := c.Do(r)
	if err != nil {
		return 0, "", err
	}
	content, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(content), nil
}

// cut ends the connection of a response, after some of its body.
func cut(w http.ResponseWriter) {
	w.Header().Set("Content-Length", "100")
	_, _ = io.WriteString(w, "the first of it")
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

func TestAttempts(t *testing.T) {
	t.Parallel()
	status := func(code int) func(http.ResponseWriter) { return func(w http.ResponseWriter) { w.WriteHeader(code) } }
	key := []string{"Idempotency-Key", "order-1"}
	for name, c := range map[string]struct {
		method  string
		header  []string
		failure func(http.ResponseWriter)
		calls   int // at a system that fails once
	}{
		"GET, 503":             {"GET", nil, status(503), 2},
		"GET, 429":             {"GET", nil, status(429), 2},
		"GET, 502":             {"GET", nil, status(502), 2},
		"GET, 500":             {"GET", nil, status(500), 1},
		"GET, 404":             {"GET", nil, status(404), 1},
		"GET, cut":             {"GET", nil, cut, 2},
		"PUT, 504":             {"PUT", nil, status(504), 2},
		"DELETE, cut":          {"DELETE", nil, cut, 2},
		"POST, 503":            {"POST", nil, status(503), 1},
		"POST, cut":            {"POST", nil, cut, 1},
		"PATCH, 503":           {"PATCH", nil, status(503), 1},
		"POST with a key, 503": {"POST", key, status(503), 2},
		"POST with a key, cut": {"POST", key, cut, 2},
		"POST with a key, 400": {"POST", key, status(400), 1},
		"GET, 503 until a moment": {"GET", nil, func(w http.ResponseWriter) {
			w.Header().Set("Retry-After", time.Now().UTC().Format(http.TimeFormat))
			w.WriteHeader(503)
		}, 2},
		"GET, 503 for nonsense": {"GET", nil, func(w http.ResponseWriter) { w.Header().Set("Retry-After", "soon"); w.WriteHeader(503) }, 2},
		"GET, 503 for a week":   {"GET", nil, func(w http.ResponseWriter) { w.Header().Set("Retry-After", "604800"); w.WriteHeader(503) }, 1},
		"GET, 429 until next century": {"GET", nil, func(w http.ResponseWriter) {
			w.Header().Set("Retry-After", "Fri, 01 Jan 2100 00:00:00 GMT")
			w.WriteHeader(429)
		}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, func(n int, w http.ResponseWriter, r *http.Request) {
				if body, err := io.ReadAll(r.Body); err != nil || string(body) != "the order" {
					t.Errorf("attempt %d has the body %q: %v", n, body, err)
				}
				if n == 1 {
					c.failure(w)
					return
				}
				_, _ = io.WriteString(w, "done")
			})
			code, body, err := call(t, client(t, outside.Config{}), c.method, s.URL, "the order", c.header...)
			if again := c.calls > 1; again && (err != nil || code != 200 || body != "done") {
				t.Errorf("the answer is %d %q, %v; want that of the second attempt", code, body, err)
			} else if !again && err == nil && code < 400 || err != nil && !errors.Is(err, outside.ErrUnavailable) {
				t.Errorf("the answer is %d, %v; want that of the first attempt", code, err)
			}
			s.expect(t, c.calls)
		})
	}
}

func TestAttemptsAreBounded(t *testing.T) {
	t.Parallel()
	s := start(t, func(n int, w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(503)
		fmt.Fprint(w, n)
	})
	if code, body, err := call(t, client(t, outside.Config{Attempts: 4}), "GET", s.URL, ""); code != 503 || body != "4" || err != nil {
		t.Errorf("the answer is %d %q, %v; want the last", code, body, err)
	}
	s.expect(t, 4)
}

func TestRetryAfterIsObeyed(t *testing.T) {
	t.Parallel()
	var first time.Time
	s := start(t, func(n int, w http.ResponseWriter, _ *http.Request) {
		if n == 1 {
			first = time.Now()
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(429)
		} else if waited := time.Since(first); waited < 900*time.Millisecond {
			t.Errorf("it waited for %v, want 1 s", waited)
		}
	})
	if code, _, err := call(t, client(t, outside.Config{}), "GET", s.URL, ""); code != 200 || err != nil {
		t.Errorf("the answer is %d, %v", code, err)
	}
	s.expect(t, 2)
}

func TestLimitsOfTime(t *testing.T) {
	t.Parallel()
	over := make(chan struct{})
	s := start(t, func(n int, w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/first") && n > 1 {
			return
		}
		if strings.HasSuffix(r.URL.Path, "body") {
			_ = http.NewResponseController(w).Flush() // the header, and then nothing
		}
		select {
		case <-r.Context().Done():
		case <-over:
		}
	})
	t.Cleanup(func() { close(over) }) // before the server is closed
	for _, path := range []string{"/first", "/first/body"} {
		s.calls.Store(0)
		if code, _, err := call(t, client(t, outside.Config{Try: 200 * time.Millisecond}), "GET", s.URL+path, ""); code != 200 || err != nil {
			t.Errorf("%s hangs once: the answer is %d, %v", path, code, err)
		}
		s.expect(t, 2)
	}
	for _, path := range []string{"/", "/body"} {
		begun := time.Now()
		_, _, err := call(t, client(t, outside.Config{Timeout: 300 * time.Millisecond}), "GET", s.URL+path, "")
		if took := time.Since(begun); !errors.Is(err, outside.ErrUnavailable) || took > 5*time.Second {
			t.Errorf("%s hangs: the error after %v is %v", path, took, err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	r, _ := http.NewRequestWithContext(ctx, "GET", s.URL, nil)
	if _, err := client(t, outside.Config{}).Do(r); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the context ends first: the error is %v", err)
	}
}

func TestHostThatKeepsFailing(t *testing.T) {
	t.Parallel()
	var works atomic.Bool
	s := start(t, func(_ int, w http.ResponseWriter, _ *http.Request) {
		if !works.Load() {
			w.WriteHeader(500)
		}
	})
	other := start(t, func(int, http.ResponseWriter, *http.Request) {})
	c := client(t, outside.Config{Failures: 3, Rest: time.Second})
	for range 3 {
		if code, _, err := call(t, c, "GET", s.URL, ""); code != 500 || err != nil {
			t.Fatalf("the answer is %d, %v", code, err)
		}
	}
	works.Store(true)
	_, _, err := call(t, c, "GET", s.URL, "")
	if e := errs.From(err); !errors.Is(err, outside.ErrUnavailable) || e.Kind != errs.Unavailable || !strings.Contains(err.Error(), "left alone") {
		t.Errorf("after three failures the error is %v, of the kind %v", err, e.Kind)
	}
	s.expect(t, 3)
	if code, _, err := call(t, c, "GET", other.URL, ""); code != 200 || err != nil {
		t.Errorf("another host: %d, %v", code, err)
	}
	for late := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		if code, _, err := call(t, c, "GET", s.URL, ""); err == nil && code == 200 {
			break
		} else if time.Now().After(late) {
			t.Fatalf("it is still left alone: %v", err)
		}
	}
	s.expect(t, 4)
}

// Whoever gives up has learnt nothing about the host.
func TestCallerThatGivesUp(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		within time.Duration // 0 for one that gives up once it is heard
		want   error
	}{
		"cancelled":    {0, context.Canceled},
		"no more time": {50 * time.Millisecond, context.DeadlineExceeded},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			if c.within > 0 {
				ctx, cancel = context.WithTimeout(ctx, c.within)
			}
			defer cancel()
			s := start(t, func(_ int, _ http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/slow" {
					if c.within == 0 {
						cancel()
					}
					<-r.Context().Done()
				}
			})
			calls := client(t, outside.Config{Failures: 1})
			r, _ := http.NewRequestWithContext(ctx, "GET", s.URL+"/slow", nil)
			if _, err := calls.Do(r); !errors.Is(err, c.want) || errors.Is(err, outside.ErrUnavailable) {
				t.Errorf("the error is %v", err)
			}
			if code, _, err := call(t, calls, "GET", s.URL, ""); code != 200 || err != nil {
				t.Errorf("afterwards: %d, %v", code, err)
			}
		})
	}
}

func TestHostThatIsNotThere(t *testing.T) {
	t.Parallel()
	s := start(t, nil)
	s.Close()
	_, _, err := call(t, client(t, outside.Config{}), "GET", s.URL, "")
	if e := errs.From(err); !errors.Is(err, outside.ErrUnavailable) || e.Kind != errs.Unavailable || !strings.Contains(err.Error(), "refused") {
		t.Errorf("the error is %v, of the kind %v", err, e.Kind)
	}
}

func TestBodiesThatAreTooLarge(t *testing.T) {
	t.Parallel()
	s := start(t, func(_ int, w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		_, _ = w.Write(body)
	})
	c := client(t, outside.Config{MaxBody: 1000})
	if code, body, err := call(t, c, "POST", s.URL, strings.Repeat("x", 1000)); code != 200 || len(body) != 1000 || err != nil {
		t.Errorf("as large as allowed: %d, %d bytes, %v", code, len(body), err)
	}
	for _, method := range []string{"POST", "PUT"} { // the response, the request
		if _, _, err := call(t, c, method, s.URL, strings.Repeat("x", 1001)); !errors.Is(err, outside.ErrTooLarge) {
			t.Errorf("%s: the error is %v", method, err)
		}
	}
	s.expect(t, 2)
}

func TestCertificateThatIsNotTrusted(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	s := httptest.NewUnstartedServer(nil)
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			calls.Add(1)
		}
	}
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	defer s.Close()
	if _, _, err := call(t, client(t, outside.Config{}), "GET", s.URL, ""); !errors.Is(err, outside.ErrUnavailable) || calls.Load() != 1 {
		t.Errorf("the error after %d connections is %v", calls.Load(), err)
	}
	trust := s.Client().Transport.(*http.Transport).TLSClientConfig
	if _, _, err := call(t, client(t, outside.Config{TLS: trust}), "GET", s.URL, ""); err != nil {
		t.Errorf("with the certificate: %v", err)
	}
}

func TestPublicOnly(t *testing.T) {
	t.Parallel()
	s := start(t, func(int, http.ResponseWriter, *http.Request) {})
	c := client(t, outside.Config{PublicOnly: true})
	for _, url := range []string{s.URL, strings.Replace(s.URL, "127.0.0.1", "localhost", 1), strings.Replace(s.URL, "127.0.0.1", "[::ffff:127.0.0.1]", 1)} {
		if _, _, err := call(t, c, "GET", url, ""); !errors.Is(err, outside.ErrNotPublic) || errs.From(err).Kind != errs.Invalid {
			t.Errorf("%s: the error is %v", url, err)
		}
	}
	s.expect(t, 0)
	for address, want := range map[string]bool{
		"8.8.8.8": true, "2a00:1450::1": true, "172.32.0.1": true,
		"127.0.0.1": false, "10.1.2.3": false, "172.16.0.1": false, "192.168.0.1": false, "169.254.169.254": false, "100.64.0.1": false,
		"0.0.0.0": false, "224.0.0.1": false, "255.255.255.255": false, "198.18.0.1": false, "::1": false, "::": false, "fe80::1": false,
		"fc00::1": false, "ff02::1": false, "::ffff:10.0.0.1": false, "::10.0.0.1": false, "64:ff9b::a00:1": false, "2002:a00:1::1": false, "2001::1": false,
	} {
		if got := outside.Public(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s is public: %t, want %t", address, got, want)
		}
	}
}

func TestRedirectsAreReturned(t *testing.T) {
	t.Parallel()
	s := start(t, func(_ int, w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/elsewhere", http.StatusFound)
	})
	if code, _, err := call(t, client(t, outside.Config{}), "GET", s.URL, ""); code != 302 || err != nil {
		t.Errorf("the answer is %d, %v", code, err)
	}
	s.expect(t, 1)
}

func TestCallInsideASession(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, jobs.Migrations().FS, func(t *testing.T, d *db.DB) {
		s := start(t, func(int, http.ResponseWriter, *http.Request) {})
		c := client(t, outside.Config{})
		err := d.Do(t.Context(), func(ctx context.Context, x *db.Session) error {
			if err := x.QueryRow(ctx, "SELECT 1").Scan(new(int)); err != nil {
				return err
			}
			r, _ := http.NewRequestWithContext(ctx, "GET", s.URL, nil)
			_, err := c.Do(r)
			return err
		})
		if !errors.Is(err, db.ErrOutside) {
			t.Errorf("the error is %v", err)
		}
		s.expect(t, 0)
		if _, _, err := call(t, c, "GET", s.URL, ""); err != nil {
			t.Errorf("between two sessions: %v", err)
		}
	})
}

// Users may choose hosts, so what is known of them is bounded.
func TestManyHosts(t *testing.T) {
	t.Parallel()
	if got := outside.HostsAfter(outside.MaxHosts + 500); got != outside.MaxHosts {
		t.Errorf("%d hosts are remembered, want %d", got, outside.MaxHosts)
	}
}

func TestConfigurationsThatAreRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []outside.Config{{Timeout: -1}, {Try: -1}, {Attempts: -1}, {Pause: -1}, {MaxBody: -1}, {Failures: -1}, {Rest: -1}} {
		if _, err := outside.New(c); err == nil || !strings.Contains(err.Error(), "below 0") {
			t.Errorf("%+v: the error is %v", c, err)
		}
	}
	if _, err := outside.New(outside.Config{MaxBody: math.MaxInt64}); err == nil || !strings.Contains(err.Error(), "over 1 TiB") {
		t.Errorf("no limit of bodies: the error is %v", err)
	}
}
