package api_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/api/apitest"
	"github.com/terem-go/terem/db"
)

// talk sends a request by hand and returns the answer.
func talk(t *testing.T, c net.Conn, format string, args ...any) (*http.Response, string) {
	t.Helper()
	if _, err := fmt.Fprintf(c, format, args...); err != nil {
		t.Fatal(err)
	}
	return answer(t, bufio.NewReader(c))
}

func answer(t *testing.T, r *bufio.Reader) (*http.Response, string) {
	t.Helper()
	resp, err := http.ReadResponse(r, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(b)
}

// echoAPI has a route that answers with the length of a text of at most 100
// bytes of JSON, one without a body, and one for the known only.
func echoAPI(t *testing.T, c api.Config, l *logs) *httptest.Server {
	type in struct {
		Body struct {
			Text string `json:"text"`
		}
	}
	length := func(_ context.Context, _ api.None, in *in) (*text, error) {
		return &text{fmt.Sprint(len(in.Body.Text))}, nil
	}
	c.MaxBody = 100
	return server(t, handler(t, c, l, func(r *api.Router) {
		api.Provide(r, whoCalls)
		api.Post(r, "/echo", length, api.Public)
		api.Post(r, "/wide", length, api.Public, api.MaxBody(1000), api.OperationID("wide"))
		api.Post(r, "/known", length, known, api.OperationID("known"))
		api.Post(r, "/none", generic[nothing], api.Public)
	}))
}

// body returns JSON of n bytes.
func jsonOf(n int) string { return `{"text":"` + strings.Repeat("x", n-11) + `"}` }

func TestBodyLimit(t *testing.T) {
	t.Parallel()
	s := echoAPI(t, api.Config{}, nil)
	for name, c := range map[string]struct {
		path    string
		body    string
		chunked bool
		status  int
	}{
		"at the limit":                    {"/echo", jsonOf(100), false, 200},
		"at the limit, in chunks":         {"/echo", jsonOf(100), true, 200},
		"over":                            {"/echo", jsonOf(101), false, 413},
		"over, in chunks":                 {"/echo", jsonOf(101), true, 413},
		"far over":                        {"/echo", jsonOf(5 << 20), false, 413},
		"far over, in chunks":             {"/echo", jsonOf(5 << 20), true, 413},
		"another limit":                   {"/wide", jsonOf(1000), false, 200},
		"over another limit":              {"/wide", jsonOf(1001), true, 413},
		"a body that nobody expects":      {"/none", "anything", false, 204},
		"a body that nobody expects, big": {"/none", jsonOf(101), true, 413},
		"empty, in chunks":                {"/echo", "", true, 400},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := request(t, "POST", s.URL+c.path, strings.NewReader(c.body))
			if c.chunked {
				r.ContentLength = -1
				r.Body = io.NopCloser(strings.NewReader(c.body))
			}
			resp, err := http.DefaultTransport.RoundTrip(r)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			b, _ := io.ReadAll(resp.Body)
			if resp.StatusCode != c.status || c.status == 413 && !strings.Contains(string(b), `"code":"body_too_large"`) {
				t.Errorf("%d %s", resp.StatusCode, b)
			}
		})
	}
}

// A body that is announced to be too large is not asked for.
func TestBodyTooLargeIsNotAskedFor(t *testing.T) {
	t.Parallel()
	s := echoAPI(t, api.Config{}, nil)
	for _, length := range []int{101, 10 << 20} {
		resp, body := talk(t, dial(t, s), "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\nExpect: 100-continue\r\n\r\n", length)
		if resp.StatusCode != 413 || !strings.Contains(body, "body_too_large") {
			t.Errorf("%d %s", resp.StatusCode, body)
		}
	}
}

// The policy comes before the body: it is neither asked for nor waited for.
func TestPolicyBeforeBody(t *testing.T) {
	t.Parallel()
	s := echoAPI(t, api.Config{}, nil)
	c := dial(t, s)
	resp, body := talk(t, c, "POST /known HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 10485760\r\nExpect: 100-continue\r\n\r\n")
	if resp.StatusCode != 401 || !strings.Contains(body, "stranger") {
		t.Errorf("a stranger with 10 MiB: %d %s", resp.StatusCode, body)
	}
	// The connection is of no more use: the body may or may not come.
	if _, err := c.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("afterwards: %v", err)
	}

	c = dial(t, s)
	in := bufio.NewReader(c)
	fmt.Fprintf(c, "POST /known HTTP/1.1\r\nHost: x\r\nX-Caller: a\r\nContent-Type: application/json\r\nContent-Length: 12\r\nExpect: 100-continue\r\n\r\n")
	if resp, _ := answer(t, in); resp.StatusCode != 100 {
		t.Fatalf("somebody known: %d", resp.StatusCode)
	}
	io.WriteString(c, jsonOf(12))
	if resp, body := answer(t, in); resp.StatusCode != 200 {
		t.Errorf("somebody known: %d %s", resp.StatusCode, body)
	}

	// Nor does what is wrong with the input show to strangers.
	for _, body := range []string{"not JSON", `{"unknown":1}`, jsonOf(101)} {
		if resp, got := send(t, request(t, "POST", s.URL+"/known?x=%zz", strings.NewReader(body))); resp.StatusCode != 401 {
			t.Errorf("%s: %d %s", body, resp.StatusCode, got)
		}
	}
}

func TestConnectionsAreReused(t *testing.T) {
	t.Parallel()
	s := echoAPI(t, api.Config{}, nil)
	c := dial(t, s)
	in := bufio.NewReader(c)
	for _, r := range []struct {
		path, header, body string
		status             int
	}{
		{"/known", "", jsonOf(90), 401},
		{"/echo", "", jsonOf(120), 413},
		{"/echo", "", "{", 400},
		{"/nowhere", "", jsonOf(90), 404},
		{"/echo?x=1", "", jsonOf(90), 422},
		{"/echo", "", jsonOf(90), 200},
	} {
		fmt.Fprintf(c, "POST %s HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", r.path, len(r.body), r.body)
		resp, body := answer(t, in)
		if resp.StatusCode != r.status || resp.Close {
			t.Errorf("%s: %d %v %s", r.path, resp.StatusCode, resp.Header, body)
		}
	}
}

func TestSlowAndCutBodies(t *testing.T) {
	t.Parallel()
	const head = "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{"
	t.Run("slow", func(t *testing.T) {
		t.Parallel()
		s := echoAPI(t, api.Config{Timeout: 50 * time.Millisecond}, nil)
		c := dial(t, s)
		resp, body := talk(t, c, head)
		if resp.StatusCode != 400 || !strings.Contains(body, `"code":"body_timeout"`) {
			t.Errorf("%d %s", resp.StatusCode, body)
		}
	})
	t.Run("cut", func(t *testing.T) {
		t.Parallel()
		l := new(logs)
		s := echoAPI(t, api.Config{}, l)
		c := dial(t, s)
		io.WriteString(c, head)
		c.(*net.TCPConn).CloseWrite()
		resp, body := answer(t, bufio.NewReader(c))
		if resp.StatusCode != 400 || !strings.Contains(body, `"code":"body_incomplete"`) {
			t.Errorf("%d %s", resp.StatusCode, body)
		}
	})
	t.Run("broken chunks", func(t *testing.T) {
		t.Parallel()
		s := echoAPI(t, api.Config{}, nil)
		resp, body := talk(t, dial(t, s), "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")
		if resp.StatusCode != 400 || !strings.Contains(body, `"code":"body_incomplete"`) {
			t.Errorf("%d %s", resp.StatusCode, body)
		}
	})
}

// deadlines is a connection that only remembers the deadline for reading.
type deadlines struct {
	httptest.ResponseRecorder
	read time.Time
}

func (d *deadlines) SetReadDeadline(t time.Time) error { d.read = t; return nil }

// What net/http reads of a body after an answer must not take for ever; and a
// deadline must not stay where a handler runs on, since it would end the watch
// for a client that goes away, and with it the request.
func TestReadDeadlines(t *testing.T) {
	t.Parallel()
	var inside time.Time
	var w *deadlines
	upload := func(_ context.Context, _ api.None, in *struct{ File api.Upload }) (*api.Empty, error) {
		_, err := io.ReadAll(in.File)
		inside = w.read
		return nil, err
	}
	h := handler(t, api.Config{}, nil, func(r *api.Router) {
		api.Post(r, "/upload", upload, api.Public)
		api.Post(r, "/ignored", func(context.Context, api.None, *struct{ File api.Upload }) (*api.Empty, error) { return nil, nil }, api.Public)
		api.Post(r, "/json", func(context.Context, api.None, *struct{ Body nothing }) (*api.Empty, error) {
			inside = w.read
			return nil, nil
		}, api.Public)
	})
	run := func(path string, body io.Reader) int {
		inside = time.Unix(1, 0)
		w = &deadlines{ResponseRecorder: *httptest.NewRecorder(), read: time.Unix(2, 0)}
		r := httptest.NewRequest("POST", path, body)
		r.Header.Set("Content-Type", "application/json")
		h.ServeHTTP(w, r)
		return w.Code
	}
	for _, path := range []string{"/json", "/upload"} {
		if run(path, strings.NewReader("{}")); !inside.IsZero() || !w.read.IsZero() {
			t.Errorf("%s, read: the deadline is %v while the handler runs on and %v at the end, want none", path, inside, w.read)
		}
	}
	for _, path := range []string{"/ignored", "/nowhere"} {
		if run(path, strings.NewReader("{}")); time.Until(w.read) > time.Minute || time.Until(w.read) < 10*time.Second {
			t.Errorf("%s, not read: the deadline is %v", path, w.read)
		}
	}
	for _, path := range []string{"/json", "/upload"} {
		if code := run(path, slow{}); code != 400 || time.Until(w.read) > time.Minute || time.Until(w.read) < 10*time.Second {
			t.Errorf("%s, slow: status %d, the deadline is %v", path, code, w.read)
		}
	}
}

// slow is a body whose time is over.
type slow struct{}

func (slow) Read([]byte) (int, error) { return 0, os.ErrDeadlineExceeded }

// A client that goes away ends the request's context, also when it sent a body
// that nobody asked for.
func TestClientGone(t *testing.T) {
	t.Parallel()
	l := new(logs)
	var ended atomic.Int32
	running := make(chan struct{}, 1)
	s := server(t, handler(t, api.Config{}, l, func(r *api.Router) {
		api.Post(r, "/wait", func(ctx context.Context, _ api.None, _ *nothing) (*text, error) {
			running <- struct{}{}
			<-ctx.Done()
			ended.Add(1)
			return nil, ctx.Err()
		}, api.Public)
	}))
	c := dial(t, s)
	io.WriteString(c, "POST /wait HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello")
	<-running
	c.Close()
	eventually(t, "the handler's context ended", func() bool { return ended.Load() == 1 })
	l.wait(t, `"status":499`)
	if strings.Contains(l.String(), `"level":"ERROR"`) || strings.Contains(l.String(), `"level":"WARN"`) {
		t.Errorf("the log makes a fault of it: %s", l)
	}
}

// A server that gives requests up must not let silence pass for success.
func TestServerGivesUp(t *testing.T) {
	t.Parallel()
	l := new(logs)
	requests, cancel := context.WithCancelCause(t.Context())
	s := httptest.NewUnstartedServer(handler(t, api.Config{}, l, func(r *api.Router) {
		api.Get(r, "/wait", func(ctx context.Context, _ api.None, _ *nothing) (*text, error) {
			cancel(fmt.Errorf("stopping"))
			<-ctx.Done()
			return nil, ctx.Err()
		}, api.Public)
	}))
	s.Config.BaseContext = func(net.Listener) context.Context { return requests }
	s.Start()
	defer s.Close()
	resp, body := send(t, request(t, "GET", s.URL+"/wait", nil))
	if resp.StatusCode != 503 || !strings.Contains(body, `"code":"canceled"`) {
		t.Errorf("%d %s", resp.StatusCode, body)
	}
	l.wait(t, `"status":503`)
}

func TestTimeout(t *testing.T) {
	t.Parallel()
	wait := func(ctx context.Context, _ api.None, _ *nothing) (*text, error) {
		<-ctx.Done()
		return nil, fmt.Errorf("asking the oracle: %w", ctx.Err())
	}
	c := client(t, api.Config{Timeout: 10 * time.Millisecond}, nil, func(r *api.Router) {
		api.Provide(r, func(ctx context.Context, _ db.Querier, _ *http.Request) (caller, error) {
			<-ctx.Done()
			return caller{}, ctx.Err()
		})
		api.Get(r, "/wait", wait, api.Public)
		api.Get(r, "/policy", generic[nothing], known, api.OperationID("policy"))
		api.Handle(r, "/mounted", http.NotFoundHandler(), known)
		api.Post(r, "/upload", func(context.Context, api.None, *struct{ File api.Upload }) (*text, error) { return nil, nil }, known)
		api.Get(r, "/none", func(ctx context.Context, _ api.None, _ *nothing) (*text, error) {
			_, has := ctx.Deadline()
			return &text{fmt.Sprint(has)}, nil
		}, api.Public, api.Timeout(-1))
		api.Post(r, "/stream", func(ctx context.Context, _ api.None, _ *struct{ File api.Upload }) (*text, error) {
			_, has := ctx.Deadline()
			return &text{fmt.Sprint(has)}, nil
		}, api.Public)
	})
	for _, path := range []string{"/wait", "/policy", "/mounted"} {
		c.Get(path).ExpectError(504, "timeout")
	}
	c.Post("/upload", "x").ExpectError(504, "timeout")
	for _, r := range []*apitest.Response{c.Get("/none"), c.Post("/stream", "x")} {
		if r.Expect(200); !strings.Contains(r.Body, "false") {
			t.Errorf("%s: there is a deadline", r.Request)
		}
	}
}
