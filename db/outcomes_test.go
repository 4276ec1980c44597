package db_test

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/errs"
)

// want says what an error is. The zero value is no error.
type want struct {
	is    error    // in its tree
	class db.Class // of the database's failure in its tree
	kind  errs.Kind
}

func (w want) check(t *testing.T, err error) {
	t.Helper()
	if w == (want{}) {
		if err != nil {
			t.Errorf("error %v, want none", err)
		}
		return
	}
	if err == nil || w.is != nil && !errors.Is(err, w.is) || db.ClassOf(err) != w.class || errs.From(err).Kind != w.kind {
		t.Errorf("error %v: class %d, kind %s; want %v, class %d, kind %s", err, db.ClassOf(err), errs.From(err).Kind, w.is, w.class, w.kind)
	}
}

// outcome is a way in which a function ends that has written the note mine.
type outcome struct {
	f      func(ctx context.Context, s *db.Session, mine string) error
	commit bool // what it wrote stays
	want   want // what the unit returns
	nested want // what Nested returns
	leaves bool // it never returns: a panic, or the end of its goroutine
}

// again writes a note that is there already and returns the failure.
func again(ctx context.Context, s *db.Session, mine string) error {
	err := write(ctx, s, mine)
	if err == nil {
		panic("a statement that must fail did not")
	}
	return err
}

var outcomes = map[string]outcome{
	"success": {
		f:      func(context.Context, *db.Session, string) error { return nil },
		commit: true,
	},
	"an error": {
		f:      func(context.Context, *db.Session, string) error { return errPlain },
		want:   want{is: errPlain},
		nested: want{is: errPlain},
	},
	"a declared error": {
		f:      func(context.Context, *db.Session, string) error { return errTaken.Here() },
		want:   want{is: errTaken, kind: errs.Conflict},
		nested: want{is: errTaken, kind: errs.Conflict},
	},
	"Keep": {
		f:      func(context.Context, *db.Session, string) error { return db.Keep(errTaken.Here()) },
		commit: true,
		want:   want{is: errTaken, kind: errs.Conflict},
		nested: want{is: errTaken, kind: errs.Conflict},
	},
	"a failed statement": {
		f:      again,
		want:   want{class: db.Unique, kind: errs.Conflict},
		nested: want{class: db.Unique, kind: errs.Conflict},
	},
	"a failed statement, explained": {
		f: func(ctx context.Context, s *db.Session, mine string) error {
			return errTaken.Wrap(again(ctx, s, mine))
		},
		want:   want{is: errTaken, class: db.Unique, kind: errs.Conflict},
		nested: want{is: errTaken, class: db.Unique, kind: errs.Conflict},
	},
	"a failed statement, swallowed": {
		f: func(ctx context.Context, s *db.Session, mine string) error {
			_ = again(ctx, s, mine)
			return nil
		},
		want:   want{is: db.ErrSwallowed, class: db.Unique},
		nested: want{class: db.Unique, kind: errs.Conflict},
	},
	"a failed statement, swallowed, and another": {
		f: func(ctx context.Context, s *db.Session, mine string) error {
			_ = again(ctx, s, mine)
			return write(ctx, s, mine+" more")
		},
		want:   want{is: db.ErrFailed},
		nested: want{is: db.ErrFailed},
	},
	"a failed statement, swallowed, and Keep": {
		f: func(ctx context.Context, s *db.Session, mine string) error {
			_ = again(ctx, s, mine)
			return db.Keep(errTaken.Here())
		},
		want:   want{is: errTaken},
		nested: want{class: db.Unique, kind: errs.Conflict},
	},
	"a missing row": {
		f: func(ctx context.Context, s *db.Session, mine string) error {
			err := s.QueryRow(ctx, "SELECT body FROM notes WHERE body = $1", mine+" not").Scan(new(string))
			if !errors.Is(err, db.ErrNoRows) {
				return errors.Join(errors.New("no ErrNoRows"), err)
			}
			return nil
		},
		commit: true,
	},
	"rows left open": {
		f: func(ctx context.Context, s *db.Session, mine string) error {
			rows, err := s.Query(ctx, "SELECT body FROM notes")
			if err == nil && !rows.Next() {
				return errors.New("no row")
			}
			return err
		},
		commit: true,
	},
	"panic": {
		f:      func(context.Context, *db.Session, string) error { panic(errPlain) },
		leaves: true,
	},
	"Goexit": {
		f:      func(context.Context, *db.Session, string) error { runtime.Goexit(); return nil },
		leaves: true,
	},
}

// TestOutcomes is about rows 1, 3, 4, 5 and 6 of the session's table. The cases
// run at the same time on one database, so that one's end is no other's.
func TestOutcomes(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, migrations, func(t *testing.T, d *db.DB) {
		for name, o := range outcomes {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				hooks := 0
				panicked, returned, err := do(t, d, func(ctx context.Context, s *db.Session) error {
					if err := write(ctx, s, name+": mine"); err != nil {
						return err
					}
					s.AfterCommit(func(context.Context) { hooks++ })
					return o.f(ctx, s, name+": mine")
				})
				o.want.check(t, err)
				o.checkLeft(t, name, panicked, returned)
				stays, ran := []string{}, 0
				if o.commit {
					stays, ran = []string{"mine"}, 1
				}
				if got := notes(t, d, name+": "); !cmp.Equal(got, stays) {
					t.Errorf("there are %q, want %q", got, stays)
				}
				if hooks != ran {
					t.Errorf("the function given to AfterCommit ran %d times, want %d", hooks, ran)
				}
			})
		}
	})
}

// checkLeft checks how a function that does not return went on.
func (o outcome) checkLeft(t *testing.T, name string, panicked any, returned bool) {
	t.Helper()
	if returned == o.leaves {
		t.Errorf("Do returned: %v", returned)
	}
	if name == "panic" && panicked != error(errPlain) || name != "panic" && panicked != nil {
		t.Errorf("panicked with %v", panicked)
	}
}

func TestTheFirstFailureIsInTheLog(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, migrations, func(t *testing.T, d *db.DB) {
		err := d.Do(t.Context(), outcomes["a failed statement, swallowed, and another"].on("mine"))
		if err == nil || !strings.Contains(strings.ToLower(err.Error()), "unique") {
			t.Errorf("%v does not say which failure came first", err)
		}
	})
}

// on returns the outcome as a function for Do, with the note that it writes.
func (o outcome) on(mine string) func(context.Context, *db.Session) error {
	return func(ctx context.Context, s *db.Session) error {
		if err := write(ctx, s, mine); err != nil {
			return err
		}
		return o.f(ctx, s, mine)
	}
}

// TestAnUnusedUnitTakesNoConnection is row 2: units that run no statement go on
// while others have all connections.
func TestAnUnusedUnitTakesNoConnection(t *testing.T) {
	t.Parallel()
	idle := func(t *testing.T, d *db.DB) {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		hooks := 0
		err := d.Do(ctx, func(_ context.Context, s *db.Session) error {
			s.AfterCommit(func(context.Context) { hooks++ })
			return nil
		})
		if err != nil || hooks != 1 {
			t.Errorf("session: %v, %d hooks", err, hooks)
		}
		if err := d.Read(ctx, func(context.Context, *db.Reader) error { return nil }, db.Snapshot); err != nil {
			t.Errorf("reader: %v", err)
		}
	}
	for name, url := range map[string]func(*testing.T) string{
		"sqlite":   func(t *testing.T) string { return dbtest.SQLiteURL(t, migrations) + "&readers=1" },
		"postgres": func(t *testing.T) string { return dbtest.PostgresURL(t, migrations) + "&pool_max_conns=1" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := dbtest.Open(t, url(t))
			err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
				if err := write(ctx, s, "mine"); err != nil {
					return err
				}
				return d.Read(t.Context(), func(ctx context.Context, r *db.Reader) error {
					rows, err := r.Query(ctx, "SELECT body FROM notes")
					if err == nil {
						idle(t, d)
						rows.Close()
					}
					return err
				})
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
}

// TestAClientThatHasGone is row 7: a request that ends before COMMIT is rolled
// back, whatever its function returns.
func TestAClientThatHasGone(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, migrations, func(t *testing.T, d *db.DB) {
		for name, returned := range map[string]error{"nil": nil, "Keep": db.Keep(errTaken)} {
			ctx, cancel := context.WithCancel(t.Context())
			hooks := 0
			err := d.Do(ctx, func(ctx context.Context, s *db.Session) error {
				s.AfterCommit(func(context.Context) { hooks++ })
				err := write(ctx, s, "mine")
				cancel()
				return errors.Join(err, returned)
			})
			if !errors.Is(err, context.Canceled) || hooks > 0 {
				t.Errorf("%s: %v, %d hooks", name, err, hooks)
			}
			if got := notes(t, d, ""); len(got) > 0 {
				t.Errorf("%s: there are %q", name, got)
			}
		}
	})
}
