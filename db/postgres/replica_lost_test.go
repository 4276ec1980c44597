package postgres_test

import (
	"context"
	"fmt"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/internal/faultproxy"
	"github.com/terem-go/terem/internal/pgserver"
)

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
	d := openWith(t, c.URL("postgres"), db.Config{Replicas: []string{c.standbys[0].URLAt(p.Addr(), "postgres")}})
	if !ask[bool](t, d, stranger(), onStandby) {
		t.Fatal("the replica is not read from")
	}
	var silent atomic.Bool
	silent.Store(true)
	p.Pick(func(faultproxy.Point) faultproxy.Fault {
		if silent.Load() {
			return faultproxy.SilentBefore
		}
		return faultproxy.None
	})
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
