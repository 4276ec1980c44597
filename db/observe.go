package db

import (
	"context"
	"time"
)

// Observer is told what units of work do. Metrics, traces and warnings are made
// of it. Its methods are called by many goroutines at the same time, and the
// units wait for them.
type Observer interface {
	// Begin is called before an attempt. The context that it returns is the one
	// that the unit's function gets.
	Begin(ctx context.Context, a *Attempt) context.Context

	// Before is called before a statement is sent, which is a.SQL, and before
	// COMMIT and ROLLBACK. The context that it returns is the statement's. An
	// error that it returns is the statement's, too, which is then not sent; one
	// of ROLLBACK changes nothing.
	Before(ctx context.Context, a *Attempt) (context.Context, error)

	// After is called when the statement has ended, for one with rows when these
	// are closed, with the context that Before returned.
	After(ctx context.Context, a *Attempt, err error)

	// End is called after an attempt, with the context of its function.
	End(ctx context.Context, a *Attempt)
}

// Attempt is one attempt of a unit of work, as observers see it. It changes
// while the attempt goes on, and may be read within an observer's methods only.
type Attempt struct {
	Writes bool      // it is a session's, else a reader's
	Keeps  bool      // it has a transaction, and with it a connection, from its first statement to its end
	Number int       // from 1; above it, the one before was in vain
	Began  time.Time // when its function was called

	Statements int           // sent so far; BEGIN, COMMIT and ROLLBACK do not count
	SQL        string        // the last one sent, or the COMMIT or ROLLBACK behind it
	Previous   string        // the one before SQL
	Sent       time.Time     // when that was sent
	First      time.Time     // when the first one was sent
	Ended      time.Time     // when the one before SQL, or SQL itself, had ended
	Waited     time.Duration // for connections so far, within the time of its statements

	// Of an attempt that has ended:
	Outcome Outcome
	Err     error // what it ends with
}

// Outcome is what became of an attempt.
type Outcome uint8

// The outcomes.
const (
	OutcomeRolledBack Outcome = iota // or a reader that failed
	OutcomeCommitted                 // or a reader that did not fail, or a session that sent nothing
	OutcomeUnknown                   // COMMIT was not answered, and nobody can say what came of it
)

// String returns the outcome's name as metrics and logs have it.
func (o Outcome) String() string {
	return [...]string{"rolled_back", "committed", "unknown"}[o]
}

// Observe adds an observer. It is called before the first unit of work begins.
func (d *DB) Observe(o Observer) { d.observers = append(d.observers, o) }

// attempt is what a unit keeps for observers.
type attempt struct {
	Attempt
	observed  bool               // there are observers
	statement []context.Context  // of each observer that was told of the statement
	few       [2]context.Context // the room for them, mostly
}

// begin returns the context for the unit's function, and tells the observers that
// an attempt begins.
func (h *handle) begin(ctx context.Context, writes bool, number int) context.Context {
	h.mark.db = h.db
	ctx = context.WithValue(ctx, insideKey{}, &h.mark)
	if len(h.db.observers) == 0 {
		return ctx
	}
	a := &h.seen
	a.observed, a.statement = true, a.few[:0]
	a.Writes, a.Keeps, a.Number, a.Began = writes, h.keeps, number, time.Now()
	for _, o := range h.db.observers {
		ctx = o.Begin(ctx, &h.seen.Attempt)
	}
	return ctx
}

// statement tells them that a statement is about to be sent, and returns its
// context. after must follow, unless an observer has refused it.
func (h *handle) statement(ctx context.Context, sql string) (context.Context, error) {
	if !h.seen.observed {
		return ctx, nil
	}
	h.seen.Statements++
	ctx, err := h.before(ctx, sql)
	h.note(err)
	return ctx, err
}

// ending is statement for COMMIT and ROLLBACK, which are not sent where there is
// no transaction.
func (h *handle) ending(ctx context.Context, sql string) (context.Context, error) {
	if !h.seen.observed || !h.mark.holds.Load() {
		return ctx, nil
	}
	return h.before(ctx, sql)
}

func (h *handle) before(ctx context.Context, sql string) (context.Context, error) {
	a := &h.seen
	a.Previous, a.SQL, a.Sent = a.SQL, sql, time.Now()
	if a.First.IsZero() {
		a.First = a.Sent
	}
	for _, o := range h.db.observers {
		next, err := o.Before(ctx, &a.Attempt)
		if err != nil {
			h.after(err)
			return ctx, err
		}
		ctx = next
		a.statement = append(a.statement, ctx)
	}
	return ctx, nil
}

// after tells them that the statement has ended.
func (h *handle) after(err error) {
	a := &h.seen
	if len(a.statement) == 0 {
		return
	}
	a.Ended, a.Waited = time.Now(), h.conn.Waited()
	for i, ctx := range a.statement {
		h.db.observers[i].After(ctx, &a.Attempt, err)
	}
	a.statement = a.statement[:0]
}

// finish notes that the attempt has ended, and tells them how.
func (h *handle) finish(ctx context.Context, outcome Outcome, err error) {
	h.mark.holds.Store(false)
	a := &h.seen
	if !a.observed {
		return
	}
	a.Outcome, a.Err = outcome, err
	for _, o := range h.db.observers {
		o.End(ctx, &a.Attempt)
	}
}
