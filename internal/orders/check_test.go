//go:build unix

package orders

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/postgres"
	"github.com/terem-go/terem/db/sqlite"
	"github.com/terem-go/terem/internal/processtest"
)

func (s *shop) open(t *testing.T) *db.DB {
	t.Helper()
	d, err := db.Open(t.Context(), s.direct, db.Config{Logger: slog.New(slog.NewTextHandler(t.Output(), nil))}, sqlite.Engine, postgres.Engine)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close(context.Background()) })
	return d
}

// finish has a worker run what is left. It spares the test the time after which a
// job is taken for lost with its process, and those between attempts.
func (s *shop) finish(t *testing.T) {
	t.Helper()
	d := s.open(t)
	if d.Dialect() == db.Postgres { // which may not have noticed yet that a process is dead
		s.until(t, d, "SELECT count(*) FROM pg_stat_activity WHERE backend_xid IS NOT NULL")
	}
	now := map[db.Dialect]string{db.Postgres: "now()", db.SQLite: "datetime('now', 'subsec')"}[d.Dialect()]
	due := func(states string) {
		t.Helper()
		s.exec(t, d, "UPDATE river_job SET state = 'available', scheduled_at = "+now+" WHERE state IN ("+states+")")
	}
	due("'running', 'retryable'")
	s.exec(t, d, "DELETE FROM river_leader")
	p := processtest.Start(t, s.program(t, s.direct, "worker"))
	defer func() {
		p.Signal(t, syscall.SIGTERM)
		if err := p.Wait(t, limit); err != nil {
			t.Errorf("%v\n%s", err, p.Log)
		}
	}()
	s.until(t, d, "SELECT count(*) FROM river_job WHERE state <> 'completed'", func() { due("'retryable'") })
}

// exec runs a statement. A worker that has much to do may keep SQLite's file locked
// for long: there is no queue between processes.
func (s *shop) exec(t *testing.T, d *db.DB, sql string) {
	t.Helper()
	for start := time.Now(); ; {
		err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
			_, err := s.Exec(ctx, sql)
			return err
		})
		switch {
		case err == nil:
			return
		case db.ClassOf(err) != db.TimedOut || time.Since(start) > limit:
			t.Fatal(err)
		}
	}
}

// until waits until a query returns 0, and calls the functions meanwhile.
func (s *shop) until(t *testing.T, d *db.DB, sql string, meanwhile ...func()) {
	t.Helper()
	for start, n := time.Now(), 1; n > 0; time.Sleep(50 * time.Millisecond) {
		err := d.Read(t.Context(), func(ctx context.Context, r *db.Reader) error { return r.QueryRow(ctx, sql).Scan(&n) })
		if err != nil || time.Since(start) > limit {
			t.Fatalf("%s is %d, and does not become 0: %v", sql, n, err)
		}
		for _, f := range meanwhile {
			f()
		}
	}
}

// mailed is what happens to an order elsewhere; like called, at least once.
const mailed = "mailed"

// check compares what has happened with what clients were told.
func (s *shop) check(t *testing.T) {
	t.Helper()
	d := s.open(t)
	times := map[string]map[string]int{} // of what, by the order's ID
	note := func(what, order string) {
		if times[what] == nil {
			times[what] = map[string]int{}
		}
		times[what][order]++
	}
	err := d.Read(t.Context(), func(ctx context.Context, r *db.Reader) error {
		rows, err := r.Query(ctx, "SELECT what, order_id FROM happened UNION ALL SELECT 'placed', id FROM orders")
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var what, order string
			if err := rows.Scan(&what, &order); err != nil {
				return err
			}
			note(what, order)
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]string{} // of the mails, by the order's ID
	for _, m := range s.mail.Messages() {
		note(mailed, m.Subject)
		id := m.Header.Get("Message-Id")
		if other, ok := ids[m.Subject]; ok && other != id {
			t.Errorf("%s was confirmed by two mails, %s and %s", m.Subject, other, id)
		}
		ids[m.Subject] = id
	}
	s.compare(t, times)
}

// compare looks for each order which of what belongs to it has happened, and how
// often.
func (s *shop) compare(t *testing.T, times map[string]map[string]int) {
	t.Helper()
	told := map[end]int{}
	lost, ghosts, placed := 0, 0, 0
	for id, end := range s.ends {
		told[end]++
		there := times["placed"][id] > 0
		if end == unknown && there {
			placed++
		}
		if there != (end == acknowledged) && end != unknown {
			t.Errorf("%s is %s, and in the database: %v", id, end, there)
		}
		for _, what := range []string{packed, charged, called, stocked, counted, mailed} {
			switch n := times[what][id]; {
			case there && n == 0:
				lost++
				t.Errorf("%s (%s) was not %s", id, end, what)
			case !there && n > 0:
				ghosts++
				t.Errorf("%s (%s) does not exist and was %s", id, end, what)
			}
		}
	}
	t.Logf("%d orders: %d acknowledged, %d rolled back on purpose, %d refused, %d unknown (%d of them placed); %s",
		len(s.ends), told[acknowledged], told[rolledBack], told[refused], told[unknown], placed, &s.faults)
	t.Logf("of what belongs to an order that exists %d lost, of what belongs to one that does not %d done", lost, ghosts)
	for _, what := range slices.Sorted(maps.Keys(times)) {
		orders, again := times[what], 0
		for id, n := range orders {
			again += n - 1
			if n > 1 && what != called && what != mailed {
				t.Errorf("%s was %s %d times", id, what, n)
			}
			if s.ends[id] == "" {
				t.Errorf("nobody has sent %s", id)
			}
		}
		t.Logf("%-8s %6d times for %6d orders, %d times again", what+":", len(orders)+again, len(orders), again)
	}
	if told[acknowledged] < s.requests/4 || strings.Count(s.faults.String(), "killed") == 0 {
		t.Error("too little was done to show anything: see above")
	}
}
