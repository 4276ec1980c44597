package api_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
)

type benchIn struct {
	ID   int64 `path:"id" minimum:"1"`
	Body struct {
		Name string `json:"name" minLength:"1" maxLength:"40"`
	}
}

type benchOut struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
}

// byHand is what Go programs write without this package: the same checks, the
// same answer, none of the middleware.
func byHand(w http.ResponseWriter, r *http.Request) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil || id < 1 {
		http.Error(w, "bad id", http.StatusUnprocessableEntity)
		return
	}
	var in struct {
		Name string `json:"name"`
	}
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20))
	d.DisallowUnknownFields()
	if err := d.Decode(&in); err != nil || in.Name == "" || len(in.Name) > 40 {
		http.Error(w, "bad body", http.StatusUnprocessableEntity)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(benchOut{id, in.Name})
}

// discard is a connection that nobody reads.
type discard struct{ header http.Header }

func (d *discard) SetReadDeadline(time.Time) error  { return nil }
func (d *discard) SetWriteDeadline(time.Time) error { return nil }
func (d *discard) Flush()                           {}

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(b []byte) (int, error) { return len(b), nil }
func (d *discard) WriteHeader(int)             {}

func BenchmarkRequest(b *testing.B) {
	d := dbtest.SQLite(b, migrations)
	log := slog.New(slog.NewJSONHandler(io.Discard, nil))
	a := api.New(api.Config{DB: d, Logger: log})
	r := a.Router("", "test")
	api.Provide(r, whoCalls)
	api.Post(r, "/none/{id}", func(_ context.Context, _ api.None, in *benchIn) (*benchOut, error) {
		return &benchOut{in.ID, in.Body.Name}, nil
	}, api.Public)
	api.Get(r, "/get", func(context.Context, api.None, *nothing) (*benchOut, error) { return &benchOut{1, "Ada"}, nil }, api.Public)
	api.Get(r, "/known", func(context.Context, api.None, *struct{ Who caller }) (*benchOut, error) {
		return &benchOut{1, "Ada"}, nil
	}, known)
	api.Get(r, "/reader", func(ctx context.Context, r *db.Reader, _ *nothing) (*benchOut, error) {
		var out benchOut
		return &out, r.QueryRow(ctx, "SELECT n FROM counter").Scan(&out.ID)
	}, api.Public)
	api.Post(r, "/session", func(ctx context.Context, s *db.Session, _ *nothing) (*benchOut, error) {
		_, err := s.Exec(ctx, "UPDATE counter SET n = n + 1")
		return &benchOut{}, err
	}, api.Public)
	api.Handle(r, "POST /mounted/{id}", http.HandlerFunc(byHand), api.Public)
	h, err := a.Handler()
	if err != nil {
		b.Fatal(err)
	}
	hand := http.NewServeMux()
	hand.HandleFunc("POST /none/{id}", byHand)
	for _, c := range []struct {
		name   string
		h      http.Handler
		method string
		path   string
		body   string
	}{
		{"by hand", hand, "POST", "/none/7", `{"name":"Ada"}`},
		{"mounted", h, "POST", "/mounted/7", `{"name":"Ada"}`},
		{"None with body", h, "POST", "/none/7", `{"name":"Ada"}`},
		{"None", h, "GET", "/get", ""},
		{"policy", h, "GET", "/known", ""},
		{"reader", h, "GET", "/reader", ""},
		{"session", h, "POST", "/session", ""},
		{"invalid", h, "POST", "/none/7", `{"name":""}`},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			r := httptest.NewRequest(c.method, c.path, nil)
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("X-Caller", "ada")
			body := strings.NewReader(c.body)
			for b.Loop() {
				q := *r
				q.Body = http.NoBody
				if c.body != "" {
					body.Reset(c.body)
					q.Body = io.NopCloser(body)
				}
				c.h.ServeHTTP(&discard{http.Header{}}, &q)
			}
		})
	}
}
