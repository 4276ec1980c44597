package sqlite

import (
	"context"
	"time"

	"github.com/terem-go/terem/db"
)

// tx is a unit of work that writes. Its statements run to their end whatever
// becomes of the context: SQLite would answer an interruption by rolling the
// whole transaction back.
type tx struct {
	writer *writer
	wait   time.Duration // how long it waits for its turn
	begun  bool
	native native
}

var (
	_ db.Tx = (*tx)(nil)
	_ unit  = (*tx)(nil)
)

// Exec implements db.Tx.
func (t *tx) Exec(ctx context.Context, sql string, args []any) (int64, error) {
	if err := t.begin(ctx); err != nil {
		return 0, err
	}
	n, err := t.writer.conn.exec(context.Background(), sql, args)
	return n, t.writer.meaning(err)
}

// Query implements db.Conn.
func (t *tx) Query(ctx context.Context, sql string, args []any) (db.Rows, error) {
	if err := t.begin(ctx); err != nil {
		return nil, err
	}
	r, err := t.writer.conn.query(context.Background(), sql, args)
	if err != nil {
		return nil, t.writer.meaning(err)
	}
	return &rows{ctx: ctx, conn: t.writer.conn, driver: r}, nil
}

// Native implements db.Conn.
func (t *tx) Native(g db.Guard) any { return t.native.open(t, g) }

// with implements unit.
func (t *tx) with(ctx context.Context, f func(context.Context, *conn) error) error {
	if err := t.begin(ctx); err != nil {
		return err
	}
	return t.writer.meaning(f(context.Background(), t.writer.conn))
}

// begin takes the writer at the first statement.
func (t *tx) begin(ctx context.Context) error {
	if t.begun {
		return t.writer.usable()
	}
	if err := t.writer.begin(ctx, t.wait); err != nil {
		return err
	}
	t.begun = true
	return nil
}

// Commit implements db.Tx.
func (t *tx) Commit(context.Context) error {
	if !t.end() {
		return nil
	}
	return t.writer.commit()
}

// Rollback implements db.Conn.
func (t *tx) Rollback(context.Context) error {
	if t.end() {
		t.writer.rollback()
	}
	return nil
}

// end reports whether there is a transaction to end.
func (t *tx) end() bool {
	t.native.close()
	begun := t.begun
	t.begun = false
	return begun
}
