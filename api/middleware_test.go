package api_test

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/api/apitest"
	"github.com/terem-go/terem/errs"
)

func TestRequestID(t *testing.T) {
	t.Parallel()
	var seen []string
	h := handler(t, api.Config{TrustedProxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}}, nil, func(r *api.Router) {
		api.Get(r, "/x", func(ctx context.Context, _ api.None, _ *nothing) (*text, error) {
			return &text{api.RequestID(ctx)}, nil
		}, api.Public)
	})
	s := server(t, h)
	generated := regexp.MustCompile(`^[0-9a-f]{24}$`)
	for sent, kept := range map[string]bool{
		"":                      false,
		"abc-DEF_1.2":           true,
		strings.Repeat("a", 64): true,
		strings.Repeat("a", 65): false,
		"a b":                   false,
		`a"b`:                   false,
		"a\tb":                  false,
		"é":                     false,
	} {
		r := request(t, "GET", s.URL+"/x", nil)
		r.Header.Set("X-Request-Id", sent)
		resp, body := send(t, r)
		id := resp.Header.Get("X-Request-Id")
		if kept != (id == sent) || !kept && !generated.MatchString(id) {
			t.Errorf("sent %q, got %q", sent, id)
		}
		if !strings.Contains(body, `"`+id+`"`) {
			t.Errorf("the handler's id is not %q: %s", id, body)
		}
		seen = append(seen, id)
	}
	if seen[0] == seen[1] {
		t.Errorf("one id twice: %q", seen)
	}
	if id := api.RequestID(context.Background()); id != "" {
		t.Errorf("an id without a request: %q", id)
	}

	stranger := handler(t, api.Config{}, nil, func(*api.Router) {})
	r := request(t, "GET", server(t, stranger).URL+"/x", nil)
	r.Header.Set("X-Request-Id", "mine")
	if resp, _ := send(t, r); resp.Header.Get("X-Request-Id") == "mine" {
		t.Error("the word of a stranger was taken")
	}
}

func TestAccessLog(t *testing.T) {
	t.Parallel()
	l := new(logs)
	s := server(t, handler(t, api.Config{}, l, func(r *api.Router) {
		api.Post(r, "/notes/{id}", func(ctx context.Context, _ api.None, in *struct {
			ID   int    `path:"id"`
			Q    string `query:"q"`
			Body struct{ Password string }
		}) (*text, error) {
			return &text{"out-secret"}, nil
		}, api.Public)
	}))
	r := request(t, "POST", s.URL+"/notes/7?q=query-secret", strings.NewReader(`{"Password":"body-secret"}`))
	r.Header.Set("Authorization", "Bearer token-secret")
	r.Header.Set("Cookie", "c=cookie-secret")
	resp, body := send(t, r)
	l.wait(t, `"status":200`)

	var got map[string]any
	if err := json.Unmarshal([]byte(l.String()), &got); err != nil {
		t.Fatalf("%v: %s", err, l)
	}
	if d, ok := got["duration"].(float64); !ok || d <= 0 {
		t.Errorf("duration %v", got["duration"])
	}
	delete(got, "duration")
	delete(got, "time")
	want := map[string]any{
		"level": "INFO", "msg": "request", "method": "POST", "path": "/notes/7", "route": "POST /notes/{id}", "status": 200.0,
		"bytes": float64(len(body)), "client": "127.0.0.1", "request_id": resp.Header.Get("X-Request-Id"),
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("the record (-want +got):\n%s", d)
	}
	if strings.Contains(l.String(), "secret") {
		t.Errorf("the log tells secrets: %s", l)
	}
}

// A line of the log stays a line whatever the client sends.
func TestAccessLogAsText(t *testing.T) {
	t.Parallel()
	l := new(logs)
	a := api.New(api.Config{Logger: slog.New(api.LogHandler(slog.NewTextHandler(l, nil).WithAttrs([]slog.Attr{slog.String("app", "x")})))})
	h, err := a.Handler()
	if err != nil {
		t.Fatal(err)
	}
	send(t, request(t, "GET", server(t, h).URL+"/a%0Alevel=ERROR%20msg=forged%22", nil))
	l.wait(t, "status=404")
	if n := strings.Count(strings.TrimSpace(l.String()), "\n"); n != 0 || !strings.Contains(l.String(), `path="/a\nlevel=ERROR msg=forged\""`) || !strings.Contains(l.String(), "app=x") {
		t.Errorf("the log: %s", l)
	}
}

// twice is a handler that gives one record to two others.
type twice struct{ slog.Handler }

func (h twice) Handle(ctx context.Context, r slog.Record) error {
	for i := range 8 { // one by one, which leaves room for more behind them
		r.AddAttrs(slog.Int("n", i))
	}
	return errors.Join(h.Handler.Handle(ctx, r), h.Handler.Handle(ctx, r))
}

func TestLogHandlerLeavesTheRecordAlone(t *testing.T) {
	t.Parallel()
	l := new(logs)
	log := slog.New(twice{api.LogHandler(slog.NewTextHandler(l, nil))})
	h := handler(t, api.Config{}, nil, func(r *api.Router) {
		api.Get(r, "/x", func(ctx context.Context, _ api.None, _ *nothing) (*api.Empty, error) {
			log.InfoContext(ctx, "hi")
			return nil, nil
		}, api.Public)
	})
	apitest.New(t, h).Get("/x").Expect(204)
	lines := strings.Split(strings.TrimSpace(l.String()), "\n")
	if len(lines) != 2 || lines[0] != lines[1] || !strings.Contains(lines[0], "n=7 request_id=") {
		t.Errorf("the log: %s", l)
	}
}

func TestNoRoute(t *testing.T) {
	t.Parallel()
	own := errs.New(errs.NotFound, "notes.none", "There is no such note.")
	h := handler(t, api.Config{Middleware: []func(http.Handler) http.Handler{
		func(next http.Handler) http.Handler { // one that copies the request, as many do
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/middleware" {
					http.Error(w, "mine", http.StatusNotFound)
					return
				}
				next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), nothing{}, 1)))
			})
		},
	}}, nil, func(r *api.Router) {
		api.Get(r, "/notes/{id}", func(context.Context, api.None, *struct {
			ID int `path:"id"`
		}) (*text, error) {
			return nil, own.Here()
		}, api.Public)
		post[nothing](r, "/notes")
		api.Handle(r, "/files/", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			http.Error(w, "no file", http.StatusNotFound)
		}), api.Public)
	})
	s := server(t, h)
	for _, encoding := range []string{"", "gzip"} {
		for path, c := range map[string]struct {
			method string
			status int
			want   string
			allow  string
		}{
			"/nowhere":      {"GET", 404, `"code":"not_found"`, ""},
			"/":             {"POST", 404, `"code":"not_found"`, ""},
			"/notes":        {"DELETE", 405, `"code":"method_not_allowed"`, "POST"},
			"/notes/1":      {"OPTIONS", 405, `"code":"method_not_allowed"`, "GET, HEAD"},
			"/notes/2":      {"GET", 404, `"code":"notes.none"`, ""},
			"/files/a":      {"GET", 404, "no file\n", ""},
			"/middleware":   {"GET", 404, "mine\n", ""},
			"/docs/nowhere": {"GET", 404, "", ""},
		} {
			r := request(t, c.method, s.URL+path, nil)
			r.Header.Set("Accept-Encoding", encoding)
			resp, body := send(t, r)
			problem := strings.HasPrefix(c.want, `"code"`)
			if resp.StatusCode != c.status || !strings.Contains(body, c.want) || resp.Header.Get("Allow") != c.allow {
				t.Errorf("%s %s: %d %v %q", c.method, path, resp.StatusCode, resp.Header, body)
			}
			if problem != (resp.Header.Get("Content-Type") == "application/problem+json") {
				t.Errorf("%s: %s", path, resp.Header.Get("Content-Type"))
			}
			if problem && !json.Valid([]byte(body)) {
				t.Errorf("%s: not JSON: %q", path, body)
			}
		}
	}
}

func TestHead(t *testing.T) {
	t.Parallel()
	s := server(t, handler(t, api.Config{}, nil, func(r *api.Router) {
		api.Get(r, "/x", func(context.Context, api.None, *nothing) (*text, error) { return &text{"hello"}, nil }, api.Public)
		api.Get(r, "/e", func(context.Context, api.None, *nothing) (*text, error) { return nil, errStranger.Here() }, api.Public)
	}))
	for path, status := range map[string]int{"/x": 200, "/e": 401} {
		get, body := send(t, request(t, "GET", s.URL+path, nil))
		head, none := send(t, request(t, "HEAD", s.URL+path, nil))
		if none != "" || head.StatusCode != status || head.ContentLength != int64(len(body)) || head.Header.Get("Content-Type") != get.Header.Get("Content-Type") {
			t.Errorf("%s: %d %v %q", path, head.StatusCode, head.Header, none)
		}
	}
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	later := errs.New(errs.Unavailable, "later", "Not now.").After(1500 * 1e6)
	a := api.New(api.Config{Logger: slog.New(slog.DiscardHandler)})
	r := a.Router("", "test")
	api.Provide(r, whoCalls, api.Bearer)
	api.Get(r, "/ok", func(context.Context, api.None, *nothing) (*text, error) { return &text{}, nil }, api.Public)
	api.Get(r, "/cached", func(context.Context, api.None, *nothing) (*api.Reply[text], error) {
		return &api.Reply[text]{Header: http.Header{"cache-control": {"max-age=60"}, "X-Two": {"a", "b"}, "X-Bad": {"a\r\nSet-Cookie: x=1"}, "vary": {"X-Two"}}}, nil
	}, api.Public)
	api.Get(r, "/own-policy", func(context.Context, api.None, *nothing) (*api.Reply[text], error) {
		return &api.Reply[text]{Header: http.Header{"Content-Security-Policy": {"default-src 'self'"}}}, nil
	}, api.Public)
	api.Get(r, "/headers-only", func(context.Context, api.None, *nothing) (*api.Reply[api.Empty], error) {
		return &api.Reply[api.Empty]{Header: http.Header{"Set-Cookie": {"a=b"}}}, nil
	}, api.Public)
	api.Post(r, "/made", func(context.Context, api.None, *nothing) (*text, error) { return &text{}, nil }, api.Public, api.Status(201))
	api.Get(r, "/later", func(context.Context, api.None, *nothing) (*text, error) { return nil, later.Here() }, api.Public)
	api.Get(r, "/who", func(context.Context, api.None, *nothing) (*text, error) { return &text{}, nil }, known)
	api.Get(r, "/boss", func(context.Context, api.None, *nothing) (*text, error) { return &text{}, nil }, boss)
	h, err := a.Handler()
	if err != nil {
		t.Fatal(err)
	}
	s := server(t, h)
	for path, c := range map[string]struct {
		method string
		status int
		header map[string]string
	}{
		"/ok":           {"GET", 200, map[string]string{"Cache-Control": "no-store", "Content-Type": "application/json", "Vary": "Accept-Encoding", "WWW-Authenticate": ""}},
		"/cached":       {"GET", 200, map[string]string{"Cache-Control": "max-age=60", "X-Two": "a; b", "Set-Cookie": "", "Vary": "Accept-Encoding; X-Two"}},
		"/own-policy":   {"GET", 200, map[string]string{"Content-Security-Policy": "default-src 'self'"}},
		"/headers-only": {"GET", 204, map[string]string{"Set-Cookie": "a=b", "Content-Type": "", "Content-Length": ""}},
		"/made":         {"POST", 201, map[string]string{"Content-Type": "application/json"}},
		"/later":        {"GET", 503, map[string]string{"Retry-After": "2", "Cache-Control": "no-store"}},
		"/who":          {"GET", 401, map[string]string{"WWW-Authenticate": "Bearer"}},
		"/nowhere":      {"GET", 404, map[string]string{"Cache-Control": "no-store"}},
	} {
		resp, body := send(t, request(t, c.method, s.URL+path, nil))
		if c.status != 204 && resp.ContentLength != int64(len(body)) {
			t.Errorf("%s: Content-Length is %d for %q", path, resp.ContentLength, body)
		}
		if resp.StatusCode != c.status {
			t.Errorf("%s: status %d", path, resp.StatusCode)
		}
		c.header["X-Content-Type-Options"] = "nosniff"
		if path != "/own-policy" {
			c.header["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
		}
		for name, want := range c.header {
			if got := strings.Join(resp.Header.Values(name), "; "); got != want {
				t.Errorf("%s: %s: %q, want %q", path, name, got, want)
			}
		}
	}
	forbidden := request(t, "GET", s.URL+"/boss", nil)
	forbidden.Header.Set("X-Caller", "worker")
	if resp, body := send(t, forbidden); resp.StatusCode != 403 || resp.Header.Get("WWW-Authenticate") != "" || !strings.Contains(body, "boss_only") {
		t.Errorf("the worker: %d %v %s", resp.StatusCode, resp.Header, body)
	}
}

func TestStrictTransportSecurity(t *testing.T) {
	t.Parallel()
	for secure, want := range map[bool]string{false: "", true: "max-age=31536000"} {
		s := server(t, handler(t, api.Config{Secure: secure}, nil, func(r *api.Router) {
			api.Get(r, "/", func(context.Context, api.None, *nothing) (*text, error) { return &text{"x"}, nil }, api.Public)
		}))
		for _, path := range []string{"/", "/nowhere"} {
			if resp, _ := send(t, request(t, "GET", s.URL+path, nil)); resp.Header.Get("Strict-Transport-Security") != want {
				t.Errorf("secure=%t: %s: %q, want %q", secure, path, resp.Header.Get("Strict-Transport-Security"), want)
			}
		}
	}
}

func TestCompression(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("all work and no play ", 500)
	s := server(t, handler(t, api.Config{}, nil, func(r *api.Router) {
		api.Get(r, "/long", func(context.Context, api.None, *nothing) (*text, error) { return &text{long}, nil }, api.Public)
		api.Get(r, "/short", func(context.Context, api.None, *nothing) (*text, error) { return &text{"x"}, nil }, api.Public)
		api.Handle(r, "/panics", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			io.WriteString(w, long)
			w.(http.Flusher).Flush()
			panic("in the middle")
		}), api.Public)
		api.Handle(r, "/fails", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			panic("before anything")
		}), api.Public)
	}))
	for accept, c := range map[string]struct {
		encoding string
		decode   func(io.Reader) (io.Reader, error)
	}{
		"":                 {"", func(r io.Reader) (io.Reader, error) { return r, nil }},
		"br":               {"", func(r io.Reader) (io.Reader, error) { return r, nil }},
		"gzip;q=0":         {"", func(r io.Reader) (io.Reader, error) { return r, nil }},
		"gzip":             {"gzip", func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) }},
		"gzip, zstd":       {"zstd", func(r io.Reader) (io.Reader, error) { return zstd.NewReader(r) }},
		"zstd;q=0.5, gzip": {"gzip", func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) }},
	} {
		r := request(t, "GET", s.URL+"/long", nil)
		r.Header.Set("Accept-Encoding", accept)
		resp, body := send(t, r)
		plain, err := c.decode(strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		var out text
		if err := json.NewDecoder(plain).Decode(&out); err != nil || out.Text != long || resp.Header.Get("Content-Encoding") != c.encoding {
			t.Errorf("%q: %v, encoding %q, %d bytes", accept, err, resp.Header.Get("Content-Encoding"), len(body))
		}
		if c.encoding != "" && len(body) > len(long)/5 {
			t.Errorf("%q: %d bytes of %d", accept, len(body), len(long))
		}
		r = request(t, "GET", s.URL+"/short", nil)
		r.Header.Set("Accept-Encoding", accept)
		if resp, body := send(t, r); resp.Header.Get("Content-Encoding") != "" || body != "{\"text\":\"x\"}\n" {
			t.Errorf("%q: a short answer is compressed: %v %q", accept, resp.Header, body)
		}
	}

	r := request(t, "GET", s.URL+"/fails", nil)
	r.Header.Set("Accept-Encoding", "gzip")
	if resp, body := send(t, r); resp.StatusCode != 500 || resp.Header.Get("Content-Encoding") != "" || !json.Valid([]byte(body)) {
		t.Errorf("a failure before the first byte: %d %v %q", resp.StatusCode, resp.Header, body)
	}
	r = request(t, "GET", s.URL+"/panics", nil)
	r.Header.Set("Accept-Encoding", "gzip")
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if _, err := io.ReadAll(resp.Body); err == nil {
		t.Error("an answer that was cut in the middle looks whole")
	}
}
