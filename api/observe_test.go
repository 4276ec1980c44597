package api_test

import (
	"context"
	"fmt"
	"net/http"
	"net/netip"
	"testing"

	"github.com/terem-go/terem/api"
)

// witness is an observer that tells of every request that was answered.
type witness struct{ ended chan string }

type arrivedKey struct{}

func (w witness) Begin(ctx context.Context, r *api.Request) context.Context {
	return context.WithValue(ctx, arrivedKey{}, r.HTTP.Method)
}

func (w witness) End(ctx context.Context, r *api.Request) {
	w.ended <- fmt.Sprintf("%v %q %d, %d bytes, from %s, trusted %v, timed %v", ctx.Value(arrivedKey{}), r.Route, r.Status, r.Bytes, r.HTTP.RemoteAddr, r.Trusted, r.Took > 0)
}

func TestObservers(t *testing.T) {
	t.Parallel()
	o := witness{make(chan string, 100)}
	in := func(ctx context.Context, _ api.None, in *struct {
		ID int `path:"id"`
	}) (*text, error) {
		switch {
		case ctx.Value(arrivedKey{}) != "GET":
			t.Error("the handler's context is not the observer's")
		case in.ID == 1:
			panic("one")
		}
		return &text{"abc"}, nil
	}
	s := server(t, handler(t, api.Config{Observers: []api.Observer{o}, TrustedProxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")},
		Middleware: []func(http.Handler) http.Handler{func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Header.Get("X-Stop") != "" {
					w.WriteHeader(http.StatusTeapot)
					return
				}
				next.ServeHTTP(w, r)
			})
		}}}, nil, func(r *api.Router) {
		api.Get(r, "/things/{id}", in, api.Public)
		api.Handle(r, "/raw/", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "raw") }), api.Public)
		api.Handle(r, "GET /abort", http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }), api.Public)
	}))
	for _, c := range []struct {
		method, path string
		header       string
		want         string
	}{
		{"GET", "/things/7", "X-Any", `GET "/things/{id}" 200, 15 bytes, from 127.0.0.1, trusted true, timed true`},
		{"GET", "/things/7", "X-Forwarded-For", `GET "/things/{id}" 200, 15 bytes, from 192.0.2.7, trusted true, timed true`},
		{"GET", "/things/1", "X-Any", `GET "/things/{id}" 500`},
		{"GET", "/things/x", "X-Any", `GET "/things/{id}" 422`},
		{"POST", "/raw/any/thing", "X-Any", `POST "/raw/" 200, 3 bytes`},
		{"GET", "/nothing", "X-Any", `GET "" 404`},
		{"PUT", "/things/7", "X-Any", `PUT "" 405`},
		{"GET", "/things/7", "X-Stop", `GET "" 418, 0 bytes`},
		{"GET", "/abort", "X-Any", `GET "/abort" 0, 0 bytes`},
	} {
		r, err := http.NewRequestWithContext(t.Context(), c.method, s.URL+c.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set(c.header, "192.0.2.7")
		r.Close = true // or the client would send an aborted request again
		if resp, err := s.Client().Do(r); err == nil {
			resp.Body.Close()
		}
		if got := <-o.ended; len(got) < len(c.want) || got[:len(c.want)] != c.want {
			t.Errorf("%s %s\ngot  %s\nwant %s", c.method, c.path, got, c.want)
		}
	}
}
