package db_test

import (
	"context"
	"database/sql"
	"errors"
	"testing"
	"time"

	"github.com/terem-go/terem/db"
)

// BenchmarkSession is what a session with one statement costs on an engine that
// does nothing, with the observer that every database has.
func BenchmarkSession(b *testing.B) {
	d := db.New(engine{}, db.Config{})
	b.ReportAllocs()
	for b.Loop() {
		err := d.Do(b.Context(), func(ctx context.Context, s *db.Session) error {
			_, err := s.Exec(ctx, "INSERT", 1)
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

// engine is one that does nothing.
type engine struct{}

var errNothing = errors.New("an engine that does nothing")

func (engine) Dialect() db.Dialect        { return db.SQLite }
func (engine) Begin(db.Options) db.Tx     { return tx{} }
func (engine) Read(db.Options) db.Conn    { return tx{} }
func (engine) Replicated() bool           { return false }
func (engine) Ping(context.Context) error { return nil }
func (engine) Migrator() (*sql.DB, error) { return nil, errNothing }
func (engine) Close() error               { return nil }

type tx struct{}

func (tx) Query(context.Context, string, []any) (db.Rows, error) { return nil, errNothing }
func (tx) Exec(context.Context, string, []any) (int64, error)    { return 1, nil }
func (tx) Native(db.Guard) any                                   { return nil }
func (tx) Waited() time.Duration                                 { return 0 }
func (tx) Position() db.Position                                 { return 0 }
func (tx) Commit(context.Context) error                          { return nil }
func (tx) Rollback(context.Context) error                        { return nil }
