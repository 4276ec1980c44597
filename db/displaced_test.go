package db_test

import (
	"context"
	"database/sql"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/errs"
)

// fake is an engine whose transactions fail where a test says, and cost nothing.
type fake struct {
	alone                  []bool // of each transaction
	exec, commit, rollback func(attempt int) error
}

func (f *fake) Dialect() db.Dialect { return db.SQLite }
func (f *fake) Begin(o db.Options) db.Tx {
	f.alone = append(f.alone, o.Alone)
	return f
}
func (f *fake) Read(db.Options) db.Conn                               { return f }
func (f *fake) Replicated() bool                                      { return false }
func (f *fake) Position() db.Position                                 { return 0 }
func (f *fake) Ping(context.Context) error                            { return nil }
func (f *fake) Migrator() (*sql.DB, error)                            { return nil, errPlain }
func (f *fake) Close() error                                          { return nil }
func (f *fake) Query(context.Context, string, []any) (db.Rows, error) { return nil, errPlain }
func (f *fake) Exec(context.Context, string, []any) (int64, error)    { return 1, f.fail(f.exec) }
func (f *fake) Native(db.Guard) any                                   { return nil }
func (f *fake) Waited() time.Duration                                 { return 0 }
func (f *fake) Commit(context.Context) error                          { return f.fail(f.commit) }
func (f *fake) Rollback(context.Context) error                        { return f.fail(f.rollback) }

func (f *fake) fail(when func(attempt int) error) error {
	if when == nil {
		return nil
	}
	return when(len(f.alone))
}

// A unit that lost its place in a transaction that it shared is tried again
// alone, and that is no attempt of its own.
func TestDisplaced(t *testing.T) {
	t.Parallel()
	conflict := func(displaced bool) error {
		return &db.Error{Class: db.Contended, Displaced: displaced, Err: errPlain}
	}
	first := func(attempt int) error {
		if attempt == 1 {
			return conflict(true)
		}
		return nil
	}
	always := func(int) error { return conflict(true) }
	thenConflicts := func(attempt int) error { return conflict(attempt == 1) }
	for name, c := range map[string]struct {
		engine   fake
		returned error // by the function
		opts     []db.Option
		alone    []bool // in each attempt
		want     want
	}{
		"by a statement":             {engine: fake{exec: first}, alone: []bool{false, true}},
		"by COMMIT":                  {engine: fake{commit: first}, alone: []bool{false, true}},
		"after the function's error": {engine: fake{rollback: first}, returned: errTaken, alone: []bool{false, true}, want: want{is: errTaken, kind: errs.Conflict}},
		"and then by conflicts": {engine: fake{commit: thenConflicts}, alone: []bool{false, true, true, true},
			want: want{class: db.Contended, kind: errs.Unavailable}},
		"even when alone": {engine: fake{commit: always}, alone: []bool{false, true, true, true},
			want: want{class: db.Contended, kind: errs.Unavailable}},
		"with two attempts": {engine: fake{commit: thenConflicts}, opts: []db.Option{db.Attempts(2)}, alone: []bool{false, true, true},
			want: want{class: db.Contended, kind: errs.Unavailable}},
		"with one attempt, which shares nothing": {engine: fake{commit: always}, opts: []db.Option{db.Attempts(1)}, alone: []bool{true},
			want: want{class: db.Contended, kind: errs.Unavailable}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := db.New(&c.engine, db.Config{})
			hooks := 0
			err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
				s.AfterCommit(func(context.Context) { hooks++ })
				_, _ = s.Exec(ctx, "")
				return c.returned
			}, c.opts...)
			c.want.check(t, err)
			if diff := cmp.Diff(c.alone, c.engine.alone); diff != "" {
				t.Errorf("alone in each attempt (-want +got):\n%s", diff)
			}
			if (err == nil) != (hooks == 1) {
				t.Errorf("%d hooks", hooks)
			}
		})
	}
}

// The end of the request ends the attempts.
func TestDisplacedAndGone(t *testing.T) {
	t.Parallel()
	ctx, leave := context.WithCancel(t.Context())
	engine := &fake{exec: func(int) error {
		leave()
		return &db.Error{Class: db.Contended, Displaced: true, Err: errPlain}
	}}
	err := db.New(engine, db.Config{}).Do(ctx, func(ctx context.Context, s *db.Session) error {
		_, err := s.Exec(ctx, "")
		return err
	})
	if !errors.Is(err, errPlain) || len(engine.alone) != 1 {
		t.Errorf("after %d attempts: %v", len(engine.alone), err)
	}
}

// What a unit of work costs by itself.
func BenchmarkUnit(b *testing.B) {
	engine := &fake{}
	d := db.New(engine, db.Config{})
	ctx, cancel := context.WithCancel(b.Context())
	defer cancel()
	b.ReportAllocs()
	for b.Loop() {
		engine.alone = engine.alone[:0]
		err := d.Do(ctx, func(ctx context.Context, s *db.Session) error {
			_, err := s.Exec(ctx, "UPDATE users SET name = $1 WHERE id = $2", "Ann", 500)
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}
