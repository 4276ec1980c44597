package tracing_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/otel/codes"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/errs"
	"github.com/terem-go/terem/jobs"
	"github.com/terem-go/terem/tracing"
)

var migrations = fstest.MapFS{
	"sqlite/1_notes.sql":   {Data: []byte("-- +goose Up\nCREATE TABLE notes (body TEXT PRIMARY KEY);")},
	"postgres/1_notes.sql": {Data: []byte("-- +goose Up\nCREATE TABLE notes (body TEXT PRIMARY KEY);")},
}

const insert = "INSERT INTO notes (body) VALUES ($1)"

// app returns a route that writes a note and is in conflict the first time, and
// the spans that it makes.
func app(t *testing.T, d *db.DB) (*httptest.Server, *tracetest.SpanRecorder) {
	t.Helper()
	spans := tracetest.NewSpanRecorder()
	tr := tracing.New(sdk.NewTracerProvider(sdk.WithSpanProcessor(spans)))
	d.Observe(tr.Units(d.Dialect()))
	a := api.New(api.Config{DB: d, Logger: slog.New(slog.DiscardHandler), Observers: []api.Observer{tr.Requests()},
		TrustedProxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}})
	attempts := 0
	api.Post(a.Router("", "notes"), "/notes/{book}", func(ctx context.Context, s *db.Session, in *struct {
		Book string `path:"book"`
		Body struct {
			Text string `json:"text"`
		}
	}) (*api.Empty, error) {
		_, err := s.Exec(ctx, insert, in.Body.Text)
		if attempts++; attempts == 1 {
			s.Note(&db.Error{Class: db.Contended, Err: errors.New("made up")})
		}
		return nil, err
	}, api.Public)
	h, err := a.Handler()
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s, spans
}

// await waits until n spans have ended, and returns them.
func await(t *testing.T, spans *tracetest.SpanRecorder, n int) []sdk.ReadOnlySpan {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); len(spans.Ended()) < n; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("there are %d spans, want %d:\n%s", len(spans.Ended()), n, tree(spans.Ended()))
		}
	}
	return spans.Ended()
}

// tree writes spans down, each below its parent.
func tree(spans []sdk.ReadOnlySpan) string {
	slices.SortStableFunc(spans, func(a, b sdk.ReadOnlySpan) int { return a.StartTime().Compare(b.StartTime()) })
	known := map[string]bool{}
	for _, s := range spans {
		known[s.SpanContext().SpanID().String()] = true
	}
	var b strings.Builder
	var add func(parent, indent string)
	add = func(parent, indent string) {
		for _, s := range spans {
			p := s.Parent().SpanID().String()
			if p != parent && (parent != "" || known[p]) {
				continue
			}
			fmt.Fprintf(&b, "%s%s", indent, s.Name())
			for _, a := range s.Attributes() {
				if k := string(a.Key); k != "terem.waited" && k != "terem.job.id" {
					fmt.Fprintf(&b, " %s=%s", k, a.Value.String())
				}
			}
			if s.Status().Code == codes.Error {
				b.WriteString(" ERROR " + s.Status().Description)
			}
			b.WriteString("\n")
			add(s.SpanContext().SpanID().String(), indent+"  ")
		}
	}
	add("", "")
	return b.String()
}

func post(t *testing.T, s *httptest.Server, header ...string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "POST", s.URL+"/notes/mine", strings.NewReader(`{"text":"hidden"}`))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	if len(header) > 0 {
		r.Header.Set(header[0], header[1])
	}
	resp, err := s.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
}

const (
	traceID     = "0af7651916cd43dd8448eb211c80319c"
	traceparent = "00-" + traceID + "-b7ad6b7169203331-01"
)

func TestRequests(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, migrations, func(t *testing.T, d *db.DB) {
		s, spans := app(t, d)
		post(t, s, "traceparent", traceparent)
		system := map[db.Dialect]string{db.SQLite: "sqlite", db.Postgres: "postgresql"}[d.Dialect()]
		statement := func(name, sql string) string {
			return name + " db.system.name=" + system + " db.query.text=" + sql
		}
		want := `POST /notes/{book} http.request.method=POST url.path=/notes/mine http.route=/notes/{book} http.response.status_code=204
  session terem.attempt=1 terem.outcome=rolled_back terem.statements=1 error.type=db.contended ERROR 
    ` + statement("INSERT", insert) + `
    ` + statement("ROLLBACK", "ROLLBACK") + `
  session terem.attempt=2 terem.outcome=committed terem.statements=1
    ` + statement("INSERT", insert) + `
    ` + statement("COMMIT", "COMMIT") + "\n"
		ended := await(t, spans, 7)
		if diff := cmp.Diff(want, tree(ended)); diff != "" {
			t.Errorf("the spans (-want +got)\n%s", diff)
		}
		for _, span := range ended {
			if got := span.SpanContext().TraceID().String(); got != traceID {
				t.Errorf("%s is in the trace %s, want that of the proxy", span.Name(), got)
			}
		}

		// The same note again is refused by the database, whose text names it.
		post(t, s)
		text := tree(await(t, spans, 11)[7:])
		if want := "error.type=db.unique"; strings.Count(text, want) != 2 || strings.Contains(text, "ERROR") || strings.Contains(text, "hidden") {
			t.Errorf("the spans of a request that was refused:\n%s", text)
		}
	})
}

// A trace that a stranger names is linked, and not continued.
func TestStrangers(t *testing.T) {
	t.Parallel()
	spans := tracetest.NewSpanRecorder()
	tr := tracing.New(sdk.NewTracerProvider(sdk.WithSpanProcessor(spans)))
	h, err := api.New(api.Config{Logger: slog.New(slog.DiscardHandler), Observers: []api.Observer{tr.Requests()}}).Handler()
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(h)
	defer s.Close()
	post(t, s, "traceparent", traceparent)
	span := await(t, spans, 1)[0]
	if span.Name() != "POST" || span.Parent().IsValid() || span.SpanContext().TraceID().String() == traceID {
		t.Errorf("%s continues a trace: %v", span.Name(), span.Parent())
	}
	if l := span.Links(); len(l) != 1 || l[0].SpanContext.TraceID().String() != traceID {
		t.Errorf("the links are %v", l)
	}
}

// note is a job that fails the first time.
type note struct{}

func (note) Kind() string { return "notes.write" }

func TestJobs(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, jobs.Migrations().FS, func(t *testing.T, d *db.DB) {
		spans := tracetest.NewSpanRecorder()
		tr := tracing.New(sdk.NewTracerProvider(sdk.WithSpanProcessor(spans)))
		w := jobs.NewWorkers()
		jobs.Add(w, func(ctx context.Context, d *db.DB, _ *jobs.Job[note]) error {
			err := d.Read(ctx, func(ctx context.Context, r *db.Reader) error { return r.QueryRow(ctx, "SELECT 1").Scan(new(int)) })
			return errors.Join(err, errs.New(errs.Internal, "notes.broken", "It is broken."))
		}, jobs.Idempotent("it changes nothing"))
		client, err := jobs.New(d, w, jobs.Config{Observers: []jobs.Observer{tr.Jobs()}, Logger: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		request, err := http.NewRequestWithContext(t.Context(), "POST", "/notes", nil)
		if err != nil {
			t.Fatal(err)
		}
		seen := &api.Request{HTTP: request, Status: 204}
		from := tr.Requests().Begin(t.Context(), seen)
		err = d.Do(from, func(ctx context.Context, s *db.Session) error {
			return jobs.Enqueue(ctx, s, note{}, jobs.MaxAttempts(1))
		})
		tr.Requests().End(from, seen)
		if err != nil {
			t.Fatal(err)
		}
		d.Observe(tr.Units(d.Dialect()))
		if err := client.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		defer client.Stop(context.Background())
		ended := await(t, spans, 4)
		origin, run := ended[0], ended[3]
		if l := run.Links(); len(l) != 1 || !l[0].SpanContext.IsRemote() || l[0].SpanContext.SpanID() != origin.SpanContext().SpanID() || l[0].SpanContext.TraceID() == run.SpanContext().TraceID() {
			t.Errorf("the job is linked to %v, want %v", l, origin.SpanContext())
		}
		got := tree(ended[1:])
		if want := "job notes.write terem.job.kind=notes.write terem.job.queue=default terem.attempt=1 terem.outcome=given_up error.type=notes.broken ERROR \n" +
			"  reader terem.attempt=1 terem.outcome=committed terem.statements=1\n    SELECT db.system.name="; !strings.HasPrefix(got, want) {
			t.Errorf("the spans are\n%s", got)
		}
	})
}
