package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync/atomic"
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

// What a replica does is not seen by anybody who reads.
func TestAReplicaGoesAndComesBack(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 2, pgserver.Options{})
	d := c.open(t)
	where := func() string { return ask[string](t, d, stranger(), "SELECT current_setting('data_directory')") }
	all := map[string]bool{}
	for range 4 {
		all[where()] = true
	}
	for i, s := range c.standbys {
		if err := s.Kill(); err != nil {
			t.Fatal(err)
		}
		for range 20 {
			where() // and fails the test if there is an error
		}
		if other := ask[bool](t, d, stranger(), onStandby); other != (i == 0) {
			t.Errorf("after %d of 2 replicas were gone, reads go to a replica: %v", i+1, other)
		}
	}
	for _, s := range c.standbys {
		if err := s.Restart(limited(t)); err != nil {
			t.Fatal(err)
		}
	}
	eventually(t, "both replicas are read from again", func() bool {
		back := map[string]bool{}
		for range 4 {
			back[where()] = true
		}
		for dir := range all {
			if !back[dir] {
				return false
			}
		}
		return true
	})
}

// A replica that never was there costs nobody a read, nor does one that has
// another password.
func TestAReplicaThatIsNotThere(t *testing.T) {
	t.Parallel()
	s := own(t, pgserver.Options{})
	for name, url := range map[string]string{
		"nobody listens": "postgres://app:s3cret@/postgres?host=" + t.TempDir(),
		"no such user":   strings.Replace(s.URL("postgres"), "postgres@", "stranger:s3cret@", 1),
	} {
		d := openWith(t, s.URL("postgres"), db.Config{Replicas: []string{url}})
		for range 3 {
			if ask[bool](t, d, stranger(), onStandby) {
				t.Errorf("%s: it was read from", name)
			}
		}
		if err := d.Ping(limited(t)); err != nil {
			t.Errorf("%s: Ping: %v", name, err)
		}
	}
}

// One that could not be reached is left alone for a while.
func TestAReplicaIsLeftAlone(t *testing.T) {
	t.Parallel()
	s := own(t, pgserver.Options{})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var tried atomic.Int32
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			tried.Add(1)
			_ = c.Close()
		}
	}()
	d := openWith(t, s.URL("postgres"), db.Config{Replicas: []string{"postgres://app@" + l.Addr().String() + "/postgres?sslmode=disable"}})
	const many = 200
	for range many {
		ask[bool](t, d, stranger(), onStandby)
	}
	if n := tried.Load(); n == 0 || n > many/4 {
		t.Errorf("%d of %d reads tried the replica", n, many)
	}
}

// What waits for a replica that has fallen silent is run again on the primary.
func TestAReplicaFallsSilent(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 1, pgserver.Options{TCP: true})
	p := newProxyBefore(t, "tcp", c.standbys[0].Addr())
	d := openWith(t, c.URL("postgres"), db.Config{Replicas: []string{c.standbys[0].URLAt(p.listener.Addr().String(), "postgres")}})
	if !ask[bool](t, d, stranger(), onStandby) {
		t.Fatal("the replica is not read from")
	}
	var silent atomic.Bool
	silent.Store(true)
	p.pick.Store(new(func(point) fault {
		if silent.Load() {
			return silentBefore
		}
		return none
	}))
	if ask[bool](t, d, stranger(), onStandby) {
		t.Error("a silent replica has answered")
	}
	silent.Store(false)
	eventually(t, "the replica is read from again", func() bool { return ask[bool](t, d, stranger(), onStandby) })
}

// A standby ends what stands in the way of its primary's changes: the reader is
// run again on the primary.
func TestAReaderInTheWayOfAReplica(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 1, pgserver.Options{Settings: map[string]string{"max_standby_streaming_delay": "0"}})
	d := c.open(t)
	do(t, d, notes, "INSERT INTO notes SELECT generate_series(1, 1000)")
	c.caughtUp(t)
	attempts := 0
	var there []bool
	err := d.Read(stranger().Context(limited(t)), func(ctx context.Context, r *db.Reader) error {
		attempts++
		var n int
		var standby bool
		if err := r.QueryRow(ctx, "SELECT count(*), pg_is_in_recovery() FROM notes").Scan(&n, &standby); err != nil {
			return err
		}
		there = append(there, standby)
		if attempts == 1 {
			direct(t, c.URL("postgres"), "DELETE FROM notes", "VACUUM notes")
			c.caughtUp(t)
		}
		return r.QueryRow(ctx, "SELECT count(*) FROM notes").Scan(&n)
	}, db.Snapshot)
	if err != nil || fmt.Sprint(there) != "[true false]" {
		t.Errorf("attempts on a replica: %v, %v", there, err)
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

// A replica that became a primary can be read from.
func TestAReplicaThatIsPromoted(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 1, pgserver.Options{})
	d := c.open(t)
	do(t, d, notes)
	c.caughtUp(t)
	direct(t, c.standbys[0].URL("postgres"), "SELECT pg_promote()", "INSERT INTO notes VALUES (7)")
	if n := ask[int](t, d, db.NewClient(time.Now(), 1<<60), "SELECT count(*) FROM notes", db.Replica); n != 1 {
		t.Errorf("a reader sees %d rows, and not those of the new primary", n)
	}
}
