package postgres

import (
	"context"
	"errors"
	"regexp"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/terem-go/terem/db"
)

// unit implements db.Tx, and db.Conn for readers.
type unit struct {
	pool   *pool
	begin  *pgx.TxOptions // nil: every statement stands alone, on any connection
	conn   *pgxpool.Conn  // from the first statement on
	open   func() error   // closes what is still being read
	over   error          // why the transaction is gone
	tx     transaction    // once something was written
	wrote  bool           // but the server was not asked what the transaction is
	waited time.Duration  // for connections

	elsewhere *elsewhere  // for the first statement of a reader
	position  db.Position // of what was committed
}

var _ db.Tx = (*unit)(nil)

func (u *unit) Query(ctx context.Context, sql string, args []any) (db.Rows, error) {
	r, err := u.query(ctx, sql, args)
	if err != nil {
		return nil, err
	}
	return r, nil
}

func (u *unit) Exec(ctx context.Context, sql string, args []any) (int64, error) {
	r, err := u.query(ctx, sql, args)
	if err != nil {
		return 0, err
	}
	err = r.finish()
	tag := r.CommandTag()
	if tag.Select() { // counts the rows that it read
		return 0, err
	}
	return tag.RowsAffected(), err
}

// query sends a statement, behind BEGIN if it is the first of a transaction. It
// is always prepared: pgx's Exec would send a text without arguments as it is,
// with any number of commands in it.
func (u *unit) query(ctx context.Context, sql string, args []any) (*rows, error) {
	alone := hasOption(args)
	if alone {
		if _, err := u.begun(ctx, writes(sql)); err != nil {
			return nil, err
		}
	}
	begin, err := u.acquire(ctx)
	if err != nil {
		return nil, err
	}
	r := &rows{unit: u, ctx: ctx, sql: sql}
	if ask := !alone && u.asks(sql); begin || ask {
		b := &pgx.Batch{}
		if begin {
			b.BeginTx(*u.begin)
		}
		b.Queue(sql, args...)
		if ask { // behind it, or pgx would give the connection up for wrong arguments
			b.Queue(identify).QueryRow(u.tx.scan)
		}
		r.batch = u.conn.SendBatch(ctx, b)
		if begin {
			_, err = r.batch.Exec()
		}
		if err == nil {
			r.Rows, err = r.batch.Query()
		}
	} else {
		r.Rows, err = u.conn.Query(ctx, sql, args...)
	}
	u.open = r.finish
	if err != nil {
		r.end(err)
		return nil, r.err
	}
	return r, nil
}

// hasOption reports whether args begin with an option of pgx's, which a batch
// does not know.
func hasOption(args []any) bool {
	if len(args) == 0 {
		return false
	}
	switch args[0].(type) {
	case pgx.QueryExecMode, pgx.QueryResultFormats, pgx.QueryResultFormatsByOID:
		return true
	}
	return false
}

// asks reports whether the server is asked with a statement what transaction it
// belongs to.
func (u *unit) asks(sql string) bool {
	return !u.tx.id.Valid && u.begin != nil && u.pool.reserve != nil && (u.wrote || writes(sql))
}

// begun returns the connection after BEGIN, which it sends on its own if need
// be. A transaction that is about to write gets its id with it, since nothing
// can be sent along with what follows.
func (u *unit) begun(ctx context.Context, writes bool) (*pgx.Conn, error) {
	begin, err := u.acquire(ctx)
	if err != nil {
		return nil, err
	}
	writes = writes && u.pool.reserve != nil
	u.wrote = u.wrote || writes
	if begin {
		b := &pgx.Batch{}
		b.BeginTx(*u.begin)
		if writes {
			b.Queue(assign).QueryRow(u.tx.scan)
		}
		if err := u.settle(ctx, u.conn.SendBatch(ctx, b).Close()); err != nil {
			return nil, err
		}
	}
	return u.conn.Conn(), nil
}

// acquire makes sure of a connection for a statement, and reports whether BEGIN
// has yet to be sent on it.
func (u *unit) acquire(ctx context.Context) (begin bool, err error) {
	switch {
	case u.open != nil:
		return false, db.ErrRowsOpen
	case u.over != nil:
		return false, u.over
	case u.conn != nil:
		return false, nil
	}
	began := time.Now()
	err = u.take(ctx)
	u.waited += time.Since(began)
	return u.begin != nil, err
}

// settle looks at the connection after a statement that ended with err, and
// returns what that means.
func (u *unit) settle(ctx context.Context, err error) error {
	c := u.conn.Conn()
	lost := c.IsClosed()
	if lost {
		u.pool.suspect()
	}
	if lost && err == nil {
		err = pgconn.ErrConnClosed
	}
	err = failure(ctx, err, lost)
	switch {
	case u.begin == nil:
		u.release()
	case lost, c.PgConn().TxStatus() == 'I': // or it has not begun
		return u.ended(err)
	}
	return err
}

// Position implements db.Tx.
func (u *unit) Position() db.Position { return u.position }

// Waited implements db.Conn.
func (u *unit) Waited() time.Duration { return u.waited }

var errEnded = errors.New("postgres: a statement ended the transaction; only the unit of work commits and rolls back")

// ended notes that there is no transaction any more, because of err or a
// statement of the application's.
func (u *unit) ended(err error) error {
	if err == nil {
		err = &db.Error{Err: errEnded}
	}
	u.over = err
	u.release()
	return err
}

var andChain = regexp.MustCompile(`(?i)\band\s+chain\b`)

// chains reports whether a statement ended a transaction and began another.
// ROLLBACK TO a savepoint has the same tag.
func chains(tag pgconn.CommandTag, sql string) bool {
	s := tag.String()
	return (s == "COMMIT" || s == "ROLLBACK") && andChain.MatchString(sql)
}

// release gives the connection back.
func (u *unit) release() {
	u.pool.give(u.conn)
	u.conn = nil
}
