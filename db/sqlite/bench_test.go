package sqlite_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"path/filepath"
	"testing"

	"github.com/terem-go/terem/db"
)

// Reading by key and writing a row: through a unit of work, by hand through
// database/sql, and with the driver's bare statements. The context can end, as
// that of a request can.

func BenchmarkRead(b *testing.B) {
	d, path := benchDB(b)
	pool, ctx := byHand(b, path)
	b.Run("unit", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var u benchUser
			err := d.Read(ctx, func(ctx context.Context, r *db.Reader) error {
				return r.QueryRow(ctx, "SELECT id, name, email FROM users WHERE id = $1", 500).Scan(&u.id, &u.name, &u.email)
			})
			if err != nil || u.name != "Ann" {
				b.Fatal(u, err)
			}
		}
	})
	b.Run("hand", func(b *testing.B) {
		s, err := pool.PrepareContext(ctx, "SELECT id, name, email FROM users WHERE id = ?")
		if err != nil {
			b.Fatal(err)
		}
		b.ReportAllocs()
		for b.Loop() {
			var u benchUser
			if err := s.QueryRowContext(ctx, 500).Scan(&u.id, &u.name, &u.email); err != nil || u.name != "Ann" {
				b.Fatal(u, err)
			}
		}
	})
	bare(b, pool, func(b *testing.B, prepare func(string) bareStmt) {
		s := prepare("SELECT id, name, email FROM users WHERE id = ?")
		args, row := []driver.NamedValue{{Ordinal: 1, Value: int64(500)}}, make([]driver.Value, 3)
		b.ReportAllocs()
		for b.Loop() {
			rows, err := s.QueryContext(ctx, args)
			if err == nil {
				err = errors.Join(rows.Next(row), rows.Close())
			}
			if err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkWrite(b *testing.B) {
	d, path := benchDB(b)
	pool, ctx := byHand(b, path)
	b.Run("unit", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			err := d.Do(ctx, func(ctx context.Context, s *db.Session) error {
				_, err := s.Exec(ctx, "UPDATE users SET name = $1 WHERE id = $2", "Ann", 500)
				return err
			})
			if err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("hand", func(b *testing.B) {
		s, err := pool.PrepareContext(ctx, "UPDATE users SET name = ? WHERE id = ?")
		if err != nil {
			b.Fatal(err)
		}
		b.ReportAllocs()
		for b.Loop() {
			tx, err := pool.BeginTx(ctx, nil)
			if err == nil {
				_, err = tx.StmtContext(ctx, s).ExecContext(ctx, "Ann", 500)
			}
			if err == nil {
				err = tx.Commit()
			}
			if err != nil {
				b.Fatal(err)
			}
		}
	})
	bare(b, pool, func(b *testing.B, prepare func(string) bareStmt) {
		begin, update, commit := prepare("BEGIN IMMEDIATE"), prepare("UPDATE users SET name = ? WHERE id = ?"), prepare("COMMIT")
		args := []driver.NamedValue{{Ordinal: 1, Value: "Ann"}, {Ordinal: 2, Value: int64(500)}}
		background := context.Background()
		b.ReportAllocs()
		for b.Loop() {
			_, err1 := begin.ExecContext(background, nil)
			_, err2 := update.ExecContext(background, args)
			_, err3 := commit.ExecContext(background, nil)
			if err := errors.Join(err1, err2, err3); err != nil {
				b.Fatal(err)
			}
		}
	})
}

type bareStmt interface {
	driver.StmtExecContext
	driver.StmtQueryContext
}

// bare runs f with a way to prepare statements on a connection of the driver.
func bare(b *testing.B, pool *sql.DB, f func(b *testing.B, prepare func(string) bareStmt)) {
	b.Run("driver", func(b *testing.B) {
		c, err := pool.Conn(context.Background())
		if err != nil {
			b.Fatal(err)
		}
		defer c.Close()
		err = c.Raw(func(d any) error {
			f(b, func(sql string) bareStmt {
				s, err := d.(driver.Conn).Prepare(sql)
				if err != nil {
					b.Fatal(err)
				}
				return s.(bareStmt)
			})
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	})
}

type benchUser struct {
	id          int64
	name, email string
}

// benchDB returns a database with 1,000 users. Nothing waits for the disk, so
// that the cost of the code is seen.
func benchDB(b *testing.B) (*db.DB, string) {
	path := filepath.Join(b.TempDir(), "bench.db")
	d := open(b, path+"?synchronous=off")
	do(b, d, "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL)",
		`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i < 1000)
		 INSERT INTO users SELECT i, 'Ann', i || '@example.com' FROM n`)
	return d, path
}

// byHand opens the same file through database/sql.
func byHand(b *testing.B, path string) (*sql.DB, context.Context) {
	pool, err := sql.Open("sqlite", "file:"+path+"?_txlock=immediate&_pragma=synchronous(off)&_pragma=foreign_keys(1)")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { pool.Close() })
	ctx, cancel := context.WithCancel(context.Background())
	b.Cleanup(cancel)
	return pool, ctx
}
