package db

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"github.com/terem-go/terem/internal/deadline"
)

// Do runs f in a session and commits it when f returns nil, then runs what f
// gave to AfterCommit. When f returns an error, panics or ends its goroutine,
// or when a statement failed and f did not say so (ErrSwallowed), the session
// is rolled back, and the error returned.
//
// A session that conflicts with another one is run again with a new session,
// three times by default, and so is one whose connection was lost before
// COMMIT, once, or that another one undid: f must set what it captures afresh
// each time. An error wrapped by Keep is returned after a commit. ErrInside is
// returned when ctx comes from another unit's function.
func (d *DB) Do(ctx context.Context, f func(ctx context.Context, s *Session) error, opts ...Option) error {
	c, err := d.Unit(ctx, f, opts...)
	c.Run()
	return err
}

// Unit is Do for a server, which answers before the functions given to
// AfterCommit run: it returns them instead of running them.
func (d *DB) Unit(ctx context.Context, f func(ctx context.Context, s *Session) error, opts ...Option) (Committed, error) {
	c := Committed{db: d, ctx: ctx}
	o := options(opts)
	err := d.attempts(ctx, o, func(ctx context.Context, o Options, a *attempt) (err error) {
		tx := d.engine.Begin(o)
		s := &Session{handle: handle{db: d, conn: tx, keeps: true}, tx: tx}
		c.hooks, err = s.run(s.begin(ctx, a, true), f)
		return err
	})
	return c, err
}

// Read runs f with a reader. A read that fails because a connection was lost
// is run again once. ErrInside is returned when ctx comes from another unit's
// function.
func (d *DB) Read(ctx context.Context, f func(ctx context.Context, r *Reader) error, opts ...Option) error {
	o := options(opts)
	if d.replicas {
		o.place(ctx)
	}
	return d.attempts(ctx, o, func(ctx context.Context, o Options, a *attempt) error {
		r := &Reader{handle{db: d, conn: d.engine.Read(o), keeps: o.Snapshot}}
		return r.run(r.begin(ctx, a, false), f)
	})
}

// insideKey is the key of the context of a unit's function: its value is the mark,
// so that a second unit inside it is refused.
type insideKey struct{}

// mark is the context of a unit's function, and what may be known of the unit by
// it.
type mark struct {
	context.Context
	holds atomic.Bool // a transaction, and with it a connection
	db    *DB
}

// Value implements context.Context.
func (m *mark) Value(key any) any {
	if key == (insideKey{}) {
		return m
	}
	return m.Context.Value(key)
}

// AfterFunc is what context.AfterFunc looks for: what it gets from the context of
// a request costs no goroutine for each statement.
func (m *mark) AfterFunc(f func()) (stop func() bool) {
	if c, ok := m.Context.(interface{ AfterFunc(func()) func() bool }); ok {
		return c.AfterFunc(f)
	}
	return context.AfterFunc(m.Context, f)
}

// UnitOf returns the context of the unit of work whose function a context comes
// from: when it has ended, the unit will not be committed. It is nil for one that
// comes from none. It is for engines.
func UnitOf(ctx context.Context) context.Context {
	if m, ok := ctx.Value(insideKey{}).(*mark); ok {
		return m.Context
	}
	return nil
}

// attempts runs one until it succeeds, fails for good, or was tried often
// enough.
func (d *DB) attempts(ctx context.Context, o Options, one func(ctx context.Context, o Options, a *attempt) error) error {
	if ctx.Value(insideKey{}) != nil {
		return ErrInside
	}
	if o.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, o.Timeout)
		defer cancel()
	}
	var a *attempt
	for n := 1; ; n++ {
		a = d.next(o, a)
		err := one(ctx, o, a)
		f := a.failure
		if f == nil {
			return err
		}
		again := false
		switch {
		case f.displaced && !o.Alone && ctx.Err() == nil:
			o.Alone = true
			n--
			continue
		case f.refused && f.class == Contended && o.Attempts > 1 && ctx.Err() == nil:
			n--
			continue
		case f.class == Contended:
			again = n < o.Attempts
		case f.class == Unreachable:
			again = n < min(o.Attempts, 2)
		}
		if !again || !pause(ctx, n) {
			return err
		}
		o.Replica = false // another one may fail in the same way
	}
}

// failure is the error of an attempt that failed at the database, whatever the
// function made of it.
type failure struct {
	class     Class
	displaced bool
	refused   bool // by an observer
	err       error
}

var errNoReturn = errors.New("db: the unit's function did not return: it panicked, or ended its goroutine")

func (f *failure) Error() string { return f.err.Error() }
func (f *failure) Unwrap() error { return f.err }

// pause waits a random time before attempt n+1, up to 10 ms, then 20 ms, then
// 40 ms …, so that units that conflict do not meet again. It reports false when
// ctx ends first.
func pause(ctx context.Context, n int) bool {
	t := time.NewTimer(rand.N(10 * time.Millisecond << min(n-1, 6))) // #nosec G404 -- nobody gains by guessing a pause
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// run makes one attempt: f, and then COMMIT or ROLLBACK.
func (s *Session) run(ctx context.Context, f func(context.Context, *Session) error) (_ []func(context.Context), err error) {
	outcome, returned := OutcomeRolledBack, false
	defer func() {
		if !returned { // a panic or runtime.Goexit goes on after the rollback
			s.end()
			_ = s.rollback(ctx)
			err = errNoReturn
		}
		s.finish(ctx, outcome, err)
	}()
	err = f(ctx, s)
	returned = true
	s.end()
	if verdict := s.verdict(ctx, err); verdict != nil {
		// A rollback that fails changes nothing, since the server undoes what a
		// lost connection began, unless f has judged by what another unit wrote
		// and did not commit.
		if undone, ok := errors.AsType[*Error](s.rollback(ctx)); ok && undone.Displaced {
			return nil, s.failed(undone, undone)
		}
		return nil, verdict
	}
	if fault := s.commit(ctx); fault != nil {
		if ClassOf(fault) == Lost {
			outcome = OutcomeUnknown
			s.tell(ctx)
		}
		return nil, s.failed(fault, fault)
	}
	outcome = OutcomeCommitted
	s.tell(ctx)
	return s.hooks, err // nil, or what Keep wraps
}

// committing begins a context for COMMIT and ROLLBACK, which the end of the
// request does not end but Config.CommitTimeout does.
func (d *DB) committing(ctx context.Context, c *deadline.Context) *deadline.Context {
	c.Begin(context.WithoutCancel(ctx), d.config.CommitTimeout)
	return c
}

func (s *Session) commit(ctx context.Context) error {
	c := s.db.committing(ctx, &s.last)
	defer c.End()
	sent, err := s.ending(c, "COMMIT")
	if err != nil {
		_ = s.conn.Rollback(c)
		return err
	}
	err = s.tx.Commit(sent)
	s.after(err)
	return err
}

func (h *handle) rollback(ctx context.Context) error {
	c := h.db.committing(ctx, &h.last)
	defer c.End()
	sent, _ := h.ending(c, "ROLLBACK")
	err := h.conn.Rollback(sent)
	h.after(err)
	return err
}

// run makes one attempt.
func (r *Reader) run(ctx context.Context, f func(context.Context, *Reader) error) (err error) {
	outcome, returned := OutcomeRolledBack, false
	defer func() {
		r.end()
		_ = r.rollback(ctx)
		if !returned {
			err = errNoReturn
		}
		r.finish(ctx, outcome, err)
	}()
	err = f(ctx, r)
	returned = true
	r.end()
	if verdict := r.verdict(ctx, err); verdict != nil {
		return verdict
	}
	outcome = OutcomeCommitted
	return err
}

// verdict returns why the unit must not be committed, or nil. It goes by what
// was seen at the database, not only by what the function returned.
func (h *handle) verdict(ctx context.Context, err error) error {
	switch {
	case h.misuse.Load():
		return errInternal.Wrap(errors.Join(ErrConcurrent, err))
	case h.fault != nil && err != nil:
		return h.failed(h.fault, err)
	case h.fault != nil:
		return h.failed(h.fault, fmt.Errorf("%w: %w", ErrSwallowed, h.fault))
	case err != nil && !isKept(err):
		return err
	}
	return ctx.Err()
}

// failed returns err with the class of what failed at the database. A failure
// that passes by itself means just that to the caller, whatever the function
// made of it.
func (h *handle) failed(fault, err error) error {
	f := &failure{err: err, refused: h.seen.Refused}
	h.seen.failure = f
	e, ok := errors.AsType[*Error](fault)
	if ok {
		f.class, f.displaced = e.Class, e.Displaced
	}
	switch {
	case f.class == Contended, f.class == Unreachable:
		f.err = e.Meaning().Wrap(err)
	case errors.Is(err, ErrSwallowed), isKept(err):
		f.err = errInternal.Wrap(err)
	}
	return f
}
