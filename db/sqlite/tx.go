package sqlite

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/terem-go/terem/db"
)

// tx is a unit of work that writes. It has the writer from its first statement
// on: in a transaction of its own, or in a savepoint of one in which others have
// finished. Its statements run to their end whatever becomes of the context:
// SQLite would answer an interruption by rolling the whole transaction back.
type tx struct {
	writer *writer
	wait   time.Duration // how long it waits for its turn
	waited time.Duration // how long it has
	alone  bool          // it shares its transaction with no other
	native native
	unit   context.Context // see db.UnitOf

	mu       sync.Mutex  // held while a statement runs
	turn     bool        // it has the writer
	group    *group      // whose writes it has seen, and whose member it may be
	lost     error       // why it can only be rolled back
	rows     *rows       // those that are open
	patience *time.Timer // ends the turn, by evict
}

var (
	_ db.Tx       = (*tx)(nil)
	_ db.Inserter = (*tx)(nil)
	_ unit        = (*tx)(nil)
)

// Exec implements db.Tx.
func (t *tx) Exec(ctx context.Context, sql string, args []any) (int64, error) {
	_, n, err := t.Insert(ctx, sql, args)
	return n, err
}

// Insert implements db.Inserter. It runs any statement; the rowid is that of the last INSERT.
func (t *tx) Insert(ctx context.Context, sql string, args []any) (rowid, rows int64, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := t.begin(ctx); err != nil {
		return 0, 0, err
	}
	rowid, rows, err = t.writer.conn.exec(context.Background(), sql, args)
	return rowid, rows, t.outcome(err)
}

// Query implements db.Conn.
func (t *tx) Query(ctx context.Context, sql string, args []any) (db.Rows, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := t.begin(ctx); err != nil {
		return nil, err
	}
	r, err := t.writer.conn.query(context.Background(), sql, args)
	if err != nil {
		return nil, t.outcome(err)
	}
	t.rows = &rows{ctx: ctx, conn: t.writer.conn, driver: r, tx: t}
	return t.rows, nil
}

// Native implements db.Conn.
func (t *tx) Native(g db.Guard) any { return t.native.open(t, g) }

// with implements unit.
func (t *tx) with(ctx context.Context, f func(context.Context, *conn) error) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := t.begin(ctx); err != nil {
		return err
	}
	return t.outcome(f(context.Background(), t.writer.conn))
}

// Waited implements db.Conn.
func (t *tx) Waited() time.Duration { return t.waited }

// begin waits for the unit's turn at its first statement.
func (t *tx) begin(ctx context.Context) error {
	if t.turn || t.lost != nil {
		return t.lost
	}
	w := t.writer
	asked := time.Now()
	err := w.turn.Enter(ctx, t.wait, t.alone)
	if err != nil && w.oust() {
		err = w.turn.Enter(ctx, t.wait, t.alone)
	}
	t.waited = time.Since(asked)
	if err != nil {
		return err
	}
	err = ctx.Err()
	if err == nil {
		err = t.join(ctx)
	}
	if err != nil {
		w.next()
		return err
	}
	t.turn, t.unit = true, db.UnitOf(ctx)
	w.holder.Store(t)
	return nil
}

// join makes the unit a part of the open transaction, or begins one.
func (t *tx) join(ctx context.Context) error {
	w := t.writer
	if w.group == nil {
		return w.begin(ctx)
	}
	w.conn.saved = false // the one before has released its own
	if err := w.conn.enclose(); err != nil {
		return w.meaning(err)
	}
	t.group = w.group
	t.patience = time.AfterFunc(w.groupTime, func() {
		t.evict(displaced("the unit kept others waiting for more than "+w.groupTime.String(), nil))
	})
	return nil
}

// outcome gives the error of a statement the meaning that it has for the unit.
// If SQLite rolled back by itself, nobody's work is left in the transaction and
// the turn is over.
func (t *tx) outcome(err error) error {
	w := t.writer
	err = w.meaning(err)
	if !w.gone {
		return err
	}
	switch {
	case t.group != nil && db.ClassOf(err) != db.Full:
		// It may have failed because of what the others wrote, which nobody
		// will ever see.
		t.lost = displaced("SQLite rolled it back", err)
	case err == nil:
		t.lost = &db.Error{Class: db.Contended, Err: errors.New("sqlite: the transaction was rolled back by SQLite")}
	default:
		t.lost = err
	}
	t.leave()
	t.group = nil
	w.next()
	return t.lost
}

// Position implements db.Tx.
func (t *tx) Position() db.Position { return 0 }

// Commit implements db.Tx.
func (t *tx) Commit(context.Context) error {
	t.native.close()
	err := t.finish()
	return t.answer(err == nil, err)
}

// Rollback implements db.Conn.
func (t *tx) Rollback(context.Context) error {
	t.native.close()
	t.mu.Lock()
	if t.turn {
		t.undo()
	}
	t.mu.Unlock()
	return t.answer(false, nil)
}

// finish makes the unit a member of the group that is committed next, or commits
// it if nobody waits with whom it could share the transaction.
func (t *tx) finish() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.turn {
		return t.lost
	}
	w := t.writer
	if w.group == nil && (t.alone || !w.turn.Passes()) {
		t.leave()
		err := w.commit()
		w.turn.Leave()
		return err
	}
	if err := w.conn.violated(); err != nil { // COMMIT would fail for all
		t.undo()
		return err
	}
	if w.conn.saved {
		if err := w.conn.control(w.conn.release); err != nil {
			err = w.meaning(err)
			t.undo()
			return err
		}
	}
	t.leave()
	w.add()
	t.group = w.group
	w.next()
	return nil
}

// answer waits until it is known what became of the writes that the unit has
// seen. One that is not finished may have failed because of them.
func (t *tx) answer(finished bool, err error) error {
	g := t.group
	if g == nil {
		return err
	}
	<-g.done
	switch {
	case g.err == nil:
		return err
	case finished:
		return g.err
	}
	return displaced("what was read was not committed", g.err)
}

// evict takes the turn of a unit that keeps others waiting, as soon as it is
// between two statements.
func (t *tx) evict(why error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.expel(why)
}

// expel is evict for who holds the lock.
func (t *tx) expel(why error) {
	if !t.turn {
		return
	}
	t.lost = why
	if t.rows != nil {
		t.rows.stop(t.lost)
	}
	if t.turn { // still, after the rows were closed
		t.undo()
	}
}

// undo undoes the unit and ends its turn.
func (t *tx) undo() {
	t.leave()
	w := t.writer
	if t.group == nil {
		w.undo()
	} else if err := errors.Join(w.conn.control(w.conn.back), w.conn.control(w.conn.release)); err != nil {
		w.undo()
		w.gone = true
	}
	w.next()
}

// leave is the end of the turn for the unit, not for the writer.
func (t *tx) leave() {
	t.turn = false
	t.writer.holder.Store(nil)
	if t.patience != nil {
		t.patience.Stop()
	}
}
