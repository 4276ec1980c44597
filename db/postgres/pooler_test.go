package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/db/postgres"
	"github.com/terem-go/terem/internal/faultproxy"
	"github.com/terem-go/terem/internal/pgserver"
)

// pooled is a server behind PgBouncer, which has two connections for each role.
type pooled struct {
	*pgserver.Server
	pooler *pgserver.Pooler
	db.Config
	url string
}

func newPooled(t *testing.T) pooled {
	t.Helper()
	p := pooled{Server: own(t, pgserver.Options{})}
	direct(t, p.URL("postgres"), "CREATE ROLE app LOGIN", "CREATE ROLE reader LOGIN", "ALTER ROLE reader SET default_transaction_read_only = on",
		"GRANT ALL ON SCHEMA public TO app", "ALTER DEFAULT PRIVILEGES FOR ROLE app GRANT SELECT ON TABLES TO reader")
	var err error
	p.pooler, err = pgserver.StartPooler(t.Context(), p.Server, 2, "app", "reader")
	if errors.Is(err, pgserver.ErrNoPooler) {
		dbtest.Skip(t, err.Error())
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.pooler.Stop(); err != nil {
			t.Error(err)
		}
	})
	p.Config = db.Config{Pooler: "transaction", Direct: with(p.URL("postgres"), "user=app"), Readers: p.pooler.URL("reader", "postgres")}
	p.url = p.pooler.URL("app", "postgres")
	return p
}

// More connections than the pooler has run every kind of statement: what one of
// them leaves at the server would be another one's.
func TestUnitsBehindAPooler(t *testing.T) {
	t.Parallel()
	p := newPooled(t)
	d := openWith(t, p.url, p.Config)
	do(t, d, notes)
	var units sync.WaitGroup
	var attempts atomic.Int32
	const many, each = 8, 25
	for n := range many {
		units.Go(func() {
			for i := range each {
				err := d.Do(limited(t), func(ctx context.Context, s *db.Session) error {
					attempts.Add(1)
					if err := insert(ctx, s, n*each+i); err != nil {
						return err
					}
					failed := errors.New("undone")
					err := s.Nested(ctx, func(ctx context.Context, s *db.Session) error {
						return errors.Join(insert(ctx, s, -1-n*each-i), failed)
					})
					if !errors.Is(err, failed) {
						return err
					}
					_, err = postgres.Native(s).CopyFrom(ctx, pgx.Identifier{"notes"}, []string{"id"}, pgx.CopyFromRows([][]any{{1000 + n*each + i}}))
					return err
				})
				if err != nil {
					t.Errorf("a session: %v", err)
				}
				for _, opts := range [][]db.Option{nil, {db.Snapshot}} {
					err := d.Read(limited(t), func(ctx context.Context, r *db.Reader) error {
						attempts.Add(1)
						var id int
						var zone string
						err := r.QueryRow(ctx, "SELECT id, current_setting('TimeZone') FROM notes WHERE id = $1", n*each+i).Scan(&id, &zone)
						if err == nil && zone != "UTC" {
							t.Errorf("a reader is in the time zone %s", zone)
						}
						return err
					}, opts...)
					if err != nil {
						t.Errorf("a reader: %v", err)
					}
				}
			}
		})
	}
	units.Wait()
	if n := value[int](t, d, "SELECT count(*) FROM notes"); n != 2*many*each {
		t.Errorf("there are %d rows", n)
	}
	if n := attempts.Load(); n != 3*many*each {
		t.Errorf("%d attempts of %d units", n, 3*many*each)
	}
}

func TestReadersBehindAPooler(t *testing.T) {
	t.Parallel()
	p := newPooled(t)
	d := openWith(t, p.url, p.Config)
	do(t, d, notes)
	err := d.Read(limited(t), func(ctx context.Context, r *db.Reader) error {
		rows, err := r.Query(ctx, "INSERT INTO notes VALUES (1) RETURNING id")
		if err != nil {
			return err
		}
		rows.Close()
		return rows.Err()
	})
	if db.ClassOf(err) != db.ReadOnly {
		t.Errorf("a reader writes: %v", err)
	}
	if err := d.Ping(limited(t)); err != nil {
		t.Error(err)
	}

	wrong := p.Config
	wrong.Readers = p.url
	d = openWith(t, p.url, wrong)
	const fix = `log in as "app", who can write; run ALTER ROLE "app" SET default_transaction_read_only = on`
	for what, err := range map[string]error{
		"Ping": d.Ping(limited(t)),
		"Read": d.Read(limited(t), func(ctx context.Context, r *db.Reader) error { return r.QueryRow(ctx, "SELECT 1").Scan(new(int)) }),
	} {
		if db.ClassOf(err) != db.Denied || !strings.Contains(fmt.Sprint(errors.Unwrap(err), err), fix) {
			t.Errorf("%s, as a role that can write: %v", what, err)
		}
	}
}

// Statements whose time is over are cancelled at the server, by way of the pooler,
// whether they run there or wait for a connection. PgBouncer survives it.
func TestDeadlineBehindAPooler(t *testing.T) {
	t.Parallel()
	p := newPooled(t)
	straight := open(t, p.URL("postgres"))
	d := openWith(t, p.url, p.Config)
	do(t, d, notes)
	var units sync.WaitGroup
	for range 6 {
		units.Go(func() {
			err := d.Do(limited(t), func(ctx context.Context, s *db.Session) error {
				_, err := s.Exec(ctx, "SELECT pg_sleep(600)")
				return err
			}, db.Timeout(200*time.Millisecond))
			if db.ClassOf(err) != db.Canceled {
				t.Errorf("Do returned %v", err)
			}
		})
	}
	units.Wait()
	eventually(t, "the server has ended the statements", func() bool {
		return value[int](t, straight, "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(600)' AND state = 'active'") == 0
	})
	do(t, d, "INSERT INTO notes VALUES (1)")
}

// What needs a connection of its own goes past the pooler.
func TestPastAPooler(t *testing.T) {
	t.Parallel()
	p := newPooled(t)
	d := openWith(t, p.url, p.Config)
	m, err := d.Migrator()
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	if _, err := m.ExecContext(t.Context(), "SELECT pg_advisory_lock(42)"); err != nil {
		t.Fatal(err)
	}
	for range 10 {
		var locked bool
		err := d.Do(limited(t), func(ctx context.Context, s *db.Session) error {
			return s.QueryRow(ctx, "SELECT pg_try_advisory_lock(42)").Scan(&locked)
		})
		if err != nil || locked {
			t.Fatalf("a session has the lock of a migration: %v, %v", locked, err)
		}
	}
	var kept bool
	if err := m.QueryRowContext(t.Context(), "SELECT pg_advisory_unlock(42)").Scan(&kept); err != nil || !kept {
		t.Errorf("the lock of a migration was kept: %v, %v", kept, err)
	}

	pool, err := postgres.Pool(t.Context(), d, 2)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	c, err := pool.Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Release()
	if _, err := c.Exec(t.Context(), "LISTEN jobs"); err != nil {
		t.Fatal(err)
	}
	do(t, d, "SELECT pg_notify('jobs', 'one')")
	if n, err := c.Conn().WaitForNotification(limited(t)); err != nil || n.Payload != "one" {
		t.Errorf("heard %v, %v", n, err)
	}
}

// The server is asked past the pooler what became of a COMMIT.
func TestOutcomeBehindAPooler(t *testing.T) {
	t.Parallel()
	p := newPooled(t)
	straight := open(t, p.URL("postgres"))
	proxy := newProxyBefore(t, "unix", p.pooler.Socket())
	d := openWith(t, "postgres://app@"+proxy.Addr()+"/postgres?sslmode=disable&pool_max_conns=1", p.Config)
	do(t, d, notes)
	for name, c := range map[string]struct {
		fault    faultproxy.Fault
		attempts int
	}{
		"committed": {faultproxy.CutAfter, 1}, "rolled back": {faultproxy.CutBefore, 2},
	} {
		t.Run(name, func(t *testing.T) {
			do(t, d, "DELETE FROM notes")
			proxy.AtCommit(c.fault)
			defer proxy.AtCommit(faultproxy.None)
			attempts := 0
			err := d.Do(limited(t), func(ctx context.Context, s *db.Session) error {
				if attempts++; attempts == 2 {
					proxy.AtCommit(faultproxy.None)
				}
				return insert(ctx, s, 1)
			})
			if n := value[int](t, straight, "SELECT count(*) FROM notes"); err != nil || attempts != c.attempts || n != 1 {
				t.Errorf("%d rows after %d attempts, %v", n, attempts, err)
			}
		})
	}
}

// A description that is kept may be of a table that has changed since.
func TestAStaleDescriptionIsTriedAgain(t *testing.T) {
	t.Parallel()
	p := newPooled(t)
	d := openWith(t, one(p.url), p.Config)
	do(t, d, notes)
	attempts := 0
	look := func() error {
		return d.Do(limited(t), func(ctx context.Context, s *db.Session) error {
			attempts++
			rows, err := s.Query(ctx, "SELECT * FROM notes")
			if err != nil {
				return err
			}
			rows.Close()
			return rows.Err()
		})
	}
	if err := look(); err != nil {
		t.Fatal(err)
	}
	direct(t, p.Direct, "ALTER TABLE notes ADD likes int")
	attempts = 0
	if err := look(); err != nil || attempts != 2 {
		t.Errorf("%d attempts, %v", attempts, err)
	}
}

// A replica behind a pooler is read from as a role that only reads, or not at
// all.
func TestReplicasBehindAPooler(t *testing.T) {
	t.Parallel()
	p := newPooled(t)
	standby := own(t, pgserver.Options{StandbyOf: p.Server})
	pooler, err := pgserver.StartPooler(t.Context(), standby, 1, "app", "reader")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pooler.Stop() })
	for role, want := range map[string]bool{"reader": true, "app": false} {
		c := p.Config
		c.Replicas = []string{pooler.URL(role, "postgres")}
		d := openWith(t, p.url, c)
		if got := ask[bool](t, d, stranger(), onStandby); got != want {
			t.Errorf("as %s, reads go to the replica: %v", role, got)
		}
		client := stranger()
		err := d.Do(client.Context(limited(t)), func(ctx context.Context, s *db.Session) error {
			_, err := s.Exec(ctx, "CREATE TABLE of_"+role+" ()")
			return err
		})
		if _, at, _ := client.Wrote(); err != nil || at == 0 {
			t.Errorf("as %s: wrote up to %v, %v", role, at, err)
		}
	}
}
