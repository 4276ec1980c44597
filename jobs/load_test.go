package jobs_test

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/db/sqlite"
	"github.com/terem-go/terem/jobs"
)

// Sessions and River write to one SQLite file at the same time, and nobody hears
// that it is locked. What was committed is done, and nothing else is.
func TestManyWriters(t *testing.T) {
	t.Parallel()
	const writers, each = 32, 10
	url := strings.Replace(dbtest.SQLiteURL(t, schema), "synchronous=off", "max_wait=30s", 1)
	d, err := db.Open(t.Context(), url, db.Config{}, sqlite.Engine)
	if err != nil {
		t.Fatal(err)
	}
	l := newLogs(t)
	w := jobs.NewWorkers()
	jobs.Add(w, func(ctx context.Context, s *db.Session, job *jobs.Job[Note]) error {
		return note(ctx, s, "ran "+job.Args.Text)
	})
	c, err := jobs.New(d, w, jobs.Config{Logger: slog.New(l)})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	begin := time.Now()
	for i := range writers {
		wg.Go(func() {
			for n := range each {
				text := fmt.Sprintf("%d of %d", n, i)
				err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
					if err := both(ctx, s, text); err != nil || n%5 > 0 {
						return err
					}
					return errHandler // of five, one does not happen
				})
				if (err != nil) != (n%5 == 0) || db.ClassOf(err) != db.Other {
					t.Errorf("%s: %v", text, err)
				}
			}
		})
	}
	wg.Wait()
	t.Logf("%d sessions took %v", writers*each, time.Since(begin))
	const want = writers * each * 4 / 5
	eventually(t, "all jobs have run", func() bool {
		return len(column[string](t, d, "SELECT body FROM notes WHERE body LIKE 'ran %'")) == want
	})
	t.Logf("their jobs took %v", time.Since(begin))
	if _, err := stop(t, c, 20*time.Second); err != nil {
		t.Error(err)
	}
	if got := states(t, d); len(got) != want || slices.ContainsFunc(got, func(s string) bool { return s != "completed" }) {
		t.Errorf("the jobs are %v", got)
	}
	if logged := l.all(slog.LevelInfo); len(logged) > 0 {
		t.Errorf("%d lines were logged, such as: %s", len(logged), everything(logged[0]))
	}
	if err := d.Close(context.WithoutCancel(t.Context())); err != nil {
		t.Error(err)
	}
}
