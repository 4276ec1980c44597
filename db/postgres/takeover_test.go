package postgres_test

import (
	"context"
	"errors"
	"os"
	"testing"
	"time"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/internal/faultproxy"
	"github.com/terem-go/terem/internal/pgserver"
)

// unwritten keeps a server from writing what nobody has committed, so that a crash
// loses it; and a standby from waiting for a primary that is lost.
var unwritten = map[string]string{"wal_writer_delay": "10s", "autovacuum": "off", "wal_retrieve_retry_interval": "100ms"}

// told lets sessions find out whether a server knows their transactions. It skips
// the test where PostgreSQL is too old.
func told(t *testing.T, d *db.DB) {
	t.Helper()
	if value[int](t, d, "SELECT count(*) FROM pg_available_extensions WHERE name = 'pg_walinspect'") == 0 {
		t.Skip("this PostgreSQL has no pg_walinspect")
	}
	do(t, d, "CREATE EXTENSION pg_walinspect")
}

// others has other sessions take the numbers that a crash has made free again.
func others(t *testing.T, d *db.DB) {
	n := 0
	eventually(t, "the server can be written to", func() bool {
		if once(limited(t), d, "INSERT INTO notes VALUES (floor(random() * 1e9) + 100)") == nil {
			n++
		}
		return n == 5
	})
}

// TestServerCrashesBeforeCommit loses the transaction before COMMIT arrives, and
// gives its number to another one that is committed.
func TestServerCrashesBeforeCommit(t *testing.T) {
	t.Parallel()
	whole := func(t *testing.T, s *pgserver.Server, _ *db.DB, _ int) error {
		return errors.Join(s.Kill(), s.Restart(limited(t)))
	}
	// It starts all others anew then, and is the same server afterwards.
	part := func(t *testing.T, _ *pgserver.Server, straight *db.DB, pid int) error {
		replayed := func() (lsn string) {
			_ = straight.Read(limited(t), func(ctx context.Context, r *db.Reader) error {
				return r.QueryRow(ctx, "SELECT coalesce(pg_last_wal_replay_lsn()::text, 'nothing')").Scan(&lsn)
			})
			return lsn
		}
		before := replayed()
		p, err := os.FindProcess(pid)
		if err := errors.Join(err, p.Kill()); err != nil {
			return err
		}
		eventually(t, "the server has noticed", func() bool { now := replayed(); return now != "" && now != before })
		return nil
	}
	for name, c := range map[string]struct {
		crash    func(t *testing.T, s *pgserver.Server, straight *db.DB, pid int) error
		times    int
		told     bool
		class    db.Class
		attempts int
	}{
		"the server":                          {crash: whole, times: 1, attempts: 2},
		"one of its processes":                {crash: part, times: 1, attempts: 2},
		"the server, twice":                   {crash: whole, times: 2, class: db.Lost, attempts: 1},
		"one of its processes, twice":         {crash: part, times: 2, class: db.Lost, attempts: 1},
		"the server, twice, marked":           {crash: whole, times: 2, told: true, class: db.Lost, attempts: 1},
		"one of its processes, twice, marked": {crash: part, times: 2, told: true, class: db.Lost, attempts: 1},
		"the server, marked":                  {crash: whole, times: 1, told: true, attempts: 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, straight, url := losable(t, c.told)
			d := openWith(t, one(url), db.Config{CommitTimeout: limit})
			ready(t, d)
			pid := 0
			var failed error
			p.Crash = func() {
				p.AtCommit(faultproxy.None)
				for range c.times {
					failed = errors.Join(failed, c.crash(t, p.server, straight, pid))
					others(t, straight)
					pid = backend(t, straight)
				}
			}
			p.AtCommit(faultproxy.Crash)
			attempts := 0
			err := d.Do(limited(t), func(ctx context.Context, s *db.Session) error {
				if attempts++; attempts > 1 {
					return insert(ctx, s, 1)
				}
				return errors.Join(insert(ctx, s, 1), s.QueryRow(ctx, "SELECT pg_backend_pid()").Scan(&pid))
			})
			if failed != nil {
				t.Fatal(failed)
			}
			n := value[int](t, straight, "SELECT count(*) FROM notes WHERE id = 1")
			if db.ClassOf(err) != c.class || attempts != c.attempts || n != attempts-1 {
				t.Errorf("%d rows after %d attempts, %v", n, attempts, err)
			}
			do(t, d, "INSERT INTO notes VALUES (2)")
		})
	}
}

// losable returns a server that can be lost behind a proxy, with a table and a way to
// it past the proxy. If asked to, it lets sessions mark their transactions.
func losable(t *testing.T, marked bool) (p proxy, straight *db.DB, url string) {
	t.Helper()
	p, direct, url := newProxy(t, pgserver.Options{Settings: unwritten})
	straight = open(t, direct)
	do(t, straight, notes)
	if marked {
		told(t, straight)
	}
	return p, straight, url
}

// ready makes sure that sessions know whether to mark their transactions.
func ready(t *testing.T, d *db.DB) {
	t.Helper()
	do(t, d, "INSERT INTO notes VALUES (0)")
	if err := d.Ping(limited(t)); err != nil {
		t.Fatal(err)
	}
}

// TestServerIsLostAfterCommit loses the server, or all of the way to it, before
// the client has the answer.
func TestServerIsLostAfterCommit(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		standby  bool // takes over
		without  bool // what was committed
		told     bool
		class    db.Class
		attempts int
	}{
		"it starts again":                                    {class: db.Lost, attempts: 1},
		"it starts again, marked":                            {told: true, attempts: 1},
		"a standby takes over that has it":                   {standby: true, class: db.Lost, attempts: 1},
		"a standby takes over that has it, marked":           {standby: true, told: true, attempts: 1},
		"a standby takes over that does not have it":         {standby: true, without: true, attempts: 2},
		"a standby takes over that does not have it, marked": {standby: true, without: true, told: true, attempts: 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, straight, at := losable(t, c.told)
			next := p.server
			if c.standby {
				next = own(t, pgserver.Options{StandbyOf: p.server, TCP: true, Settings: unwritten})
				at = with(both(t, at, next), "target_session_attrs=read-write")
			}
			after := open(t, next.URL("postgres"))
			has := func(d *db.DB, id int) bool {
				return value[bool](t, d, "SELECT EXISTS (SELECT FROM notes WHERE id = $1)", id)
			}
			d := openWith(t, one(at), db.Config{CommitTimeout: limit})
			ready(t, d)
			eventually(t, "the standby follows", func() bool { return has(after, 0) })
			if c.without {
				if err := next.Kill(); err != nil {
					t.Fatal(err)
				}
			}
			p.AtCommit(faultproxy.SilentAfter)
			result, attempts := make(chan error, 1), 0
			go func() {
				result <- d.Do(limited(t), func(ctx context.Context, s *db.Session) error {
					attempts++
					return insert(ctx, s, 1)
				})
			}()
			eventually(t, "it is committed", func() bool { return has(straight, 1) })
			if c.standby && !c.without {
				eventually(t, "the standby has it", func() bool { return has(after, 1) })
			}
			if err := p.server.Kill(); err != nil {
				t.Fatal(err)
			}
			p.AtCommit(faultproxy.None)
			time.Sleep(100 * time.Millisecond) // in which there is nobody to ask
			if c.without || !c.standby {
				if err := next.Restart(limited(t)); err != nil {
					t.Fatal(err)
				}
			}
			if c.standby {
				var err error
				eventually(t, "the standby takes over", func() bool {
					_, err = dial(t, next.URL("postgres")).Exec(t.Context(), "SELECT pg_promote()")
					return err == nil
				})
			}
			others(t, after)
			err := <-result
			if db.ClassOf(err) != c.class || (err == nil) != (c.class == db.Other) || attempts != c.attempts {
				t.Errorf("after %d attempts: %v", attempts, err)
			}
			if !has(after, 1) {
				t.Error("the row is not there")
			}
		})
	}
}

// The outcome is asked for until the deadline of who wants to save, or for five
// seconds.
func TestAskingEnds(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ deadline, least, most time.Duration }{
		"no deadline":              {0, 4 * time.Second, 10 * time.Second},
		"a deadline":               {2500 * time.Millisecond, 500 * time.Millisecond, 4 * time.Second},
		"a deadline that is close": {700 * time.Millisecond, 900 * time.Millisecond, 4 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, _, at := newProxy(t, pgserver.Options{})
			d := open(t, one(at))
			do(t, d, notes)
			killed := make(chan time.Time, 1)
			p.Crash = func() {
				if err := p.server.Kill(); err != nil {
					t.Error(err)
				}
				killed <- time.Now()
			}
			p.AtCommit(faultproxy.Crash)
			ctx := limited(t)
			if c.deadline > 0 {
				var cancel context.CancelFunc
				ctx, cancel = context.WithTimeout(ctx, c.deadline)
				defer cancel()
			}
			err := d.Do(ctx, func(ctx context.Context, s *db.Session) error { return insert(ctx, s, 1) })
			if took := time.Since(<-killed); db.ClassOf(err) != db.Lost || took < c.least || took > c.most {
				t.Errorf("after %v: %v", took, err)
			}
		})
	}
}
