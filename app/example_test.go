package app_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"

	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/app"
)

// Clock is a domain without tables.
type Clock struct{}

// Time is what it answers.
type Time struct {
	Zone string `json:"zone"`
}

func (Clock) zone(context.Context, api.None, *struct{}) (*Time, error) {
	return &Time{Zone: "UTC"}, nil
}

// Register mounts a handler of another library beside a typed route.
func (c Clock) Register(a *app.App) {
	r := a.Router("clock")
	api.Get(r, "/zone", c.zone, api.Public)
	api.Handle(r, "GET /legacy/", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintln(w, "any http.Handler, at "+r.URL.Path)
	}), api.Public)
}

// An application is an http.Handler, takes others in, and has middleware of the
// usual form around it.
func Example() {
	stamp := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-Served-By", "example")
			next.ServeHTTP(w, r)
		})
	}
	a := app.New(app.Config{
		Name:   "clock",
		Logger: slog.New(slog.DiscardHandler),
		API:    api.Config{Middleware: []func(http.Handler) http.Handler{stamp}},
	})
	a.Register(Clock{})
	h, err := a.Handler()
	if err != nil {
		fmt.Println(err)
		return
	}

	mux := http.NewServeMux() // of a program that was there before
	mux.Handle("/", h)
	server := httptest.NewServer(mux)
	defer server.Close()
	for _, path := range []string{"/api/zone", "/api/legacy/report"} {
		resp, err := http.Get(server.URL + path)
		if err != nil {
			fmt.Println(err)
			return
		}
		body, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		fmt.Print(resp.StatusCode, " ", resp.Header.Get("X-Served-By"), " ", string(body))
	}
	// Output:
	// 200 example {"zone":"UTC"}
	// 200 example any http.Handler, at /api/legacy/report
}
