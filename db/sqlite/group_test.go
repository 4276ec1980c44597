package sqlite_test

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"runtime"
	"sync"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/sqlite"
)

// patient is a database whose finished units wait for others for as long as a
// busy machine needs.
func patient(t testing.TB, options string) (*db.DB, string) {
	t.Helper()
	d, path := counter(t, options)
	sqlite.SetGroupTime(d, time.Minute)
	return d, path
}

// session is the function of a unit of work.
type session = func(ctx context.Context, s *db.Session) error

// adds returns a unit that inserts a row.
func adds(who int) session {
	return func(ctx context.Context, s *db.Session) error {
		_, err := s.Exec(ctx, "INSERT INTO t (who) VALUES ($1)", who)
		return err
	}
}

// meet runs units that share a transaction, in their order: they come one after
// the other while yet another one has the writer. It returns how they ended, with
// errLeft for one that did not return.
func meet(t testing.TB, d *db.DB, units ...session) []error {
	t.Helper()
	ended := make([]error, len(units))
	var group sync.WaitGroup
	hold(t, d, func() {
		for i, unit := range units {
			group.Add(1)
			go func() {
				defer group.Done()
				defer func() { _ = recover() }()
				ended[i] = errLeft
				ended[i] = d.Do(context.Background(), unit)
			}()
			await(t, d, i+1)
		}
	})
	group.Wait()
	return ended
}

var errLeft = errors.New("the unit did not return")

// await waits until a number of units wait for the writer.
func await(t testing.TB, d *db.DB, n int) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); sqlite.Waiting(d) != n; time.Sleep(100 * time.Microsecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d units wait instead of %d", sqlite.Waiting(d), n)
		}
	}
}

// commits returns how many transactions stand in the journal of a database. The
// last frame of each says how large the database was then, the others say 0.
func commits(t testing.TB, path string) (n int) {
	t.Helper()
	const header, frame = 32, 24
	data := must(os.ReadFile(path + "-wal"))(t)
	page := int(binary.BigEndian.Uint32(data[8:]))
	for at := header; at+frame+page <= len(data); at += frame + page {
		if binary.BigEndian.Uint64(data[at+8:]) != binary.BigEndian.Uint64(data[16:]) {
			break // of an earlier use of the file
		}
		if binary.BigEndian.Uint32(data[at+4:]) != 0 {
			n++
		}
	}
	return n
}

// arrived returns who is in the table, in order of their arrival.
func arrived(t testing.TB, d *db.DB) []int {
	t.Helper()
	got := []int{}
	err := d.Read(context.Background(), func(ctx context.Context, r *db.Reader) error {
		rows, err := r.Query(ctx, "SELECT who FROM t ORDER BY id")
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var who int
			if err := rows.Scan(&who); err != nil {
				return err
			}
			got = append(got, who)
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// Units that wait share a COMMIT, 64 at most.
func TestGroupSize(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ units, commits int }{{1, 1}, {2, 1}, {64, 1}, {65, 2}, {128, 2}, {129, 3}} {
		t.Run(fmt.Sprint(c.units), func(t *testing.T) {
			t.Parallel()
			d, path := patient(t, "?max_wait=30s")
			before := commits(t, path)
			units, want := make([]session, c.units), make([]int, c.units)
			for i := range units {
				units[i], want[i] = adds(i), i
			}
			for i, err := range meet(t, d, units...) {
				if err != nil {
					t.Errorf("unit %d: %v", i, err)
				}
			}
			if n := commits(t, path) - before; n != c.commits {
				t.Errorf("%d commits, want %d", n, c.commits)
			}
			if diff := gocmp.Diff(want, arrived(t, d)); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
		})
	}
}

// A group closes after a time, too, even if every member is quick.
func TestGroupTime(t *testing.T) {
	t.Parallel()
	d, path := counter(t, "?max_wait=30s")
	before := commits(t, path)
	units := make([]session, 20)
	for i := range units {
		units[i] = func(ctx context.Context, s *db.Session) error {
			defer time.Sleep(time.Millisecond)
			return adds(i)(ctx, s)
		}
	}
	for i, err := range meet(t, d, units...) {
		if err != nil {
			t.Errorf("unit %d: %v", i, err)
		}
	}
	if n := commits(t, path) - before; n < 3 {
		t.Errorf("%d commits for 20 ms", n)
	}
	if n := count(t, d, "SELECT count(DISTINCT who) FROM t"); n != len(units) {
		t.Errorf("%d rows", n)
	}
}

// Whatever becomes of a member, the others are committed, by one COMMIT.
func TestMembersThatFail(t *testing.T) {
	t.Parallel()
	own := errors.New("the function's own error")
	for name, c := range map[string]struct {
		f       session
		is      error
		class   db.Class
		commits int // if not one for each group
	}{
		"an error": {is: own, f: func(ctx context.Context, s *db.Session) error { return own }},
		"a failed statement": {class: db.Unique, f: func(ctx context.Context, s *db.Session) error {
			_, err := s.Exec(ctx, "INSERT INTO t (id) VALUES (1)")
			return err
		}},
		"a failed statement, swallowed": {is: db.ErrSwallowed, class: db.Unique, f: func(ctx context.Context, s *db.Session) error {
			_, _ = s.Exec(ctx, "INSERT INTO t (id) VALUES (1)")
			return nil
		}},
		"a deferred foreign key": {class: db.ForeignKey, f: func(ctx context.Context, s *db.Session) error {
			_, err := s.Exec(ctx, "INSERT INTO child VALUES (99)")
			return err
		}},
		"a deferred foreign key inside Nested": {class: db.ForeignKey, f: func(ctx context.Context, s *db.Session) error {
			return s.Nested(ctx, func(ctx context.Context, s *db.Session) error {
				_, err := s.Exec(ctx, "INSERT INTO child VALUES (99)")
				return err
			})
		}},
		"an immediate foreign key, deferred": {class: db.ForeignKey, commits: 4, f: func(ctx context.Context, s *db.Session) error {
			_, err := s.Exec(ctx, "PRAGMA defer_foreign_keys = ON")
			if err == nil {
				_, err = s.Exec(ctx, "INSERT INTO strict_child VALUES (99)")
			}
			return err
		}},
		"panic": {is: errLeft, f: func(context.Context, *db.Session) error { panic(own) }},
		"panic in a statement": {is: errLeft, f: func(ctx context.Context, s *db.Session) error {
			_, err := s.Exec(ctx, "SELECT $1", panicker{})
			return err
		}},
		"Goexit":                {is: errLeft, f: func(context.Context, *db.Session) error { runtime.Goexit(); return nil }},
		"rows left open, panic": {is: errLeft, f: func(ctx context.Context, s *db.Session) error { _, _ = s.Query(ctx, "SELECT who FROM t"); panic(own) }},
		"COMMIT": {is: db.ErrSwallowed, f: func(ctx context.Context, s *db.Session) error {
			_, _ = s.Exec(ctx, "COMMIT")
			return nil
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, path := patient(t, "")
			do(t, d, "CREATE TABLE child (t_id INTEGER REFERENCES t DEFERRABLE INITIALLY DEFERRED)",
				"CREATE TABLE strict_child (t_id INTEGER REFERENCES t)", "INSERT INTO t VALUES (1, 0)")
			before := commits(t, path)
			bad := func(ctx context.Context, s *db.Session) error {
				if err := adds(-1)(ctx, s); err != nil {
					return err
				}
				return c.f(ctx, s)
			}
			for _, i := range []int{0, 1, 2} { // first, in the middle, last
				units := []session{adds(1), adds(2)}
				units = append(units[:i], append([]session{bad}, units[i:]...)...)
				for j, err := range meet(t, d, units...) {
					switch {
					case j != i && err != nil:
						t.Errorf("unit %d failed beside unit %d: %v", j, i, err)
					case j == i && (err == nil || c.is != nil && !errors.Is(err, c.is) || db.ClassOf(err) != c.class):
						t.Errorf("unit %d ended with %v", j, err)
					}
				}
			}
			if diff := gocmp.Diff([]int{0, 1, 2, 1, 2, 1, 2}, arrived(t, d)); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
			if n := commits(t, path) - before; n != cmp.Or(c.commits, 3) {
				t.Errorf("%d commits", n)
			}
		})
	}
}

// Finished units are answered after the COMMIT, and not before: another member
// sees what they wrote, readers do not.
func TestAnswersComeAfterTheCommit(t *testing.T) {
	t.Parallel()
	d, _ := patient(t, "")
	first, second := make(chan error, 1), make(chan error, 1)
	failed := make(chan error, 1)
	ctx, leave := context.WithCancel(t.Context())
	hold(t, d, func() {
		go func() { first <- d.Do(ctx, adds(1)) }()
		await(t, d, 1)
		go func() {
			failed <- d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
				_, err := s.Exec(ctx, "INSERT INTO t (id) VALUES (1)") // which is the first unit's
				return err
			})
		}()
		await(t, d, 2)
		go func() {
			second <- d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
				var who int
				if err := s.QueryRow(ctx, "SELECT who FROM t").Scan(&who); err != nil || who != 1 {
					t.Errorf("the second unit sees %d, %v", who, err)
				}
				leave() // the first one's client goes when it is finished
				select {
				case err := <-first:
					t.Errorf("answered before the COMMIT: %v", err)
				case err := <-failed:
					t.Errorf("a failure that goes back to what is not committed was told: %v", err)
				case <-time.After(50 * time.Millisecond):
				}
				if got := arrived(t, d); len(got) > 0 {
					t.Errorf("a reader sees %v", got)
				}
				return adds(2)(ctx, s)
			})
		}()
		await(t, d, 3)
	})
	for name, c := range map[string]chan error{"first": first, "second": second} {
		if err := <-c; err != nil {
			t.Errorf("the %s unit: %v", name, err)
		}
	}
	if err := <-failed; db.ClassOf(err) != db.Unique {
		t.Errorf("the unit that fails: %v", err)
	}
	if diff := gocmp.Diff([]int{1, 2}, arrived(t, d)); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}
