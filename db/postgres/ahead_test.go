package postgres_test

import (
	"context"
	"net"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/postgres"
)

// Whatever way pgx sends statements, those of a session are in its transaction.
func TestModesOfPgx(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"cache_statement", "cache_describe", "describe_exec", "exec", "simple_protocol"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			d := open(t, with(one(fresh(t)), "default_query_exec_mode="+mode))
			do(t, d, notes)
			for name, f := range map[string]func(ctx context.Context, s *db.Session) error{
				"Exec": func(ctx context.Context, s *db.Session) error { return insert(ctx, s, 1) },
				"QueryRow": func(ctx context.Context, s *db.Session) error {
					var id int
					return s.QueryRow(ctx, "INSERT INTO notes VALUES ($1) RETURNING id", 1).Scan(&id)
				},
				"CopyFrom": func(ctx context.Context, s *db.Session) error {
					_, err := postgres.Native(s).CopyFrom(ctx, pgx.Identifier{"notes"}, []string{"id"}, pgx.CopyFromRows([][]any{{1}}))
					return err
				},
				"SendBatch": func(ctx context.Context, s *db.Session) error {
					b := &pgx.Batch{}
					b.Queue("INSERT INTO notes VALUES ($1)", 1)
					b.Queue("SELECT 1")
					return postgres.Native(s).SendBatch(ctx, b).Close()
				},
			} {
				for _, fails := range []bool{true, false} {
					err := d.Do(limited(t), func(ctx context.Context, s *db.Session) error {
						if err := f(ctx, s); err != nil || !fails {
							return err
						}
						return errHandler
					})
					n := value[int](t, d, "SELECT count(*) FROM notes")
					if (err != nil) != fails || (n == 1) != (err == nil) {
						t.Errorf("%s: %d rows after %v", name, n, err)
					}
				}
				do(t, d, "DELETE FROM notes")
			}
		})
	}
}

// nothing rewrites a statement to an empty one, which pgx sends by the simple
// protocol.
type nothing struct{}

func (nothing) RewriteQuery(context.Context, *pgx.Conn, string, []any) (string, []any, error) {
	return "", nil, nil
}

// What BEGIN cannot go ahead of is not sent.
func TestNothingGoesAhead(t *testing.T) {
	t.Parallel()
	d := open(t, one(fresh(t)))
	if err := once(limited(t), d, "SELECT 1", nothing{}); err == nil || !strings.Contains(err.Error(), "simple protocol") {
		t.Errorf("Do returned %v", err)
	}
	do(t, d, "SELECT 1")
}

// stutter is a connection that reads one byte at a time.
type stutter struct{ net.Conn }

func (s stutter) Read(b []byte) (int, error) { return s.Conn.Read(b[:1]) }

// The answers of the server come in any number of parts, with notices among
// them.
func TestAnswersInParts(t *testing.T) {
	t.Parallel()
	c, err := pgxpool.ParseConfig(with(one(fresh(t)), "client_min_messages=debug5"))
	if err != nil {
		t.Fatal(err)
	}
	dial := c.ConnConfig.DialFunc
	c.ConnConfig.DialFunc = func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := dial(ctx, network, addr)
		return stutter{conn}, err
	}
	var begun atomic.Int64
	c.ConnConfig.OnNotice = func(_ *pgconn.PgConn, n *pgconn.Notice) {
		if strings.HasPrefix(n.Message, "StartTransaction") {
			begun.Add(1)
		}
	}
	e, err := postgres.New(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	d := db.New(e, db.Config{})
	t.Cleanup(func() { closeDB(t, d) })
	do(t, d, notes)
	for want := range 3 {
		before := begun.Load()
		var got int
		err := d.Do(limited(t), func(ctx context.Context, s *db.Session) error {
			return s.QueryRow(ctx, "INSERT INTO notes VALUES ($1) RETURNING id", want).Scan(&got)
		})
		if err != nil || got != want || begun.Load() == before {
			t.Errorf("row %d instead of %d, %d notices of BEGIN, %v", got, want, begun.Load()-before, err)
		}
	}
}

// What goes ahead of statements is prepared again after the application has
// dropped it. A statement whose BEGIN fails is not run.
func TestCommandsAreDropped(t *testing.T) {
	t.Parallel()
	d := open(t, one(fresh(t)))
	do(t, d, notes)
	for id := range 3 {
		do(t, d, "DEALLOCATE ALL")
		attempts := 0
		err := d.Do(limited(t), func(ctx context.Context, s *db.Session) error {
			attempts++
			return insert(ctx, s, id)
		})
		if n := value[int](t, d, "SELECT count(*) FROM notes"); err != nil || attempts != 2 || n != id+1 {
			t.Errorf("%d rows after %d attempts, %v", n, attempts, err)
		}
	}
}
