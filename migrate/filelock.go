package migrate

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"time"

	"github.com/pressly/goose/v3/lock"

	"github.com/terem-go/terem/db"
)

// fileLock keeps other processes from migrating the same SQLite database while
// this one does. It holds the write lock of an empty database that lies beside
// the real one and stays there: shop.db-migrate. The operating system frees it
// when the process dies. A transaction on the real database would not do, as
// some migrations cannot run in one.
type fileLock struct {
	db   *db.DB
	keep *keeper // looks at the database when the lock is held, or nil
	pool *sql.DB
	conn *sql.Conn // sees the lock's database; nil before the first lock. It lasts, since to open one takes longer than most files
}

var _ lock.SessionLocker = (*fileLock)(nil)

// SessionLock waits until the lock is free or ctx ends.
func (l *fileLock) SessionLock(ctx context.Context, conn *sql.Conn) (err error) {
	if l.conn == nil {
		err = l.open(ctx)
	}
	if err == nil {
		err = l.take(ctx)
	}
	if err == nil && l.keep != nil {
		err = l.keep.remember(ctx, conn)
	}
	if err != nil {
		_ = l.close() // which frees the lock
	}
	return err
}

func (l *fileLock) open(ctx context.Context) (err error) {
	if l.pool, err = l.db.Migrator(); err != nil {
		return err
	}
	if l.conn, err = l.pool.Conn(ctx); err != nil {
		return err
	}
	var file string
	if err = l.conn.QueryRowContext(ctx, "SELECT file FROM pragma_database_list WHERE name = 'main'").Scan(&file); err != nil {
		return err
	}
	// For nobody else: who can open it could keep others from migrating. What goes wrong here
	// goes wrong for SQLite, too.
	if f, err := os.OpenFile(file+"-migrate", os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600); err == nil {
		_ = f.Close()
	}
	if _, err = l.conn.ExecContext(ctx, "ATTACH $1 AS lock", file+"-migrate"); err != nil {
		return err
	}
	_, err = l.conn.ExecContext(ctx, "PRAGMA busy_timeout = 0")
	return err
}

func (l *fileLock) take(ctx context.Context) error {
	// BEGIN locks nothing yet; the change, which is never committed, locks the
	// attached database only.
	if _, err := l.conn.ExecContext(ctx, "BEGIN"); err != nil {
		return err
	}
	for {
		_, err := l.conn.ExecContext(ctx, "PRAGMA lock.user_version = 1")
		if !busy(err) {
			return err
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// SessionUnlock frees the lock.
func (l *fileLock) SessionUnlock(ctx context.Context, _ *sql.Conn) error {
	_, err := l.conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
	if err != nil {
		err = errors.Join(err, l.close())
	}
	return err
}

// close frees the lock and closes what was opened.
func (l *fileLock) close() (err error) {
	if l.conn != nil {
		err = l.conn.Close()
	}
	if l.pool != nil {
		err = errors.Join(err, l.pool.Close())
	}
	l.conn, l.pool = nil, nil
	return err
}

// busy reports whether SQLite says that somebody else holds the lock.
func busy(err error) bool {
	const sqliteBusy = 5
	var coded interface{ Code() int }
	return errors.As(err, &coded) && coded.Code()&0xff == sqliteBusy
}
