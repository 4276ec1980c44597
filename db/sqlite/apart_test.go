package sqlite_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/sqlite"
)

// Units cannot get at the savepoint of the engine's, nor at one that another
// unit has left.
func TestSavepoints(t *testing.T) {
	t.Parallel()
	for _, sql := range []string{
		"RELEASE terem_unit", "ROLLBACK TO terem_unit", "SAVEPOINT terem_unit", `ROLLBACK TRANSACTION TO SAVEPOINT "Terem_Unit"`,
		"RELEASE mine", "ROLLBACK TO mine", "RELEASE terem_nested", "ROLLBACK TO terem_nested",
	} {
		t.Run(sql, func(t *testing.T) {
			t.Parallel()
			d, path := patient(t, "")
			before := commits(t, path)
			leaves := func(who int) session {
				return func(ctx context.Context, s *db.Session) error {
					if _, err := s.Exec(ctx, "SAVEPOINT mine"); err != nil {
						return err
					}
					return errors.Join(adds(who)(ctx, s), s.Nested(ctx, adds(who+1)))
				}
			}
			other, ran := make(chan error, 1), 0
			err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error { // the first of all
				ran++
				if err := leaves(1)(ctx, s); err != nil {
					return err
				}
				go func() {
					other <- d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
						if err := adds(-1)(ctx, s); err != nil {
							return err
						}
						_, err := s.Exec(ctx, sql)
						return err
					})
				}()
				await(t, d, 1)
				return nil
			})
			if err != nil || ran != 1 {
				t.Errorf("after %d attempts: %v", ran, err)
			}
			if err := <-other; err == nil {
				t.Error("it succeeded")
			}
			if diff := cmp.Diff([]int{1, 2}, arrived(t, d)); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
			if n := commits(t, path) - before; n != 1 {
				t.Errorf("%d commits", n)
			}
		})
	}
}

// What did not go through the engine's COMMIT is not committed, however it came
// to that.
func TestCommitOfAUnit(t *testing.T) {
	t.Parallel()
	d, _ := counter(t, "")
	if err := sqlite.Outside(d, "INSERT INTO t (who) VALUES (1)"); err == nil {
		t.Error("a statement outside of a transaction succeeded")
	}
	if got := arrived(t, d); len(got) > 0 {
		t.Errorf("there are %v", got)
	}
	if err := insert(t.Context(), d, 2); err != nil {
		t.Error(err)
	}
}

// What a PRAGMA changes until the end of the transaction does not reach another
// unit.
func TestPragmaOfAMember(t *testing.T) {
	t.Parallel()
	d, _ := patient(t, "")
	do(t, d, "CREATE TABLE child (t_id INTEGER REFERENCES t)")
	ended := meet(t, d, func(ctx context.Context, s *db.Session) error {
		_, err := s.Exec(ctx, "PRAGMA defer_foreign_keys = ON")
		return err
	}, func(ctx context.Context, s *db.Session) error {
		_, err := s.Exec(ctx, "INSERT INTO child VALUES (99)")
		if db.ClassOf(err) != db.ForeignKey {
			t.Errorf("the statement ended with %v", err)
		}
		return nil
	})
	if ended[0] != nil || !errors.Is(ended[1], db.ErrSwallowed) {
		t.Error(ended)
	}
}

// A transaction of database/sql shares none with sessions: nobody could run a
// library's code again.
func TestSQLIsAlone(t *testing.T) {
	t.Parallel()
	d, _ := patient(t, "")
	pool := sqlDB(t, d)
	first, last := make(chan error, 1), make(chan error, 1)
	hold(t, d, func() {
		go func() { first <- d.Do(t.Context(), adds(1)) }()
		await(t, d, 1)
		go func() {
			tx, err := pool.BeginTx(t.Context(), nil)
			if err == nil {
				if err := <-first; err != nil {
					t.Error(err)
				}
				_, err = tx.Exec("INSERT INTO t (who) VALUES (2)")
			}
			if err == nil {
				err = tx.Commit()
			}
			last <- err
		}()
		await(t, d, 2)
	})
	if err := <-last; err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff([]int{1, 2}, arrived(t, d)); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}
