package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"testing"
	"time"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/errs"
	"github.com/terem-go/terem/internal/faultproxy"
	"github.com/terem-go/terem/internal/pgserver"
)

// TestLostDuringCommit is row 13: a unit is tried again only if the server says
// that it was rolled back. Of those that were committed, pgconn.SafeToRetry says
// that it is safe to send them again.
func TestLostDuringCommit(t *testing.T) {
	t.Parallel()
	p, direct, url := newProxy(t, pgserver.Options{})
	straight := open(t, direct)
	do(t, straight, "CREATE TABLE lines (id int)")
	for id, c := range []struct {
		name     string
		fault    faultproxy.Fault
		once     bool     // not at the second attempt
		class    db.Class // of the unit's error, Other for none
		attempts int
		rows     int
	}{
		{name: "before the server has it", fault: faultproxy.CutBefore, class: db.Unreachable, attempts: 2},
		{name: "before the server has it, once", fault: faultproxy.CutBefore, once: true, attempts: 2, rows: 1},
		{name: "before the client has the answer", fault: faultproxy.CutAfter, attempts: 1, rows: 1},
		{name: "because the limit is over", fault: faultproxy.SilentAfter, attempts: 1, rows: 1},
		{name: "because the limit is over, before the server has it", fault: faultproxy.SilentBefore, class: db.Unreachable, attempts: 2},
		{name: "with all others, before the server has it", fault: faultproxy.AllBefore, class: db.Unreachable, attempts: 2},
		{name: "with all others, before the client has the answer", fault: faultproxy.AllAfter, attempts: 1, rows: 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := p.Accepted.Load()
			d := openWith(t, one(url), db.Config{CommitTimeout: 300 * time.Millisecond})
			do(t, d, "INSERT INTO lines VALUES (-1)")
			eventually(t, "all connections are there", func() bool { return p.Accepted.Load()-before == 3 })
			if err := d.Ping(limited(t)); err != nil {
				t.Fatal(err)
			}
			p.AtCommit(c.fault)
			defer p.AtCommit(faultproxy.None)
			connections, attempts, hooks := p.Accepted.Load(), 0, 0

			err := d.Do(limited(t), func(ctx context.Context, s *db.Session) error {
				if attempts++; attempts > 1 && c.once {
					p.AtCommit(faultproxy.None)
				}
				s.AfterCommit(func(context.Context) { hooks++ })
				_, err := s.Exec(ctx, "INSERT INTO lines VALUES ($1)", id)
				return err
			})

			if db.ClassOf(err) != c.class || (err == nil) != (c.class == db.Other) {
				t.Errorf("Do returned %v (class %d)", err, db.ClassOf(err))
			}
			if e := errs.From(err); c.class == db.Lost && (!errors.Is(e, db.ErrOutcomeUnknown) || e.RetryAfter != 0) {
				t.Errorf("the caller is told %v", e)
			}
			if attempts != c.attempts || (hooks == 1) != (err == nil) {
				t.Errorf("%d attempts, %d hooks; want %d attempts", attempts, hooks, c.attempts)
			}
			if n := value[int](t, straight, "SELECT count(*) FROM lines WHERE id = $1", id); n != c.rows {
				t.Errorf("%d rows are there, want %d", n, c.rows)
			}
			if asked := p.Accepted.Load() - connections; c.class == db.Other && c.fault != faultproxy.AllAfter && asked != int32(c.attempts)-1 {
				t.Errorf("%d connections were made after COMMIT, as a request to cancel it would be", asked)
			}
			p.AtCommit(faultproxy.None)
			do(t, d, "SELECT 1")
		})
	}
}

// A COMMIT that waits for a standby must not be cancelled: it would return as
// if the standby had it.
func TestCommitThatWaitsForAStandby(t *testing.T) {
	t.Parallel()
	s := own(t, pgserver.Options{Settings: map[string]string{"synchronous_standby_names": "ghost"}})
	d := openWith(t, with(one(s.URL("postgres")), "synchronous_commit=on"), db.Config{CommitTimeout: 300 * time.Millisecond})
	other := open(t, with(s.URL("postgres"), "synchronous_commit=local"))
	do(t, other, "CREATE TABLE lines (id int)")
	write := func(id int) error {
		return d.Do(limited(t), func(ctx context.Context, s *db.Session) error {
			_, err := s.Exec(ctx, "INSERT INTO lines VALUES ($1)", id)
			return err
		})
	}
	waiting := func() int {
		return value[int](t, other, "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'")
	}

	if err := write(1); db.ClassOf(err) != db.Lost || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("at the limit: %v (class %d)", err, db.ClassOf(err))
	}
	time.Sleep(200 * time.Millisecond) // in which a cancel would have had its effect
	if n := waiting(); n != 1 {
		t.Errorf("%d COMMITs wait, want 1: it was cancelled", n)
	}

	d = open(t, with(one(s.URL("postgres")), "synchronous_commit=on"))
	result := make(chan error, 1)
	go func() { result <- write(2) }()
	eventually(t, "both COMMITs wait", func() bool { return waiting() == 2 })
	do(t, other, "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'")
	if err := <-result; db.ClassOf(err) != db.Lost {
		t.Errorf("after an operator's cancel: %v (class %d)", err, db.ClassOf(err))
	}
	if n := value[int](t, other, "SELECT count(*) FROM lines WHERE id = 2"); n != 1 {
		t.Errorf("%d rows are there, want 1", n)
	}
	if pid := backend(t, d); pid == 0 {
		t.Error("the connection cannot be used")
	}
}

// TestLostBeforeCommit is row 12: one new attempt.
func TestLostBeforeCommit(t *testing.T) {
	t.Parallel()
	for name, kill := range map[string]string{
		"between statements": "SELECT pg_terminate_backend(%d, 5000)",
		"in a statement":     "",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := fresh(t)
			d := open(t, one(url))
			do(t, d, notes)
			attempts := 0
			err := d.Do(limited(t), func(ctx context.Context, s *db.Session) error {
				attempts++
				if err := insert(ctx, s, attempts); err != nil || attempts > 1 {
					return err
				}
				var pid int
				if err := s.QueryRow(ctx, "SELECT pg_backend_pid()").Scan(&pid); err != nil {
					return err
				}
				if kill != "" {
					direct(t, url, fmt.Sprintf(kill, pid))
				} else {
					_, _ = s.Exec(ctx, "SELECT pg_terminate_backend(pg_backend_pid())")
				}
				_, err := s.Exec(ctx, "SELECT 1")
				return err
			})
			if err != nil || attempts != 2 {
				t.Errorf("after %d attempts: %v", attempts, err)
			}
			if got := value[[]int64](t, d, "SELECT array_agg(id)::bigint[] FROM notes"); len(got) != 1 || got[0] != 2 {
				t.Errorf("the table holds %v", got)
			}
		})
	}
}

// A lost connection is not mended by a statement that happens to come next:
// what was written before it is gone.
func TestLostInNestedEndsTheSession(t *testing.T) {
	t.Parallel()
	d := open(t, one(fresh(t)))
	do(t, d, notes)
	attempts := 0
	err := d.Do(limited(t), func(ctx context.Context, s *db.Session) error {
		attempts++
		_ = insert(ctx, s, 1)
		_ = s.Nested(ctx, func(ctx context.Context, s *db.Session) error {
			_, err := s.Exec(ctx, "SELECT pg_terminate_backend(pg_backend_pid())")
			return err
		})
		_ = insert(ctx, s, 2)
		return nil
	})
	if db.ClassOf(err) != db.Unreachable || attempts != 2 {
		t.Errorf("after %d attempts: %v", attempts, err)
	}
	if n := value[int](t, d, "SELECT count(*) FROM notes"); n != 0 {
		t.Errorf("%d rows of a lost session are there", n)
	}
}

// When one connection is lost, the others may be. An attempt that follows does
// not take another dead one.
func TestAllConnectionsLost(t *testing.T) {
	t.Parallel()
	url := fresh(t)
	d := open(t, with(url, "pool_max_conns=4"))
	var all func(n int) error
	all = func(n int) error { // makes n connections
		return d.Do(limited(t), func(ctx context.Context, s *db.Session) error {
			if _, err := s.Exec(ctx, "SELECT 1"); err != nil || n == 1 {
				return err
			}
			return all(n - 1)
		})
	}
	if err := all(4); err != nil {
		t.Fatal(err)
	}
	direct(t, url, "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
	if err := all(1); err != nil {
		t.Error(err)
	}
}

func TestServerRestarts(t *testing.T) {
	t.Parallel()
	s := own(t, pgserver.Options{})
	d := open(t, with(s.URL("postgres"), "pool_max_conns=3"))
	do(t, d, notes)
	use := func() (write, read error) {
		write = d.Do(limited(t), func(ctx context.Context, s *db.Session) error {
			_, err := s.Exec(ctx, "INSERT INTO notes VALUES (floor(random() * 1e9))")
			return err
		})
		read = d.Read(limited(t), func(ctx context.Context, r *db.Reader) error {
			var n int
			return r.QueryRow(ctx, "SELECT count(*) FROM notes").Scan(&n)
		})
		return write, read
	}
	if err := errors.Join(use()); err != nil {
		t.Fatal(err)
	}
	if err := s.Kill(); err != nil {
		t.Fatal(err)
	}
	write, read := use()
	if db.ClassOf(write) != db.Unreachable || db.ClassOf(read) != db.Unreachable {
		t.Errorf("without a server: %v; %v", write, read)
	}
	if e := errs.From(write); e.Kind != errs.Unavailable || e.RetryAfter == 0 {
		t.Errorf("the caller is told %v", e)
	}
	if err := d.Ping(limited(t)); db.ClassOf(err) != db.Unreachable {
		t.Errorf("Ping: %v", err)
	}
	if err := s.Restart(limited(t)); err != nil {
		t.Fatal(err)
	}
	if err := d.Ping(limited(t)); err != nil {
		t.Errorf("Ping after the restart: %v", err)
	}
	if err := errors.Join(use()); err != nil {
		t.Errorf("after the restart: %v", err)
	}
}

// Where several servers are named, a connection to one of them is not disturbed by
// the farewell to another one that did not answer.
func TestTheFirstOfTwoServersIsLost(t *testing.T) {
	t.Parallel()
	p, _, at := newProxy(t, pgserver.Options{})
	next := own(t, pgserver.Options{TCP: true})
	if err := p.server.Kill(); err != nil {
		t.Fatal(err)
	}
	for range 30 {
		if err := open(t, with(both(t, at, next), "target_session_attrs=read-write")).Ping(limited(t)); err != nil {
			t.Error(err)
		}
	}
}

// both adds a server to a URL.
func both(t *testing.T, at string, s *pgserver.Server) string {
	t.Helper()
	u, err := url.Parse(at)
	if err != nil {
		t.Fatal(err)
	}
	u.Host += "," + s.Addr()
	return u.String()
}
