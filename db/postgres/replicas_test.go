package postgres_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/postgres"
	"github.com/terem-go/terem/internal/pgserver"
)

// cluster is a server with standbys.
type cluster struct {
	*pgserver.Server
	standbys []*pgserver.Server
}

func newCluster(t testing.TB, standbys int, o pgserver.Options) cluster {
	t.Helper()
	c := cluster{Server: own(t, pgserver.Options{})}
	o.StandbyOf = c.Server
	for range standbys {
		c.standbys = append(c.standbys, own(t, o))
	}
	return c
}

// open opens the cluster's database, with more parameters for the primary.
func (c cluster) open(t testing.TB, parameters ...string) *db.DB {
	t.Helper()
	url := c.URL("postgres")
	for _, p := range parameters {
		url = with(url, p)
	}
	var replicas []string
	for _, s := range c.standbys {
		replicas = append(replicas, s.URL("postgres"))
	}
	return openWith(t, url, db.Config{Replicas: replicas})
}

// caughtUp waits until every standby shows what was committed.
func (c cluster) caughtUp(t testing.TB) {
	t.Helper()
	var lsn string
	if err := dial(t, c.URL("postgres")).QueryRow(t.Context(), "SELECT pg_current_wal_insert_lsn()::text").Scan(&lsn); err != nil {
		t.Fatal(err)
	}
	for _, s := range c.standbys {
		follower := dial(t, s.URL("postgres"))
		eventually(t, "a standby has caught up", func() (there bool) {
			err := follower.QueryRow(t.Context(), "SELECT pg_last_wal_replay_lsn() >= $1::text::pg_lsn", lsn).Scan(&there)
			return err == nil && there
		})
	}
}

// ask reads one value for a client, or for none.
func ask[T any](t testing.TB, d *db.DB, c *db.Client, sql string, opts ...db.Option) (v T) {
	t.Helper()
	ctx := limited(t)
	if c != nil {
		ctx = c.Context(ctx)
	}
	err := d.Read(ctx, func(ctx context.Context, r *db.Reader) error { return r.QueryRow(ctx, sql).Scan(&v) }, opts...)
	if err != nil {
		t.Errorf("%s: %v", sql, err)
	}
	return v
}

const onStandby = "SELECT pg_is_in_recovery()"

func stranger() *db.Client { return db.NewClient(time.Time{}, 0) }

func TestWhoReadsFromReplicas(t *testing.T) {
	t.Parallel()
	d := newCluster(t, 1, pgserver.Options{}).open(t)
	if !d.Replicated() {
		t.Error("the database knows of no replicas")
	}
	just, before := time.Now(), time.Now().Add(-db.Fresh)
	for name, c := range map[string]struct {
		client *db.Client
		opts   []db.Option
		want   bool
	}{
		"nobody":                                  {want: false},
		"nobody, Replica":                         {opts: []db.Option{db.Replica}, want: true},
		"a client":                                {client: stranger(), want: true},
		"a client, Snapshot":                      {client: stranger(), opts: []db.Option{db.Snapshot}, want: true},
		"a client, Primary":                       {client: stranger(), opts: []db.Option{db.Primary}, want: false},
		"a client, Primary and Replica":           {client: stranger(), opts: []db.Option{db.Replica, db.Primary}, want: false},
		"who has just written":                    {client: db.NewClient(just, 1), want: false},
		"who has just written, Replica":           {client: db.NewClient(just, 1), opts: []db.Option{db.Replica}, want: true},
		"who has just written, Replica, no place": {client: db.NewClient(just, 0), opts: []db.Option{db.Replica}, want: false},
		"who has written before":                  {client: db.NewClient(before, 1), want: true},
	} {
		if got := ask[bool](t, d, c.client, onStandby, c.opts...); got != c.want {
			t.Errorf("%s: reads from a replica: %v", name, got)
		}
	}
	var session bool
	err := d.Do(stranger().Context(limited(t)), func(ctx context.Context, s *db.Session) error {
		return s.QueryRow(ctx, onStandby).Scan(&session)
	})
	if err != nil || session {
		t.Errorf("a session runs on a replica: %v, %v", session, err)
	}
}

func TestReadersAreSpread(t *testing.T) {
	t.Parallel()
	d := newCluster(t, 2, pgserver.Options{}).open(t)
	seen := map[string]int{}
	for range 10 {
		seen[ask[string](t, d, stranger(), "SELECT current_setting('data_directory')")]++
	}
	if len(seen) != 2 {
		t.Errorf("reads went to %v", seen)
	}
}

// All statements of a reader see one replica: another one may be behind it.
func TestAReaderStaysWhereItIs(t *testing.T) {
	t.Parallel()
	d := newCluster(t, 2, pgserver.Options{}).open(t)
	for range 3 {
		seen := map[string]bool{}
		err := d.Read(stranger().Context(limited(t)), func(ctx context.Context, r *db.Reader) error {
			for range 4 {
				var where string
				if err := r.QueryRow(ctx, "SELECT current_setting('data_directory')").Scan(&where); err != nil {
					return err
				}
				seen[where] = true
			}
			return nil
		})
		if err != nil || len(seen) != 1 {
			t.Errorf("one reader was at %v: %v", seen, err)
		}
	}
}

// TestAClientReadsItsWrites holds the standby back.
func TestAClientReadsItsWrites(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 1, pgserver.Options{})
	d := c.open(t)
	do(t, d, notes)
	c.caughtUp(t)
	pauseReplay(t, c.standbys[0])
	client := stranger()
	err := d.Do(client.Context(limited(t)), func(ctx context.Context, s *db.Session) error { return insert(ctx, s, 1) })
	if err != nil {
		t.Fatal(err)
	}
	at, position, ok := client.Wrote()
	if !ok || position == 0 || time.Since(at) > limit {
		t.Fatalf("the client wrote %v at %v up to %v", ok, at, position)
	}
	const count = "SELECT count(*) FROM notes"
	if n := ask[int](t, d, client, count); n != 1 {
		t.Errorf("the client sees %d rows", n)
	}
	if n := ask[int](t, d, stranger(), count); n != 0 {
		t.Errorf("another client sees %d rows: the standby is not held back", n)
	}
	if n := ask[int](t, d, client, count, db.Replica); n != 1 {
		t.Errorf("with Replica, the client sees %d rows", n)
	}
	if ask[bool](t, d, client, onStandby, db.Replica) {
		t.Error("a reader did not go to the primary although the replica is behind")
	}
	later := db.NewClient(at.Add(-db.Fresh), position)
	if n := ask[int](t, d, later, count); n != 0 {
		t.Errorf("after a while the client sees %d rows, not what the replica has", n)
	}
	direct(t, c.standbys[0].URL("postgres"), "SELECT pg_wal_replay_resume()")
	c.caughtUp(t)
	if !ask[bool](t, d, client, onStandby, db.Replica) {
		t.Error("a reader did not go to the replica although that has what the client wrote")
	}
	if n := ask[int](t, d, client, count, db.Replica); n != 1 {
		t.Errorf("on the replica the client sees %d rows", n)
	}
}

// pauseReplay holds a standby back where it is.
func pauseReplay(t testing.TB, standby *pgserver.Server) {
	t.Helper()
	c := dial(t, standby.URL("postgres"))
	if _, err := c.Exec(t.Context(), "SELECT pg_wal_replay_pause()"); err != nil {
		t.Fatal(err)
	}
	eventually(t, "replay is paused", func() bool {
		var state string
		err := c.QueryRow(t.Context(), "SELECT pg_get_wal_replay_pause_state()").Scan(&state)
		return err == nil && state == "paused"
	})
}

// A reader waits for a replica that is only a little behind.
func TestAReaderWaitsForItsReplica(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 1, pgserver.Options{})
	d := c.open(t)
	do(t, d, notes)
	ask[bool](t, d, nil, onStandby, db.Replica) // connects
	waited := 0
	for n := range 20 {
		client := stranger()
		err := d.Do(client.Context(limited(t)), func(ctx context.Context, s *db.Session) error { return insert(ctx, s, n) })
		if err != nil {
			t.Fatal(err)
		}
		if got := ask[int](t, d, client, "SELECT count(*) FROM notes", db.Replica); got != n+1 {
			t.Fatalf("after %d rows the client sees %d", n+1, got)
		}
		if ask[bool](t, d, client, onStandby, db.Replica) {
			waited++
		}
	}
	if waited < 10 { // a busy machine may take longer than a reader waits
		t.Errorf("only %d of 20 readers were on the replica", waited)
	}
}

// The position comes behind the answer to COMMIT: without it, what was committed
// is committed.
func TestCommitWithoutAPosition(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 1, pgserver.Options{})
	direct(t, c.URL("postgres"), notes, "CREATE ROLE app LOGIN", "GRANT ALL ON notes TO app",
		"REVOKE EXECUTE ON FUNCTION pg_current_wal_insert_lsn() FROM PUBLIC")
	d := c.open(t, "user=app")
	client := stranger()
	attempts := 0
	err := d.Do(client.Context(limited(t)), func(ctx context.Context, s *db.Session) error {
		attempts++
		return insert(ctx, s, 1)
	})
	_, position, ok := client.Wrote()
	if err != nil || attempts != 1 || !ok || position != 0 {
		t.Errorf("%d attempts, position %v, %v, %v", attempts, position, ok, err)
	}
	if n := ask[int](t, d, client, "SELECT count(*) FROM notes", db.Replica); n != 1 {
		t.Errorf("the client sees %d rows", n)
	}
}

// What a client does not write, it need not read.
func TestSessionsThatWriteNothing(t *testing.T) {
	t.Parallel()
	d := newCluster(t, 1, pgserver.Options{}).open(t)
	failed := errors.New("no")
	for name, f := range map[string]func(context.Context, *db.Session) error{
		"send nothing": func(context.Context, *db.Session) error { return nil },
		"roll back": func(ctx context.Context, s *db.Session) error {
			_, err := s.Exec(ctx, "CREATE TABLE t ()")
			return errors.Join(err, failed)
		},
	} {
		client := stranger()
		if err := d.Do(client.Context(limited(t)), f); err != nil && !errors.Is(err, failed) {
			t.Errorf("%s: %v", name, err)
		}
		if _, _, ok := client.Wrote(); ok || !ask[bool](t, d, client, onStandby) {
			t.Errorf("%s: it counts as a write", name)
		}
	}
}

func TestNewWithReplicas(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 1, pgserver.Options{})
	primary, err := pgxpool.ParseConfig(c.URL("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	replica, err := pgxpool.ParseConfig(c.standbys[0].URL("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	e, err := postgres.New(t.Context(), primary, replica)
	if err != nil {
		t.Fatal(err)
	}
	d := db.New(e, db.Config{})
	defer closeDB(t, d)
	if !ask[bool](t, d, stranger(), onStandby) {
		t.Error("the replica is not read from")
	}
}
