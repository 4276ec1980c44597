package api_test

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/errs"
)

func TestHandle(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	s := server(t, handler(t, api.Config{}, nil, func(r *api.Router) {
		api.Provide(r, whoCalls, api.Bearer)
		api.Handle(r, "POST /echo/{id}", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			b, _ := io.ReadAll(r.Body)
			io.WriteString(w, r.PathValue("id")+" "+string(b))
		}), boss)
		api.Handle(r, "/tree/", http.StripPrefix("/tree", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, r.Method+" "+r.URL.Path)
		})), api.Public)
		api.Handle(r, "GET /stream", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, "first\n")
			w.(http.Flusher).Flush()
			<-release
			io.WriteString(w, "second\n")
		}), api.Public)
		api.Handle(r, "GET /hijack", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			c, _, err := http.NewResponseController(w).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			defer c.Close()
			io.WriteString(c, "HTTP/1.1 101 Switching Protocols\r\n\r\nraw")
		}), api.Public)
	}))

	t.Run("policy", func(t *testing.T) {
		for name, c := range map[string]struct {
			status int
			body   string
		}{"": {401, "stranger"}, "worker": {403, "boss_only"}, "boss": {200, "7 hello"}} {
			r := request(t, "POST", s.URL+"/echo/7", strings.NewReader("hello"))
			if name != "" {
				r.Header.Set("X-Caller", name)
			}
			resp, body := send(t, r)
			if resp.StatusCode != c.status || !strings.Contains(body, c.body) {
				t.Errorf("%q: %d %s", name, resp.StatusCode, body)
			}
			if c.status == 401 && resp.Header.Get("WWW-Authenticate") != "Bearer" {
				t.Errorf("header %v", resp.Header)
			}
		}
	})
	t.Run("every method", func(t *testing.T) {
		for _, method := range []string{"GET", "PROPFIND"} {
			if _, body := send(t, request(t, method, s.URL+"/tree/a/b", nil)); body != method+" /a/b" {
				t.Errorf("%s: %q", method, body)
			}
		}
	})
	t.Run("not buffered", func(t *testing.T) {
		r := request(t, "GET", s.URL+"/stream", nil)
		r.Header.Set("Accept-Encoding", "identity")
		resp, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		lines := bufio.NewReader(resp.Body)
		if line, err := lines.ReadString('\n'); err != nil || line != "first\n" {
			t.Fatalf("%q, %v", line, err)
		}
		close(release)
		if line, err := lines.ReadString('\n'); err != nil || line != "second\n" {
			t.Errorf("%q, %v", line, err)
		}
	})
	t.Run("hijacked", func(t *testing.T) {
		c := dial(t, s)
		io.WriteString(c, "GET /hijack HTTP/1.1\r\nHost: x\r\n\r\n")
		if b, err := io.ReadAll(c); err != nil || !strings.HasSuffix(string(b), "\r\n\r\nraw") {
			t.Errorf("%q, %v", b, err)
		}
	})
}

// shape is an error as an application of its own taste shows it.
type shape struct {
	Error string `json:"error"`
	ID    string `json:"id"`
}

func TestErrorsOfAnotherShape(t *testing.T) {
	t.Parallel()
	l := new(logs)
	c := client(t, api.Config{Errors: func(e *errs.Error, id string) (string, any) {
		if e.Code == "unencodable" {
			return "application/json", func() {}
		}
		return "application/vnd.shape+json", shape{e.Code, id}
	}}, l, func(r *api.Router) {
		api.Get(r, "/a", generic[struct {
			N int `query:"n"`
		}], api.Public)
		api.Handle(r, "/b", http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("boom") }), api.Public)
		api.Provide(r, whoCalls)
		api.Get(r, "/c", generic[nothing], known, api.OperationID("c"))
		api.Handle(r, "/d", http.NotFoundHandler(), api.Allow("never", func(_ context.Context, _ caller) error {
			return errs.New(errs.Forbidden, "unencodable", "…")
		}))
	})
	for path, want := range map[string]struct {
		status int
		code   string
	}{"/a?n=x": {422, "invalid_input"}, "/b": {500, "internal"}, "/c": {401, "stranger"}, "/nowhere": {404, "not_found"}} {
		var got shape
		r := c.Get(path).Expect(want.status).JSON(&got)
		if got.Error != want.code || got.ID != r.Header.Get("X-Request-Id") || got.ID == "" || r.Header.Get("Content-Type") != "application/vnd.shape+json" {
			t.Errorf("%s: %v %v", path, got, r.Header)
		}
	}
	if r := c.With("X-Caller", "x").Get("/d").Expect(403); r.Body != "{}\n" || !strings.Contains(l.String(), "ErrorWriter") {
		t.Errorf("a shape that cannot be encoded: %q", r.Body)
	}
	var doc struct {
		Paths map[string]map[string]struct {
			Responses map[string]struct{ Content map[string]any }
		}
		Components struct{ Schemas map[string]any }
	}
	c.Get("/openapi.json").Expect(200).JSON(&doc)
	if doc.Components.Schemas["Shape"] == nil || doc.Components.Schemas["Problem"] != nil ||
		doc.Paths["/a"]["get"].Responses["default"].Content["application/vnd.shape+json"] == nil {
		t.Errorf("the document has another shape: %+v", doc)
	}
}
