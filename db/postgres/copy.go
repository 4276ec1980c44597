package postgres

import (
	"context"
	"fmt"
	"runtime/debug"

	"github.com/jackc/pgx/v5"

	"github.com/terem-go/terem/db"
)

var _ db.Copier = (*unit)(nil)

// Copy implements db.Copier.
func (u *unit) Copy(ctx context.Context, table string, columns []string, next func() ([]any, error)) (int64, error) {
	return u.copyFrom(ctx, pgx.Identifier{table}, columns, pgx.CopyFromFunc(next))
}

func (u *unit) copyFrom(ctx context.Context, table pgx.Identifier, columns []string, src pgx.CopyFromSource) (int64, error) {
	c, err := u.acquire(ctx, true)
	if err != nil {
		return 0, err
	}
	if err := u.flush(ctx, c); err != nil { // COPY is sent by the simple protocol
		return 0, err
	}
	s := &source{CopyFromSource: src}
	n, err := c.CopyFrom(ctx, table, columns, s)
	err = u.settle(ctx, err)
	if s.panicked != nil {
		panic(s.panicked)
	}
	return n, err
}

// source is a source whose panics are kept for the unit's goroutine: pgx reads it in
// one of its own, where they would end the process.
type source struct {
	pgx.CopyFromSource
	panicked error // with the stack of the other goroutine
}

func (s *source) Next() (more bool) {
	defer s.rescue()
	return s.CopyFromSource.Next()
}

func (s *source) Values() (row []any, err error) {
	defer s.rescue()
	return s.CopyFromSource.Values()
}

func (s *source) Err() error {
	if s.panicked != nil {
		return s.panicked
	}
	return s.CopyFromSource.Err()
}

func (s *source) rescue() {
	if p := recover(); p != nil {
		s.panicked = fmt.Errorf("postgres: what gives the rows of a COPY panicked: %v\n\n%s", p, debug.Stack())
	}
}
