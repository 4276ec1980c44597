package db

import (
	"context"
	"slices"
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
	// of ROLLBACK changes nothing. A unit that is refused something with an
	// *Error of class Contended is run again at once, as often as that happens,
	// unless it is tried once only (a.Attempts).
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
	Writes   bool      // it is a session's, else a reader's
	Keeps    bool      // it has a transaction, and with it a connection, from its first statement to its end
	Number   int       // from 1
	Last     *Attempt  // the one before, which was in vain; nil for the first
	Attempts int       // how often the unit is tried that conflicts with others, at most
	Began    time.Time // when its function was called

	Statements int           // sent so far; BEGIN, COMMIT and ROLLBACK do not count
	SQL        string        // the last one sent, or the COMMIT or ROLLBACK behind it
	Previous   string        // the one before SQL
	Sent       time.Time     // when SQL was sent
	First      time.Time     // when the first one was sent
	Ended      time.Time     // when the one before SQL, or SQL itself, had ended
	Waited     time.Duration // for connections so far, within the time of its statements
	Refused    bool          // an observer has refused a statement or COMMIT

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

// Observe adds an observer, which is told of the attempts that begin from now on.
func (d *DB) Observe(o Observer) {
	for {
		old := d.observers.Load()
		list := append(slices.Clip(*old), o) // others are reading it
		if d.observers.CompareAndSwap(old, &list) {
			return
		}
	}
}

// attempt is what a unit keeps for observers.
type attempt struct {
	Attempt
	failure   *failure // why it failed; an error of its function may be another unit's
	observers []Observer
	statement []context.Context  // of each observer that was told of the statement
	few       [2]context.Context // the room for them, mostly
}

// next returns the attempt that follows last, which is nil before the first one.
func (d *DB) next(o Options, last *attempt) *attempt {
	a := &attempt{observers: *d.observers.Load(), Attempt: Attempt{Number: 1, Attempts: o.Attempts}}
	a.statement = a.few[:0]
	if last != nil {
		a.Number, a.Last = last.Number+1, &last.Attempt
	}
	return a
}

// begin returns the context for the unit's function, and tells the observers that
// the attempt begins.
func (h *handle) begin(ctx context.Context, a *attempt, writes bool) context.Context {
	h.mark.db = h.db
	h.mark.Context = ctx
	ctx = &h.mark
	h.seen = a
	a.Writes, a.Keeps, a.Began = writes, h.keeps, time.Now()
	for _, o := range a.observers {
		ctx = o.Begin(ctx, &a.Attempt)
	}
	return ctx
}

// statement tells them that a statement is about to be sent, and returns its
// context. after must follow, unless an observer has refused it.
func (h *handle) statement(ctx context.Context, sql string) (context.Context, error) {
	h.seen.Statements++
	ctx, err := h.before(ctx, sql)
	h.note(err)
	return ctx, err
}

// ending is statement for COMMIT and ROLLBACK, which are not sent where there is
// no transaction.
func (h *handle) ending(ctx context.Context, sql string) (context.Context, error) {
	if !h.mark.holds.Load() {
		return ctx, nil
	}
	return h.before(ctx, sql)
}

func (h *handle) before(ctx context.Context, sql string) (context.Context, error) {
	a := h.seen
	a.Previous, a.SQL, a.Sent = a.SQL, sql, time.Now()
	if a.First.IsZero() {
		a.First = a.Sent
	}
	for _, o := range a.observers {
		next, err := o.Before(ctx, &a.Attempt)
		if err != nil {
			a.Refused = sql != "ROLLBACK"
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
	a := h.seen
	if len(a.statement) == 0 {
		return
	}
	a.Ended, a.Waited = time.Now(), h.conn.Waited()
	for i, ctx := range a.statement {
		a.observers[i].After(ctx, &a.Attempt, err)
	}
	a.statement = a.statement[:0]
}

// finish notes that the attempt has ended, and tells them how.
func (h *handle) finish(ctx context.Context, outcome Outcome, err error) {
	h.mark.holds.Store(false)
	a := h.seen
	a.Outcome, a.Err = outcome, err
	for _, o := range a.observers {
		o.End(ctx, &a.Attempt)
	}
}
