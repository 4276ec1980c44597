package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync/atomic"
	"time"

	"modernc.org/sqlite"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/internal/fifo"
)

// writer is the only connection that writes, and the queue of units for it. A
// unit has it from the beginning of its turn to the end, and may find in it the
// transaction of units that have finished before.
type writer struct {
	settings
	groupTime time.Duration
	file      file
	turn      *fifo.Queue
	conn      *conn              // nil after it broke; whoever has the turn opens it again
	checked   time.Time          // when the file was last known to be in its place
	gone      bool               // SQLite rolled the open transaction back by itself
	group     *group             // who waits for its COMMIT, if anybody
	holder    atomic.Pointer[tx] // whose turn it is, from its first statement on
}

func newWriter(ctx context.Context, s settings) (*writer, error) {
	w := &writer{settings: s, groupTime: groupTime, turn: newQueue("the writer", 1, s)}
	create(s.path)
	if err := w.open(ctx, "rwc"); err != nil {
		return nil, err
	}
	err := w.conn.writable()
	if err == nil {
		w.file.info, err = os.Stat(s.path)
	}
	if err != nil {
		return nil, errors.Join(err, w.conn.close())
	}
	w.file.path = s.path
	return w, nil
}

// open opens the connection in a mode of SQLite's: rw, or rwc to create the
// file.
func (w *writer) open(ctx context.Context, mode string) error {
	c, err := w.connect(ctx, mode)
	if err != nil {
		return err
	}
	// Opening waits for other processes in SQLite, but lock does so itself.
	if _, _, err := c.exec(ctx, "PRAGMA busy_timeout = 0", nil); err != nil {
		return errors.Join(err, c.close())
	}
	hooks := c.driver.(sqlite.HookRegisterer)
	hooks.RegisterRollbackHook(func() { w.gone = true })
	hooks.RegisterCommitHook(func() (veto int32) {
		if !c.own {
			veto = 1 // it would make other units' work durable that are told it is lost
		}
		return veto
	})
	w.conn = c
	return nil
}

// together is how long programs wait for each other that open a new file at the
// same time: SQLite refuses those whose changes of the journal meet, and does not
// wait there.
const together = 5 * time.Second

// connect opens the connection, again if another program was in the way.
func (w *writer) connect(ctx context.Context, mode string) (*conn, error) {
	for limit := time.Now().Add(together); ; {
		c, err := connect(ctx, w.dsn(mode, nil, "journal_mode(WAL)", "foreign_keys(ON)", "synchronous("+w.synchronous+")"),
			"BEGIN IMMEDIATE", writing)
		if db.ClassOf(err) != db.Contended || time.Now().After(limit) {
			return c, err
		}
		select {
		case <-time.After(10 * time.Millisecond):
		case <-ctx.Done():
			return nil, err
		}
	}
}

var errOverdue = errors.New("sqlite: the unit's context had ended, and others waited for the writer in vain: its function must end with its context")

// oust takes the turn of a unit that hangs: its context has ended, so that it will
// not be committed, and somebody has waited in vain. It reports false if there is
// none; one whose statement runs does not hang.
func (w *writer) oust() bool {
	t := w.holder.Load()
	if t == nil || t.unit == nil || t.unit.Err() == nil || !t.mu.TryLock() {
		return false
	}
	defer t.mu.Unlock()
	t.expel(errOverdue)
	return true
}

// begin begins the transaction of the unit that has the turn.
func (w *writer) begin(ctx context.Context) error {
	w.gone = false
	if err := w.ready(ctx); err != nil {
		return err
	}
	w.conn.pragma, w.conn.saved = false, false
	return w.lock(ctx)
}

// ready sees to it that there is a connection, and that it is to the file.
func (w *writer) ready(ctx context.Context) error {
	if now := time.Now(); now.Sub(w.checked) > time.Second {
		if err := w.file.moved(db.Full); err != nil {
			return err
		}
		w.checked = now
	}
	if w.conn == nil {
		return w.open(ctx, "rw")
	}
	return nil
}

// lock begins the transaction. It waits for other processes here and not in
// SQLite, which would not notice the end of ctx. There is no queue between processes:
// who looks seldom would never get the lock from one that writes all the time.
func (w *writer) lock(ctx context.Context) error {
	var patience *time.Timer
	for pause := time.Millisecond; ; pause = min(2*pause, 5*time.Millisecond) {
		err := w.conn.control(w.conn.begin)
		if db.ClassOf(err) != db.Contended {
			return w.meaning(err)
		}
		if patience == nil {
			patience = time.NewTimer(w.busyTimeout)
			defer patience.Stop()
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-patience.C:
			return &db.Error{Class: db.TimedOut, Err: fmt.Errorf("sqlite: another process kept the database locked for %v (busy_timeout): %w", w.busyTimeout, err)}
		case <-time.After(pause):
		}
	}
}

// meaning gives an error the class that it has for a unit that writes.
func (w *writer) meaning(err error) error {
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*db.Error](err); ok {
		switch {
		case e.Class == db.ReadOnly:
			e.Class = db.Full // the file cannot be written to any more
		case e.Class == db.Other && w.gone:
			e.Class = db.Contended // out of memory
		}
	}
	return err
}

// commit makes the transaction durable, or undoes it.
func (w *writer) commit() error {
	err := w.meaning(w.conn.control(w.conn.commit))
	if err != nil {
		w.undo()
	}
	return err
}

// undo rolls back. A connection that cannot do that is given up.
func (w *writer) undo() {
	if w.gone {
		return
	}
	if err := w.conn.control(w.conn.rollback); err != nil && !w.gone {
		_ = w.conn.close()
		w.conn = nil
	}
}

// close waits for the unit that has its turn, and closes the connection, which
// moves everything into the database file if no other process uses it.
func (w *writer) close(limit time.Duration) error {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	if !w.turn.Drain(ctx) {
		return fmt.Errorf("sqlite: a unit of work still writes to %s after %v", w.path, limit)
	}
	if w.conn == nil {
		return nil
	}
	// Statistics for queries to come are not worth an error.
	w.conn.own = true
	_, _, _ = w.conn.exec(context.Background(), "PRAGMA optimize", nil)
	return w.conn.close()
}
