package jobs_test

import (
	"context"
	crand "crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/postgres"
	"github.com/terem-go/terem/internal/faultproxy"
	"github.com/terem-go/terem/internal/pgserver"
	"github.com/terem-go/terem/internal/processtest"
	"github.com/terem-go/terem/jobs"
	"github.com/terem-go/terem/migrate"
)

// counting returns workers that write a row for each time that a job happens:
// jobs of the kind Note in a session, and jobs of the kind Step in two units of
// work, of which the first happens once by Once and the other does not.
func counting() *jobs.Workers {
	w := jobs.NewWorkers()
	happened := func(ctx context.Context, s *db.Session, what string, id int64) error {
		err := note(ctx, s, fmt.Sprintf("%s %d %s", what, id, crand.Text()))
		pause()
		return err
	}
	jobs.Add(w, func(ctx context.Context, s *db.Session, job *jobs.Job[Note]) error {
		return happened(ctx, s, "session", job.ID)
	})
	jobs.Add(w, func(ctx context.Context, d *db.DB, job *jobs.Job[Step]) error {
		err := d.Do(ctx, func(ctx context.Context, s *db.Session) error {
			todo, err := jobs.Once(ctx, s, job, "step")
			if err != nil || !todo {
				return err
			}
			return happened(ctx, s, "once", job.ID)
		})
		if err != nil {
			return err
		}
		err = d.Do(ctx, func(ctx context.Context, s *db.Session) error { return happened(ctx, s, "plain", job.ID) })
		pause()
		return err
	}, harmless)
	return w
}

// pause makes jobs take so long that there is something to interrupt.
func pause() { time.Sleep(rand.N(4 * time.Millisecond)) }

// Step is a job that is done in steps.
type Step struct{}

func (Step) Kind() string { return "test.step" }

// enqueueBoth enqueues n jobs of each kind, in turns.
func enqueueBoth(t *testing.T, d *db.DB, n int) {
	t.Helper()
	must(t, in(t, d, func(ctx context.Context, s *db.Session) error {
		const some = 10
		for range n / some {
			if err := errors.Join(jobs.EnqueueMany(ctx, s, make([]Note, some)), jobs.EnqueueMany(ctx, s, make([]Step, some))); err != nil {
				return err
			}
		}
		return nil
	}))
}

// rescue puts the jobs back that nobody runs any more, and makes those due that
// have failed. River does the same later.
func rescue(t *testing.T, d *db.DB) {
	t.Helper()
	now := map[db.Dialect]string{db.Postgres: "now()", db.SQLite: "datetime('now', 'subsec')"}[d.Dialect()]
	must(t, in(t, d, func(ctx context.Context, s *db.Session) error {
		_, err := s.Exec(ctx, "UPDATE river_job SET state = 'available', scheduled_at = "+now+" WHERE state IN ('running', 'retryable')")
		if err == nil {
			_, err = s.Exec(ctx, "DELETE FROM river_leader")
		}
		return err
	}))
}

// finish runs the jobs that are left. PostgreSQL may find out later that a client
// is dead.
func finish(t *testing.T, d *db.DB) {
	t.Helper()
	eventually(t, "all jobs are done", func() bool {
		rescue(t, d)
		must(t, counting().RunDue(t.Context(), d))
		return open(t, d) == 0
	})
}

// happenedOnce checks that each of n jobs of each kind happened once where that is
// promised, and at least once elsewhere.
func happenedOnce(t *testing.T, d *db.DB, n int) {
	t.Helper()
	times := map[string]map[string]int{"session": {}, "once": {}, "plain": {}}
	for _, line := range texts(t, d) {
		f := strings.Fields(line)
		times[f[0]][f[1]]++
	}
	for what, jobs := range times {
		again := 0
		for id, n := range jobs {
			again += n - 1
			if n != 1 && what != "plain" {
				t.Errorf("%s: job %s happened %d times", what, id, n)
			}
		}
		if len(jobs) != n {
			t.Errorf("%s: %d of %d jobs happened", what, len(jobs), n)
		}
		t.Logf("%s: %d jobs, %d of them again", what, len(jobs), again)
	}
	runs := 0
	for _, n := range column[int](t, d, "SELECT attempt FROM river_job") {
		runs += n
	}
	t.Logf("%d jobs took %d runs", 2*n, runs)
	if runs == 2*n {
		t.Error("no job was run again: nothing is proven")
	}
}

// count works until the end.
func count(ctx context.Context, d *db.DB) error { return run(ctx, d, counting()) }

// A worker that is killed again and again, in the middle of its jobs.
func TestKilledOften(t *testing.T) {
	t.Parallel()
	n, kills := 300, 5
	if os.Getenv("TEREM_TEST") == "all" {
		n, kills = 1500, 20
	}
	processes(t, func(t *testing.T, url string, d *db.DB) {
		enqueueBoth(t, d, n)
		for range kills {
			p := startProcess(t, url, "count")
			p.await(t, "working")
			before := len(texts(t, d))
			eventually(t, "some jobs have run", func() bool { return len(texts(t, d)) > before+rand.N(3*n/kills) })
			p.kill(t)
			rescue(t, d)
		}
		finish(t, d)
		happenedOnce(t, d, n)
	})
}

// open returns how many jobs are not done.
func open(t *testing.T, d *db.DB) int {
	t.Helper()
	return column[int](t, d, "SELECT count(*) FROM river_job WHERE state <> 'completed'")[0]
}

// A worker whose connections to PostgreSQL are cut at every point, COMMIT above
// all.
func TestConnectionsCut(t *testing.T) {
	t.Parallel()
	n := 300
	if os.Getenv("TEREM_TEST") == "all" {
		n = 1000
	}
	direct, d, p := behindProxy(t, schema)
	enqueueBoth(t, direct, n)
	c, err := jobs.New(d, counting(), jobs.Config{Logger: slog.New(slog.DiscardHandler), Timeout: 3 * time.Second})
	must(t, err)
	must(t, c.Start(t.Context()))
	faults := new(faultproxy.Chance)
	p.Pick(faults.Pick)
	eventually(t, "some jobs have run", func() bool { return len(texts(t, direct)) > 0 })
	faults.Active.Store(true)
	eventually(t, "every fault has happened, and many jobs have run", func() bool {
		return faults.Missing("commit: cut before", "commit: cut when sent", "commit: cut after") == "" && open(t, direct) < n*3/2
	})
	faults.Active.Store(false)
	if _, err := stop(t, c, 10*time.Second); err != nil {
		t.Log(err) // what was cut may be recorded by nobody
	}
	t.Log(faults)
	finish(t, direct)
	happenedOnce(t, direct, n)
}

// behindProxy returns a database on a server of its own, directly and by way of a
// proxy.
func behindProxy(t *testing.T, migrations fs.FS) (direct, d *db.DB, p *faultproxy.Proxy) {
	t.Helper()
	s := processtest.Postgres(t, pgserver.Options{TCP: true})
	p, err := faultproxy.Start("tcp", s.Addr())
	must(t, err)
	t.Cleanup(p.Close)
	connect := func(url string) *db.DB {
		d, err := db.Open(t.Context(), url, db.Config{CommitTimeout: time.Second}, postgres.Engine)
		must(t, err)
		t.Cleanup(func() { _ = d.Close(context.Background()) })
		return d
	}
	direct, d = connect(s.URL("postgres")), connect(s.URLAt(p.Addr(), "postgres"))
	m, err := migrate.New(direct, migrations, migrate.Config{Logger: slog.New(slog.DiscardHandler)})
	must(t, err)
	_, err = m.Up(t.Context())
	must(t, err)
	return direct, d, p
}
