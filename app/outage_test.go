package app_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/terem-go/terem/app"
	"github.com/terem-go/terem/internal/pgserver"
	"github.com/terem-go/terem/internal/processtest"
)

// outage returns an application on a PostgreSQL server of its own, with the
// migrations applied, and what it logs.
func outage(t *testing.T) (*app.App, *processtest.Log, *pgserver.Server) {
	t.Helper()
	server := processtest.Postgres(t, pgserver.Options{})
	log, text := jsonLog()
	url := strings.Replace(server.URL("postgres"), "postgres@", "postgres:hunter2@", 1)
	d, err := openDB(t.Context(), url, log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close(context.Background()) })
	a := newApp(app.Config{DB: d, Logger: log})
	if err := a.Run(t.Context(), []string{"migrate", "up"}, t.Output()); err != nil {
		t.Fatal(err)
	}
	return a, text, server
}

// unavailable checks that a response says, in the form of all errors, that the
// database is not there.
func unavailable(t *testing.T, r processtest.Response) {
	t.Helper()
	var problem struct {
		Status    int
		Code      string
		RequestID string `json:"request_id"`
	}
	if err := json.Unmarshal(r.Body, &problem); err != nil {
		t.Errorf("not a problem: %v\n%s", err, r.Body)
	}
	if r.Status != 503 || problem.Status != 503 || problem.Code != "db.unavailable" || problem.RequestID != r.Header.Get("X-Request-Id") ||
		r.Header.Get("Content-Type") != "application/problem+json" || r.Header.Get("Retry-After") != "2" {
		t.Errorf("status %d, header %v\n%s", r.Status, r.Header, r.Body)
	}
}

// plain checks that a log has neither stack traces nor the password.
func plain(t *testing.T, log *processtest.Log) {
	t.Helper()
	for _, bad := range []string{"goroutine ", "stack", "panic", "hunter2"} {
		if lines := log.Lines(bad); len(lines) > 0 {
			t.Errorf("the log has %q:\n%s", bad, lines[0])
		}
	}
}

func TestServeWhilePostgresIsDown(t *testing.T) {
	t.Parallel()
	a, log, server := outage(t)
	if err := server.Kill(); err != nil {
		t.Fatal(err)
	}
	c := serve(t, a, log)
	if got := do(t, c, "GET", "/healthz", nil); got.Status != 200 {
		t.Errorf("/healthz: status %d", got.Status)
	}
	warnings := log.Lines(`"level":"WARN"`)
	if len(warnings) != 1 || !strings.Contains(warnings[0], "the database does not answer; serving 503 until it does") ||
		!strings.Contains(warnings[0], "failed to connect") {
		t.Errorf("the start warns of %q", warnings)
	}
	unavailable(t, do(t, c, "GET", "/readyz", nil))
	unavailable(t, do(t, c, "GET", "/api/notes", nil))
	unavailable(t, do(t, c, "POST", "/api/notes", map[string]any{"text": "one"}))
	if lines := log.Lines(`"level":"ERROR"`); len(lines) > 0 {
		t.Errorf("an outage is logged as our own fault: %s", lines[0])
	}
	plain(t, log)
	err := a.Run(t.Context(), []string{"migrate", "status"}, t.Output())
	if err == nil || !strings.HasPrefix(err.Error(), "the database does not answer: check DATABASE_URL, and that its server runs: failed to connect") {
		t.Errorf("a command says %v", err)
	}

	if err := server.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	await(t, c, "GET", "/readyz", nil, 200)
	await(t, c, "POST", "/api/notes", map[string]any{"text": "two"}, 200)
	if got := do(t, c, "GET", "/api/notes", nil); string(got.Body) != `{"texts":["two"]}`+"\n" {
		t.Errorf("status %d, the notes are %s", got.Status, got.Body)
	}
}

func TestServeWhenPostgresGoesAway(t *testing.T) {
	t.Parallel()
	a, log, server := outage(t)
	c := serve(t, a, log)
	await(t, c, "POST", "/api/notes", map[string]any{"text": "before"}, 200)
	await(t, c, "GET", "/api/notes", nil, 200)

	// A request that is under way when the server dies.
	busy := make(chan processtest.Response, 1)
	go func() {
		other := &processtest.Client{Addr: c.Addr}
		defer other.Close()
		r, err := other.Do("POST", "/api/notes", map[string]any{"text": "under way", "wait": 300})
		if err != nil {
			t.Error(err)
		}
		busy <- r
	}()
	log.Await(t, 10*time.Second, `"text":"under way"`)
	if err := server.Kill(); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		unavailable(t, do(t, c, "GET", "/readyz", nil))
		unavailable(t, do(t, c, "GET", "/api/notes", nil))
		unavailable(t, do(t, c, "POST", "/api/notes", map[string]any{"text": "lost"}))
	}
	// Its connection broke before or while it was to be committed.
	if r := <-busy; r.Status != 503 && !(r.Status == 500 && strings.Contains(string(r.Body), "outcome_unknown")) {
		t.Errorf("the request under way: status %d\n%s", r.Status, r.Body)
	}
	plain(t, log)

	if err := server.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	await(t, c, "POST", "/api/notes", map[string]any{"text": "after"}, 200)
	await(t, c, "GET", "/readyz", nil, 200)
	if got := do(t, c, "GET", "/api/notes", nil); string(got.Body) != `{"texts":["before","after"]}`+"\n" {
		t.Errorf("status %d, the notes are %s", got.Status, got.Body)
	}
}

// What only a change of the settings can mend is said at the start.
func TestServeRefusesAMissingDatabase(t *testing.T) {
	t.Parallel()
	_, text, server := outage(t)
	d, err := openDB(t.Context(), server.URL("nowhere"), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close(context.Background()) })
	err = newApp(app.Config{DB: d}).Serve(t.Context())
	if err == nil || !strings.Contains(err.Error(), `database "nowhere" does not exist`) || !strings.Contains(err.Error(), "DATABASE_URL") {
		t.Errorf("served: %v\n%s", err, text)
	}
}
