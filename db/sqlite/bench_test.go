package sqlite_test

import (
	"context"
	"database/sql"
	"path/filepath"
	"testing"

	"github.com/terem-go/terem/db"
)

// Reading by key and writing a row, through a unit of work and by hand on the
// same driver. The context can end in both, as that of a request can.

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
