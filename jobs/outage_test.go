package jobs_test

import (
	"context"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/postgres"
	"github.com/terem-go/terem/internal/pgserver"
	"github.com/terem-go/terem/internal/processtest"
	"github.com/terem-go/terem/jobs"
	"github.com/terem-go/terem/migrate"
)

// A client that is started while the server is down works once it is up, and
// goes on after a crash of the server.
func TestServerDown(t *testing.T) {
	t.Parallel()
	server := processtest.Postgres(t, pgserver.Options{})
	d, err := db.Open(t.Context(), server.URL("postgres"), db.Config{}, postgres.Engine)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	m, err := migrate.New(d, schema, migrate.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.Up(t.Context()); err != nil {
		t.Fatal(err)
	}
	kill := func() {
		t.Helper()
		if err := server.Kill(); err != nil {
			t.Fatal(err)
		}
	}
	restart := func() {
		t.Helper()
		if err := server.Restart(t.Context()); err != nil {
			t.Fatal(err)
		}
	}

	kill()
	w := jobs.NewWorkers()
	jobs.Add(w, writeNote)
	l := newLogs(t)
	c := start(t, d, w, jobs.Config{Logger: slog.New(l)})
	time.Sleep(500 * time.Millisecond)
	restart()
	enqueue(t, d, Note{"a"})
	eventually(t, "a job has run", func() bool { return slices.Equal(texts(t, d), []string{"a"}) })
	if logged := l.all(slog.LevelInfo); len(logged) == 0 || len(logged) > 3 {
		t.Errorf("%d lines were logged about a server that is down", len(logged))
	}

	before := len(l.all(slog.LevelInfo))
	kill()
	time.Sleep(2 * time.Second)
	restart()
	enqueue(t, d, Note{"b"})
	eventually(t, "another job has run", func() bool { return slices.Equal(texts(t, d), []string{"a", "b"}) })
	said := map[string]int{}
	for _, r := range l.all(slog.LevelInfo)[before:] {
		if said[r.Message]++; said[r.Message] > 1 {
			t.Errorf("logged again: %s", everything(r))
		}
	}
	if len(said) == 0 {
		t.Error("nothing was logged about a server that was down")
	}

	kill()
	if took, _ := stop(t, c, time.Second); took > 10*time.Second { // whether it succeeds depends on what was yet to be recorded
		t.Errorf("stopped after %v", took)
	}
	restart()
}
