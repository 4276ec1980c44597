package db

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"sync/atomic"

	"github.com/terem-go/terem/internal/deadline"
)

// Querier reads. It is a parameter of repository methods that only read, and
// both *Session and *Reader are one.
type Querier interface {
	// Query runs a statement that returns rows. Placeholders are $1, $2 …
	Query(ctx context.Context, sql string, args ...any) (Rows, error)
	// QueryRow runs a statement for its first row. Errors come from Row.Scan.
	QueryRow(ctx context.Context, sql string, args ...any) Row
	// Dialect returns the SQL dialect that statements are written in.
	Dialect() Dialect
}

// Execer reads and writes. It is a parameter of repository methods that write.
type Execer interface {
	Querier
	// Exec runs a statement and returns how many rows it changed.
	Exec(ctx context.Context, sql string, args ...any) (int64, error)
}

// handle is what sessions and readers have in common: who may use it when, and
// what failed.
type handle struct {
	db    *DB
	conn  Conn
	keeps bool // its connection from the first statement on: it has a transaction
	mark  mark
	last  deadline.Context // of COMMIT or ROLLBACK
	seen  *attempt         // what observers see

	mu     sync.Mutex // held while a statement runs
	ended  bool
	open   *rows // the rows that are being read
	fault  error // the first failed statement
	misuse atomic.Bool
}

// Dialect returns the SQL dialect of the session's database.
func (h *handle) Dialect() Dialect { return h.db.engine.Dialect() }

// Query runs a statement that returns rows. Placeholders are $1, $2 … on every
// engine. Besides the database's errors (*Error) it returns ErrEnded,
// ErrConcurrent, ErrRowsOpen and ErrFailed.
func (h *handle) Query(ctx context.Context, sql string, args ...any) (Rows, error) {
	ctx, err := h.enter(ctx, sql)
	if err != nil {
		return nil, err
	}
	defer h.leave()
	r, err := h.conn.Query(ctx, sql, args)
	if err != nil {
		h.after(err)
		h.note(err)
		return nil, err
	}
	h.open = &rows{h: h, rows: r}
	return h.open, nil
}

// QueryRow runs a statement for its first row. Row.Scan returns the errors of
// Query, and ErrNoRows.
func (h *handle) QueryRow(ctx context.Context, sql string, args ...any) Row {
	r, err := h.Query(ctx, sql, args...)
	return Row{rows: r, err: err}
}

// Native returns the method set of the engine's own driver, in its own types:
// what sqlc generates against. db/postgres and db/sqlite each have a function
// Native that returns it typed. Statements through it count as any other.
func (h *handle) Native() any { return h.conn.Native(h) }

// Statement implements Guard.
func (h *handle) Statement(ctx context.Context, sql string, f func(context.Context) error) error {
	ctx, err := h.enter(ctx, sql)
	if err != nil {
		return err
	}
	defer h.leave()
	err = f(ctx)
	h.after(err)
	h.note(err)
	return err
}

// Note implements Guard.
func (h *handle) Note(err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.note(err)
}

// enter locks the handle for a statement, whose context it returns, or says why
// it cannot be used.
func (h *handle) enter(ctx context.Context, sql string) (context.Context, error) {
	if !h.mu.TryLock() {
		h.misuse.Store(true)
		return ctx, ErrConcurrent
	}
	err := h.usable(ctx)
	if err == nil {
		ctx, err = h.statement(ctx, sql)
	}
	switch {
	case err != nil:
		h.mu.Unlock()
	case h.keeps:
		h.mark.holds.Store(true)
	}
	return ctx, err
}

var errPanicked = errors.New("db: a statement did not return: a method of one of its arguments panicked")

// leave unlocks the handle after a statement. One that did not return has failed.
func (h *handle) leave() {
	if h.open == nil && len(h.seen.statement) > 0 {
		h.after(errPanicked)
		h.note(errPanicked)
	}
	h.mu.Unlock()
}

func (h *handle) usable(ctx context.Context) error {
	switch {
	case h.ended:
		h.db.config.Logger.ErrorContext(ctx, ErrEnded.Error(), slog.String("stack", string(debug.Stack())))
		return ErrEnded
	case h.open != nil:
		return ErrRowsOpen
	case h.fault != nil:
		return fmt.Errorf("%w: %v", ErrFailed, h.fault) // its text, not what it means
	}
	return ctx.Err()
}

// note remembers the first failure. A missing row is none, nor is a statement
// that an engine refused because rows of its own method set are open.
func (h *handle) note(err error) {
	if err != nil && h.fault == nil && !errors.Is(err, ErrNoRows) && !errors.Is(err, ErrRowsOpen) {
		h.fault = err
	}
}

// end forbids further use, waiting for a statement that another goroutine
// runs, and closes rows that were left open.
func (h *handle) end() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ended = true
	if h.open != nil {
		h.open.close()
	}
}
