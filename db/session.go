package db

import (
	"context"
	"errors"

	"github.com/terem-go/terem/internal/deadline"
)

// Session is a unit of work: what is read and written through it is committed
// or rolled back as one. It takes a connection at its first statement. It
// belongs to one goroutine and ends with the function that it was given to.
type Session struct {
	handle
	tx    Tx
	hooks []func(context.Context)
}

// Reader is a unit of work that can only read. A statement that writes does
// not compile, and SQL that writes is refused by the database.
type Reader struct{ handle }

var (
	_ Execer   = (*Session)(nil)
	_ Copier   = (*Session)(nil)
	_ Inserter = (*Session)(nil)
	_ Querier  = (*Reader)(nil)
	_ Guard    = (*Session)(nil)
)

// Exec runs a statement and returns how many rows it changed. Placeholders are
// $1, $2 … on every engine. Its errors are those of Query.
func (s *Session) Exec(ctx context.Context, sql string, args ...any) (int64, error) {
	ctx, err := s.enter(ctx, sql)
	if err != nil {
		return 0, err
	}
	defer s.leave()
	n, err := s.tx.Exec(ctx, sql, args)
	s.after(err)
	s.note(err)
	return n, err
}

// Copy writes rows in bulk, see Copier. Its errors are those of Query, and
// errors.ErrUnsupported where the engine cannot.
func (s *Session) Copy(ctx context.Context, table string, columns []string, next func() ([]any, error)) (int64, error) {
	c, ok := s.tx.(Copier)
	if !ok {
		return 0, errors.ErrUnsupported
	}
	ctx, err := s.enter(ctx, "COPY "+table)
	if err != nil {
		return 0, err
	}
	defer s.leave()
	n, err := c.Copy(ctx, table, columns, next)
	s.after(err)
	s.note(err)
	return n, err
}

// Insert runs an INSERT and tells the number of its row, see Inserter. Its errors
// are those of Query, and errors.ErrUnsupported where the engine cannot.
func (s *Session) Insert(ctx context.Context, sql string, args []any) (rowid, rows int64, err error) {
	i, ok := s.tx.(Inserter)
	if !ok {
		return 0, 0, errors.ErrUnsupported
	}
	ctx, err = s.enter(ctx, sql)
	if err != nil {
		return 0, 0, err
	}
	defer s.leave()
	rowid, rows, err = i.Insert(ctx, sql, args)
	s.after(err)
	s.note(err)
	return rowid, rows, err
}

// Attempt returns which attempt of its unit of work the session is, from 1. The
// function that got the session of an earlier one has run in vain.
func (s *Session) Attempt() int { return s.seen.Number }

// AfterCommit runs f once the session is committed and, in a request, after the
// response was written: at most once, and not at all when the process dies
// first. What must not be lost is a job. f gets a context of its own that the
// request's end does not cancel; a panic in it is logged and goes no further.
func (s *Session) AfterCommit(f func(ctx context.Context)) { s.hooks = append(s.hooks, f) }

// Nested runs f on the same session inside a savepoint. When f returns an
// error, or one of its statements failed, what f wrote is undone, functions
// that it gave to AfterCommit are dropped, the cause is returned, and the
// session goes on. A conflict with another unit (class Contended) and a lost
// connection cannot be undone this way: they end the whole session.
func (s *Session) Nested(ctx context.Context, f func(ctx context.Context, s *Session) error) error {
	if _, err := s.Exec(ctx, Savepoint); err != nil {
		return err
	}
	hooks := len(s.hooks)
	left := false
	defer func() {
		if !left { // a panic or runtime.Goexit: the whole unit rolls back
			s.Note(errors.New("db: a function given to Nested did not return"))
		}
	}()
	err := f(ctx, s)
	left = true

	s.mu.Lock()
	fault := s.fault
	if s.open != nil {
		s.open.close()
		fault = s.fault
	}
	s.mu.Unlock()
	if fault != nil && (err == nil || isKept(err)) {
		err = fault
	}
	if isKept(err) {
		return errors.Join(err, s.release(ctx))
	}
	if err == nil {
		return s.release(ctx)
	}
	clear(s.hooks[hooks:])
	s.hooks = s.hooks[:hooks]
	switch ClassOf(fault) {
	case Contended, Unreachable, Lost:
		return err
	}
	if undone := s.undo(ctx); undone != nil {
		return errors.Join(err, undone)
	}
	return err
}

// release makes what stands behind the last savepoint part of the session. The end
// of ctx, which may be one for this part only, does not stop it: the savepoint would
// stay, and an outer Nested go back to it instead of its own.
func (s *Session) release(ctx context.Context) error {
	_, err := s.Exec(context.WithoutCancel(ctx), Release)
	return err
}

// undo rolls back to the last savepoint and forgets the failure behind it. The
// request's end does not stop it: the session could not be used otherwise.
func (s *Session) undo(ctx context.Context) error {
	var c deadline.Context
	defer s.db.committing(ctx, &c).End()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended { // a goroutine has outlived it: a statement would take a connection for good
		return ErrEnded
	}
	s.fault = nil
	_, err := s.tx.Exec(&c, "ROLLBACK TO "+Savepoint, nil)
	if err == nil {
		_, err = s.tx.Exec(&c, Release, nil)
	}
	s.note(err)
	return err
}
