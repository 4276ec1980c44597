package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/terem-go/terem/db"
)

// meeting has two units do something before either goes on, the first time
// they come to it.
type meeting struct {
	here, there chan struct{}
}

func newMeeting() (a, b meeting) {
	x, y := make(chan struct{}, 1), make(chan struct{}, 1)
	return meeting{x, y}, meeting{y, x}
}

// wait says that this unit has come, and waits for the other one.
func (m meeting) wait(ctx context.Context) {
	m.here <- struct{}{}
	select {
	case <-m.there:
	case <-ctx.Done():
	}
}

// pair runs two units against each other and returns how often each was tried.
func pair(t *testing.T, d *db.DB, f func(ctx context.Context, s *db.Session, me int, meet func()) error, opts ...db.Option) (tries [2]int, errs [2]error) {
	t.Helper()
	ma, mb := newMeeting()
	done := make(chan struct{})
	for i, m := range []meeting{ma, mb} {
		go func() {
			errs[i] = d.Do(limited(t), func(ctx context.Context, s *db.Session) error {
				tries[i]++
				return f(ctx, s, i, func() {
					if tries[i] == 1 {
						m.wait(ctx)
					}
				})
			}, opts...)
			done <- struct{}{}
		}()
	}
	<-done
	<-done
	return tries, errs
}

// Two doctors go off duty, each because the other stays: impossible for units
// that run one after the other.
func TestWriteSkewIsTriedAgain(t *testing.T) {
	t.Parallel()
	for _, hide := range []bool{false, true} {
		t.Run(fmt.Sprintf("hidden=%t", hide), func(t *testing.T) {
			t.Parallel()
			d := open(t, fresh(t))
			do(t, d, "CREATE TABLE doctors (id int PRIMARY KEY, on_duty bool)", "INSERT INTO doctors VALUES (0, true), (1, true)")
			tries, errs := pair(t, d, func(ctx context.Context, s *db.Session, me int, meet func()) error {
				var n int
				if err := s.QueryRow(ctx, "SELECT count(*) FROM doctors WHERE on_duty").Scan(&n); err != nil {
					return err
				}
				meet()
				if n < 2 {
					return nil
				}
				_, err := s.Exec(ctx, "UPDATE doctors SET on_duty = false WHERE id = $1", me)
				if hide {
					return nil
				}
				return err
			}, db.Serializable, db.Attempts(20))
			if err := errors.Join(errs[:]...); err != nil {
				t.Fatal(err)
			}
			if n := value[int](t, d, "SELECT count(*) FROM doctors WHERE on_duty"); n != 1 {
				t.Errorf("%d doctors are on duty", n)
			}
			if tries[0]+tries[1] < 3 { // they may meet once more
				t.Errorf("the units were tried %v times; there was no conflict", tries)
			}
		})
	}
}

func TestDeadlockIsTriedAgain(t *testing.T) {
	t.Parallel()
	d := open(t, with(fresh(t), "deadlock_timeout=20ms"))
	do(t, d, "CREATE TABLE accounts (id int PRIMARY KEY, balance int)", "INSERT INTO accounts VALUES (0, 100), (1, 100)")
	var hooks atomic.Int32
	tries, errs := pair(t, d, func(ctx context.Context, s *db.Session, me int, meet func()) error {
		s.AfterCommit(func(context.Context) { hooks.Add(1) })
		if _, err := s.Exec(ctx, "UPDATE accounts SET balance = balance - 10 WHERE id = $1", me); err != nil {
			return err
		}
		meet()
		return s.Nested(ctx, func(ctx context.Context, s *db.Session) error { // which a deadlock leaves
			_, err := s.Exec(ctx, "UPDATE accounts SET balance = balance + 10 WHERE id = $1", 1-me)
			return err
		})
	}, db.Attempts(20))
	if err := errors.Join(errs[:]...); err != nil {
		t.Fatal(err)
	}
	if tries[0]+tries[1] < 3 { // they may meet once more
		t.Errorf("the units were tried %v times; there was no deadlock", tries)
	}
	if n := value[int](t, d, "SELECT count(*) FROM accounts WHERE balance = 100"); n != 2 {
		t.Error("money was lost or made")
	}
	if n := hooks.Load(); n != 2 {
		t.Errorf("%d of %v attempts have run what they gave to AfterCommit, want 2", n, tries)
	}
}

func TestAttemptsEnd(t *testing.T) {
	t.Parallel()
	d := open(t, one(fresh(t)))
	tries := 0
	err := d.Do(limited(t), func(ctx context.Context, s *db.Session) error {
		tries++
		_, err := s.Exec(ctx, "DO $$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = '40001'; END $$")
		return err
	}, db.Attempts(5))
	if db.ClassOf(err) != db.Contended || tries != 5 {
		t.Errorf("after %d attempts: %v", tries, err)
	}
}

// A plan that no longer fits its table is 0A000 on each connection that has it.
func TestStalePlansAreTriedAgain(t *testing.T) {
	t.Parallel()
	url := fresh(t)
	d := open(t, one(url))
	do(t, d, "CREATE TABLE things (id int)")
	attempts := 0
	read := func(ctx context.Context, q db.Querier) error {
		attempts++
		rows, err := q.Query(ctx, "SELECT * FROM things")
		if err != nil {
			return err
		}
		rows.Close()
		return rows.Err()
	}
	both := func() {
		t.Helper()
		err := d.Read(limited(t), func(ctx context.Context, r *db.Reader) error { return read(ctx, r) })
		if err != nil {
			t.Errorf("reader: %v", err)
		}
		err = d.Do(limited(t), func(ctx context.Context, s *db.Session) error { return read(ctx, s) })
		if err != nil {
			t.Errorf("session: %v", err)
		}
	}
	both()
	direct(t, url, "ALTER TABLE things ADD COLUMN name text")
	attempts = 0
	both()
	if attempts != 4 {
		t.Errorf("%d attempts, want 2 of the reader and 2 of the session", attempts)
	}
}
