package sqlite_test

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/sqlite"
)

// sqlDB returns the database/sql view of a database for the time of the test.
func sqlDB(t *testing.T, d *db.DB) *sql.DB {
	pool := sqlite.SQL(d)
	t.Cleanup(func() {
		if err := pool.Close(); err != nil {
			t.Error(err)
		}
	})
	return pool
}

func TestSQL(t *testing.T) {
	t.Parallel()
	d, _ := counter(t, "")
	pool := sqlDB(t, d)
	r, err := pool.ExecContext(t.Context(), "INSERT INTO t (who) VALUES (?), (?)", 1, 2)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := r.RowsAffected(); n != 2 || err != nil {
		t.Errorf("%d rows, %v", n, err)
	}
	var who int
	if err := pool.QueryRowContext(t.Context(), "UPDATE t SET who = 3 WHERE who = @who RETURNING who", sql.Named("who", 2)).Scan(&who); err != nil || who != 3 {
		t.Errorf("UPDATE … RETURNING gave %d, %v", who, err)
	}
	for who, commit := range map[int]bool{-1: true, -2: false} {
		tx, err := pool.BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tx.Exec("INSERT INTO t (who) VALUES (?)", who); err != nil {
			t.Fatal(err)
		}
		end, want := tx.Rollback, 0
		if commit {
			end, want = tx.Commit, 1
		}
		if err := end(); err != nil {
			t.Fatal(err)
		}
		if n := count(t, d, "SELECT count(*) FROM t WHERE who = $1", who); n != want {
			t.Errorf("commit %v: %d rows", commit, n)
		}
	}
	prepared, err := pool.PrepareContext(t.Context(), "SELECT who FROM t WHERE who > ? ORDER BY who")
	if err != nil {
		t.Fatal(err)
	}
	defer prepared.Close()
	rows, err := prepared.QueryContext(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var got []int
	for rows.Next() {
		if err := rows.Scan(&who); err != nil {
			t.Fatal(err)
		}
		got = append(got, who)
	}
	if diff := cmp.Diff([]int{3}, got); diff != "" || rows.Err() != nil {
		t.Errorf("rows (-want +got):\n%s%v", diff, rows.Err())
	}
}

// What fails is rolled back, and the next one has its turn.
func TestSQLFailures(t *testing.T) {
	t.Parallel()
	d, _ := counter(t, "")
	pool := sqlDB(t, d)
	_, err := pool.ExecContext(t.Context(), "INSERT INTO t (id, who) VALUES (1, 1), (1, 2)")
	if db.ClassOf(err) != db.Unique {
		t.Errorf("the class of %v is lost", err)
	}
	for _, statement := range []string{"COMMIT", "BEGIN", "ATTACH 'x' AS y", "SELECT missing", "", "SELECT 1; SELECT 2", "INSERT INTO t (who) VALUES ($1)"} {
		if _, err := pool.ExecContext(t.Context(), statement); err == nil {
			t.Errorf("%q succeeded", statement)
		}
	}
	if _, err := pool.QueryContext(t.Context(), "SELECT missing"); err == nil {
		t.Error("a wrong SELECT succeeded")
	}
	if _, err := pool.ExecContext(t.Context(), "INSERT INTO t (who) VALUES (?)", make(chan int)); err == nil {
		t.Error("a channel was stored")
	}
	if _, err := pool.BeginTx(t.Context(), &sql.TxOptions{ReadOnly: true}); err == nil {
		t.Error("a transaction that only reads was begun")
	}
	do(t, d, "INSERT INTO t (who) VALUES (5)")
	if n := count(t, d, "SELECT count(*) FROM t"); n != 1 {
		t.Errorf("%d rows, not the session's alone", n)
	}
}

// A transaction keeps sessions waiting, not readers and not a SELECT.
func TestSQLTurn(t *testing.T) {
	t.Parallel()
	d, _ := counter(t, "")
	pool := sqlDB(t, d)
	tx, err := pool.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec("INSERT INTO t (who) VALUES (1)"); err != nil {
		t.Fatal(err)
	}
	written := make(chan error)
	go func() { written <- insert(t.Context(), d, 0) }()
	go func() {
		_, err := pool.ExecContext(t.Context(), "INSERT INTO t (who) VALUES (2)")
		written <- err
	}()
	select {
	case err := <-written:
		t.Errorf("written while a transaction was open: %v", err)
	case <-time.After(50 * time.Millisecond):
	}
	var n int
	if err := pool.QueryRowContext(t.Context(), "SELECT count(*) FROM t").Scan(&n); err != nil || n != 0 {
		t.Errorf("%d rows before the commit, %v", n, err)
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := <-written; err != nil {
			t.Error(err)
		}
	}
	if n := count(t, d, "SELECT count(*) FROM t"); n != 3 {
		t.Errorf("%d rows", n)
	}
}

// A turn ends with the context of its transaction, whoever forgot it.
func TestSQLForgotten(t *testing.T) {
	t.Parallel()
	d, _ := counter(t, "")
	pool := sqlDB(t, d)
	for range 2 * 4 { // more than there are connections
		ctx, cancel := context.WithCancel(t.Context())
		tx, err := pool.BeginTx(ctx, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tx.ExecContext(ctx, "INSERT INTO t (who) VALUES (1)"); err != nil {
			t.Fatal(err)
		}
		cancel()
	}
	do(t, d, "INSERT INTO t (who) VALUES (2)")
	if n := count(t, d, "SELECT count(*) FROM t"); n != 1 {
		t.Errorf("%d rows: a transaction without an end was committed", n)
	}
}

// Whoever waits for a turn gives up with its context, and has none then.
func TestSQLGivesUp(t *testing.T) {
	t.Parallel()
	d, _ := counter(t, "")
	pool := sqlDB(t, d)
	err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
		if _, err := s.Exec(ctx, "INSERT INTO t (who) VALUES (1)"); err != nil {
			return err
		}
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				ctx, cancel := context.WithTimeout(context.Background(), 30*time.Millisecond)
				defer cancel()
				if _, err := pool.BeginTx(ctx, nil); !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("BeginTx while a session writes: %v", err)
				}
				if _, err := pool.ExecContext(ctx, "INSERT INTO t (who) VALUES (2)"); !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("Exec while a session writes: %v", err)
				}
			})
		}
		wg.Wait()
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := pool.ExecContext(t.Context(), "INSERT INTO t (who) VALUES (3)"); err != nil {
		t.Error(err)
	}
	if n := count(t, d, "SELECT sum(who) FROM t"); n != 4 {
		t.Errorf("the sum is %d", n)
	}
}

func TestTx(t *testing.T) {
	t.Parallel()
	other := errors.New("the library's own error")
	for name, c := range map[string]struct {
		f    func(ctx context.Context, tx *sql.Tx) error
		rows int   // afterwards, with the one that the session wrote
		is   error // in the tree of what Tx returns
	}{
		"success": {rows: 2, f: func(ctx context.Context, tx *sql.Tx) error { return nil }},
		"committed by itself": {is: sql.ErrTxDone, f: func(ctx context.Context, tx *sql.Tx) error {
			return tx.Commit()
		}},
		"an error": {is: other, f: func(ctx context.Context, tx *sql.Tx) error { return other }},
		"rolled back by itself": {is: sql.ErrTxDone, f: func(ctx context.Context, tx *sql.Tx) error {
			return tx.Rollback()
		}},
		"a failure that is swallowed": {f: func(ctx context.Context, tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, "INSERT INTO missing VALUES (1)")
			if err == nil {
				t.Error("a wrong statement succeeded")
			}
			return nil
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, _ := counter(t, "")
			var got error
			err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
				if _, err := s.Exec(ctx, "INSERT INTO t (who) VALUES (1)"); err != nil {
					return err
				}
				got = sqlite.Tx(ctx, s, func(tx *sql.Tx) error {
					rows, err := tx.QueryContext(ctx, "INSERT INTO t (who) SELECT who + 1 FROM t RETURNING who")
					if err != nil {
						return err
					}
					defer rows.Close()
					return c.f(ctx, tx)
				})
				return nil
			})
			if !errors.Is(got, c.is) || (c.is == nil) != (got == nil) {
				t.Errorf("Tx returned %v", got)
			}
			if failed := c.rows == 0; failed != (err != nil) {
				t.Errorf("the session ended with %v", err)
			}
			if n := count(t, d, "SELECT count(*) FROM t"); n != c.rows {
				t.Errorf("%d rows", n)
			}
		})
	}
}

// The end of a request does not reach into a session from another goroutine.
func TestTxCancelled(t *testing.T) {
	t.Parallel()
	d, _ := counter(t, "")
	ctx, cancel := context.WithCancel(t.Context())
	err := d.Do(ctx, func(ctx context.Context, s *db.Session) error {
		return sqlite.Tx(ctx, s, func(tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, "INSERT INTO t (who) VALUES (1)")
			cancel()
			return err
		})
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("the session ended with %v", err)
	}
	if n := count(t, d, "SELECT count(*) FROM t"); n != 0 {
		t.Errorf("%d rows", n)
	}
}

// Native's view has no transactions: the session is one.
func TestNativeBegin(t *testing.T) {
	t.Parallel()
	d, _ := counter(t, "")
	err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
		if _, err := sqlite.Native(s).(*sql.DB).BeginTx(ctx, nil); err == nil {
			t.Error("a transaction was begun")
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// Without a context that ends, the wait for a turn has an end of its own.
func TestSQLWaitsNotForEver(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("it waits for 10 s")
	}
	d, _ := counter(t, "")
	pool := sqlDB(t, d)
	tx, err := pool.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := pool.ExecContext(context.WithoutCancel(t.Context()), "INSERT INTO t (who) VALUES (1)"); db.ClassOf(err) != db.Busy {
		t.Errorf("a statement beside a transaction that goes on: %v", err)
	}
	if err := tx.Rollback(); err != nil {
		t.Error(err)
	}
}
