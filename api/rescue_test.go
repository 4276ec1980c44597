package api_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"github.com/terem-go/terem/api"
)

func TestPanics(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		h       func(w http.ResponseWriter)
		status  int    // 0 means that the connection is cut
		logged  string // empty means nothing
		handler string
	}{
		"panic":            {h: func(http.ResponseWriter) { panic("boom") }, status: 500, logged: `"panic":"boom"`},
		"panic with error": {h: func(http.ResponseWriter) { panic(errors.New("boom")) }, status: 500, logged: `"panic":"boom"`},
		"nil dereference":  {h: func(http.ResponseWriter) { _ = *(*int)(nil) }, status: 500, logged: "invalid memory address"},
		"panic with nil":   {h: func(http.ResponseWriter) { panic(nil) }, status: 500, logged: "panic called with nil argument"},
		"Goexit":           {h: func(http.ResponseWriter) { runtime.Goexit() }, status: 500, logged: "a handler ended its goroutine"},
		"abort":            {h: func(http.ResponseWriter) { panic(http.ErrAbortHandler) }},
		"after the first byte": {h: func(w http.ResponseWriter) {
			io.WriteString(w, "half")
			http.NewResponseController(w).Flush()
			panic("boom")
		}, logged: `"panic":"boom"`},
		"after bytes that were not sent yet": {h: func(w http.ResponseWriter) {
			io.WriteString(w, "half")
			panic("boom")
		}, logged: `"panic":"boom"`},
		"Goexit after the first byte": {h: func(w http.ResponseWriter) {
			io.WriteString(w, "half")
			http.NewResponseController(w).Flush()
			runtime.Goexit()
		}, logged: "a handler ended its goroutine"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := new(logs)
			s := server(t, handler(t, api.Config{}, l, func(r *api.Router) {
				api.Handle(r, "GET /mounted", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { c.h(w) }), api.Public)
				api.Get(r, "/typed", func(context.Context, api.None, *nothing) (*text, error) {
					c.h(nil)
					return nil, nil
				}, api.Public)
				api.Get(r, "/fine", func(context.Context, api.None, *nothing) (*text, error) { return &text{}, nil }, api.Public)
			}))
			paths := []string{"/mounted"}
			if !strings.Contains(name, "byte") {
				paths = append(paths, "/typed")
			}
			for _, path := range paths {
				resp, err := http.Get(s.URL + path)
				body := []byte{}
				if err == nil {
					body, err = io.ReadAll(resp.Body)
					resp.Body.Close()
				}
				switch {
				case c.status == 0 && err == nil:
					t.Errorf("%s: the answer looks whole: %q", path, body)
				case c.status != 0 && err != nil:
					t.Errorf("%s: %v", path, err)
				case c.status != 0 && (resp.StatusCode != c.status || !strings.Contains(string(body), `"code":"internal"`) || strings.Contains(string(body), "boom")):
					t.Errorf("%s: %d %s", path, resp.StatusCode, body)
				}
				if c.logged == "" {
					l.wait(t, `"route":"`)
					if strings.Contains(l.String(), "stack") {
						t.Errorf("%s: the log: %s", path, l)
					}
					continue
				}
				l.wait(t, c.logged)
				l.wait(t, `"route":"GET `+path+`","handler":`)
				if !strings.Contains(l.String(), "rescue_test.go") {
					t.Errorf("%s: the log has no stack of the handler: %s", path, l)
				}
			}
			if resp, _ := send(t, request(t, "GET", s.URL+"/fine", nil)); resp.StatusCode != 200 {
				t.Errorf("afterwards: %d", resp.StatusCode)
			}
		})
	}
}

// A panic behind a header that is sent already cuts the connection: 200 cannot be
// taken back.
func TestPanicBehindTheHeader(t *testing.T) {
	t.Parallel()
	l := new(logs)
	s := server(t, handler(t, api.Config{}, l, func(r *api.Router) {
		api.Handle(r, "GET /", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			http.NewResponseController(w).Flush()
			panic("boom")
		}), api.Public)
	}))
	r := request(t, "GET", s.URL, nil)
	r.Header.Set("Accept-Encoding", "identity") // else the header waits for what is compressed
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if body, err := io.ReadAll(resp.Body); err == nil {
		t.Errorf("the answer looks whole: %d %q", resp.StatusCode, body)
	}
	l.wait(t, `"status":200`)
}
