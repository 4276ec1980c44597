package postgres_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/postgres"
)

func TestTx(t *testing.T) {
	t.Parallel()
	d := open(t, one(fresh(t)))
	do(t, d, notes)
	err := d.Do(limited(t), func(ctx context.Context, s *db.Session) error {
		tx := postgres.Tx(s)
		if _, err := tx.Exec(ctx, "INSERT INTO notes (id) VALUES ($1)", 1); err != nil {
			return err
		}
		_, begun := tx.Begin(ctx)
		_, prepared := tx.Prepare(ctx, "x", "SELECT 1")
		for what, err := range map[string]error{"Begin": begun, "Commit": tx.Commit(ctx), "Rollback": tx.Rollback(ctx), "Prepare": prepared} {
			if err == nil {
				t.Errorf("%s was not refused", what)
			}
		}
		if tx.Conn() != nil {
			t.Error("the connection was handed out")
		}
		var id int
		return tx.QueryRow(ctx, "SELECT id FROM notes").Scan(&id)
	})
	if err != nil {
		t.Fatal(err)
	}
	err = d.Do(limited(t), func(ctx context.Context, s *db.Session) error {
		_, _ = postgres.Tx(s).Exec(ctx, "INSERT INTO missing VALUES (1)")
		return nil
	})
	if !errors.Is(err, db.ErrSwallowed) {
		t.Errorf("a failure that was swallowed: %v", err)
	}
}

// Waiting for a notification on a connection of the pool ends with its context,
// at once and without an end of the connection. River's listener waits so.
func TestPool(t *testing.T) {
	t.Parallel()
	d := open(t, fresh(t))
	pool, err := postgres.Pool(t.Context(), d, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	err = pool.AcquireFunc(limited(t), func(c *pgxpool.Conn) error {
		if _, err := c.Exec(t.Context(), "LISTEN x"); err != nil {
			return err
		}
		for range 3 {
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
			begin := time.Now()
			_, err := c.Conn().WaitForNotification(ctx)
			cancel()
			if took := time.Since(begin); !errors.Is(err, context.DeadlineExceeded) || took > time.Second {
				t.Errorf("after %v: %v", took, err)
			}
		}
		if _, err := c.Exec(t.Context(), "NOTIFY x, 'hello'"); err != nil {
			return err
		}
		n, err := c.Conn().WaitForNotification(limited(t))
		if err == nil && n.Payload != "hello" {
			t.Errorf("the notification is %v", n)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	var zone string
	if err := pool.QueryRow(t.Context(), "SHOW timezone").Scan(&zone); err != nil || zone != "UTC" {
		t.Errorf("the time zone is %q, %v", zone, err)
	}
}
