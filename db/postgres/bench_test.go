package postgres_test

import (
	"context"
	"errors"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/terem-go/terem/db"
)

// Reading by key and writing a row: through a unit of work, and by hand on a
// pool of pgx's. The context can end, as that of a request can.

func BenchmarkRead(b *testing.B) {
	d, pool, ctx := benchDB(b)
	const byKey = "SELECT id, name, email FROM users WHERE id = $1"
	var id int
	var name, email string
	b.Run("unit", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			err := d.Read(ctx, func(ctx context.Context, r *db.Reader) error {
				return r.QueryRow(ctx, byKey, 500).Scan(&id, &name, &email)
			})
			if err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("hand", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if err := pool.QueryRow(ctx, byKey, 500).Scan(&id, &name, &email); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkWrite(b *testing.B) {
	d, pool, ctx := benchDB(b)
	const insert = "INSERT INTO lines (user_id, text) VALUES ($1, $2)"
	b.Run("unit", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			err := d.Do(ctx, func(ctx context.Context, s *db.Session) error {
				_, err := s.Exec(ctx, insert, 500, "hello")
				return err
			})
			if err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("hand", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			err := pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
				_, err := tx.Exec(ctx, insert, 500, "hello")
				return err
			})
			if err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("hand with a batch", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			batch := &pgx.Batch{}
			batch.BeginTx(pgx.TxOptions{})
			batch.Queue(insert, 500, "hello")
			r := pool.SendBatch(ctx, batch)
			if err := errors.Join(r.Close(), r.Tx().Commit(ctx)); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// benchDB opens a database with 1,000 users in both ways. Nothing waits for the
// disk, so that the cost of the code is seen.
func benchDB(b *testing.B) (*db.DB, *pgxpool.Pool, context.Context) {
	url := fresh(b)
	direct(b, url,
		"CREATE TABLE users (id int PRIMARY KEY, name text NOT NULL, email text NOT NULL)",
		"INSERT INTO users SELECT n, 'Ann', n || '@example.com' FROM generate_series(1, 1000) n",
		"CREATE UNLOGGED TABLE lines (user_id int, text text)")
	d := open(b, url)
	pool, err := pgxpool.New(b.Context(), url)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(pool.Close)
	ctx, cancel := context.WithCancel(context.Background())
	b.Cleanup(cancel)
	return d, pool, ctx
}
