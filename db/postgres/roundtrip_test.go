package postgres_test

import (
	"context"
	"encoding/binary"
	"errors"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/db/postgres"
)

// traces are the round trips of each connection of a database.
type traces struct {
	mu    sync.Mutex
	conns []*traced
}

// traced is a connection that writes down what is sent before the server answers.
type traced struct {
	net.Conn
	all     *traces
	trips   []string
	sending bool
}

func (c *traced) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.all.mu.Lock()
	defer c.all.mu.Unlock()
	c.sending = false
	return n, err
}

var messages = map[byte]string{'P': "Parse", 'B': "Bind", 'D': "Describe", 'E': "Execute", 'C': "Close", 'S': "Sync", 'Q': "Query"}

func (c *traced) Write(b []byte) (int, error) {
	c.all.mu.Lock()
	defer c.all.mu.Unlock()
	if !c.sending {
		c.sending = true
		c.trips = append(c.trips, "")
	}
	trip := &c.trips[len(c.trips)-1]
	for m := b; len(m) > 4 && messages[m[0]] != ""; m = m[1+binary.BigEndian.Uint32(m[1:]):] {
		*trip = strings.TrimSpace(*trip + " " + messages[m[0]])
	}
	return c.Conn.Write(b)
}

// trace opens a database whose round trips are written down.
func trace(t *testing.T) (*db.DB, *traces) {
	t.Helper()
	c, err := pgxpool.ParseConfig(one(fresh(t)))
	if err != nil {
		t.Fatal(err)
	}
	all := &traces{}
	dial := c.ConnConfig.DialFunc
	c.ConnConfig.DialFunc = func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := dial(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		all.mu.Lock()
		defer all.mu.Unlock()
		one := &traced{Conn: conn, all: all}
		all.conns = append(all.conns, one)
		return one, nil
	}
	e, err := postgres.New(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	d := db.New(e, db.Config{})
	t.Cleanup(func() { closeDB(t, d) })
	return d, all
}

func (all *traces) reset() {
	all.mu.Lock()
	defer all.mu.Unlock()
	for _, c := range all.conns {
		c.trips = nil
	}
}

// trips returns the round trips of a unit, and forgets them. Connections outside
// the pools are tried now and then, and run no statement.
func (all *traces) trips() (trips []string) {
	defer all.reset()
	all.mu.Lock()
	defer all.mu.Unlock()
	for _, c := range all.conns {
		if strings.Contains(strings.Join(c.trips, " "), "Bind") {
			trips = append(trips, c.trips...)
		}
	}
	return trips
}

func TestRoundTrips(t *testing.T) {
	t.Parallel()
	const insert = "INSERT INTO lines VALUES ($1)"
	for _, c := range []struct {
		name string
		f    func(context.Context, *db.DB) error
		want []string
	}{
		{
			name: "a session of one statement",
			f: func(ctx context.Context, d *db.DB) error {
				return d.Do(ctx, func(ctx context.Context, s *db.Session) error {
					_, err := s.Exec(ctx, insert, 1)
					return err
				})
			},
			want: []string{"Bind Execute Bind Execute Bind Describe Execute Sync", "Query"},
		},
		{
			name: "a session of two",
			f: func(ctx context.Context, d *db.DB) error {
				return d.Do(ctx, func(ctx context.Context, s *db.Session) error {
					var n int
					if err := s.QueryRow(ctx, "SELECT count(*) FROM lines").Scan(&n); err != nil {
						return err
					}
					_, err := s.Exec(ctx, insert, 1)
					return err
				}, db.Serializable)
			},
			want: []string{"Bind Execute Bind Execute Sync", "Bind Execute Bind Describe Execute Sync", "Query"},
		},
		{
			name: "a session of many", // which is asked once what it is
			f: func(ctx context.Context, d *db.DB) error {
				return d.Do(ctx, func(ctx context.Context, s *db.Session) error {
					for range 3 {
						if _, err := s.Exec(ctx, insert, 1); err != nil {
							return err
						}
					}
					return nil
				})
			},
			want: []string{
				"Bind Execute Bind Execute Bind Describe Execute Sync",
				"Bind Describe Execute Sync", "Bind Describe Execute Sync", "Query",
			},
		},
		{
			name: "parts of a session", // whose savepoints come with what is in them, and behind them
			f: func(ctx context.Context, d *db.DB) error {
				one := func(ctx context.Context, s *db.Session) error {
					_, err := s.Exec(ctx, insert, 1)
					return err
				}
				return d.Do(ctx, func(ctx context.Context, s *db.Session) error {
					nothing := func(context.Context, *db.Session) error { return nil }
					return errors.Join(s.Nested(ctx, nothing), s.Nested(ctx, one), one(ctx, s), s.Nested(ctx, func(ctx context.Context, s *db.Session) error {
						return errors.Join(s.Nested(ctx, one), s.Nested(ctx, nothing))
					}))
				})
			},
			want: []string{
				"Bind Execute Bind Execute Bind Execute Bind Describe Execute Sync", // BEGIN, SAVEPOINT, the transaction's id, INSERT
				"Bind Execute Bind Describe Execute Sync",                           // RELEASE, INSERT
				"Bind Execute Bind Execute Bind Describe Execute Sync",              // SAVEPOINT twice, INSERT
				"Query", // COMMIT, which releases all
			},
		},
		{
			name: "a session that only reads",
			f: func(ctx context.Context, d *db.DB) error {
				return d.Do(ctx, func(ctx context.Context, s *db.Session) error {
					var n int
					return s.QueryRow(ctx, "SELECT count(*) FROM lines").Scan(&n)
				})
			},
			want: []string{"Bind Execute Bind Execute Sync", "Query"},
		},
		{
			name: "a session that fails",
			f: func(ctx context.Context, d *db.DB) error {
				_ = d.Do(ctx, func(ctx context.Context, s *db.Session) error {
					_, err := s.Exec(ctx, insert, 1)
					return errors.Join(err, errHandler)
				})
				return nil
			},
			want: []string{"Bind Execute Bind Execute Bind Describe Execute Sync", "Query"},
		},
		{
			name: "a reader",
			f: func(ctx context.Context, d *db.DB) error {
				return d.Read(ctx, func(ctx context.Context, r *db.Reader) error {
					var n int
					if err := r.QueryRow(ctx, "SELECT count(*) FROM lines").Scan(&n); err != nil {
						return err
					}
					return r.QueryRow(ctx, "SELECT count(*) FROM lines").Scan(&n)
				})
			},
			want: []string{"Bind Execute Sync", "Bind Execute Sync"},
		},
		{
			name: "a reader with one view of the data",
			f: func(ctx context.Context, d *db.DB) error {
				return d.Read(ctx, func(ctx context.Context, r *db.Reader) error {
					var n int
					return r.QueryRow(ctx, "SELECT count(*) FROM lines").Scan(&n)
				}, db.Snapshot)
			},
			want: []string{"Bind Execute Bind Execute Sync", "Query"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d, all := trace(t)
			do(t, d, "CREATE TABLE lines (id int)")
			var sent *dbtest.Sent
			for range 2 { // the first time, statements are prepared
				all.reset()
				sent = dbtest.Watch(d, func() {
					if err := c.f(limited(t), d); err != nil {
						t.Error(err)
					}
				})
			}
			if sent.RoundTrips != len(c.want) {
				t.Errorf("observers see %d round trips, want %d", sent.RoundTrips, len(c.want))
			}
			if diff := cmp.Diff(c.want, all.trips()); diff != "" {
				t.Errorf("round trips (-want +got):\n%s", diff)
			}
		})
	}
}

// A part of a session that sends nothing takes no connection for its savepoint.
func TestNestedWithoutStatements(t *testing.T) {
	t.Parallel()
	d, all := trace(t)
	do(t, d, notes)
	all.reset()
	err := d.Do(limited(t), func(ctx context.Context, s *db.Session) error {
		return s.Nested(ctx, func(ctx context.Context, s *db.Session) error {
			return s.Nested(ctx, func(context.Context, *db.Session) error { return nil })
		})
	})
	if trips := all.trips(); err != nil || len(trips) > 0 {
		t.Errorf("%v, round trips %q", err, trips)
	}
}

// What is undone in a session is that of the part alone, whatever of it had been sent.
func TestNestedThatFails(t *testing.T) {
	t.Parallel()
	d := open(t, one(fresh(t)))
	do(t, d, notes)
	for name, f := range map[string]func(ctx context.Context, s *db.Session) error{
		"nothing is sent":   func(context.Context, *db.Session) error { return errHandler },
		"the first fails":   func(ctx context.Context, s *db.Session) error { _, err := s.Exec(ctx, "SELECT 1/0"); return err },
		"it does not parse": func(ctx context.Context, s *db.Session) error { _, err := s.Exec(ctx, "SELEKT"); return err },
		"it cannot be sent": func(ctx context.Context, s *db.Session) error {
			_, err := s.Exec(ctx, "SELECT $1::int", "x")
			return err
		},
		"it had written": func(ctx context.Context, s *db.Session) error {
			_, err := s.Exec(ctx, "INSERT INTO notes (id) VALUES (9)")
			return errors.Join(err, errHandler)
		},
	} {
		for _, before := range []bool{false, true} {
			err := d.Do(limited(t), func(ctx context.Context, s *db.Session) error {
				do := func(sql string) (err error) { _, err = s.Exec(ctx, sql); return err }
				if before {
					if err := do("INSERT INTO notes (id) VALUES (1)"); err != nil {
						return err
					}
				}
				if err := s.Nested(ctx, f); err == nil {
					t.Errorf("%s: no error", name)
				}
				return do("INSERT INTO notes (id) VALUES (2)")
			})
			ids := value[[]int64](t, d, "SELECT array_agg(id ORDER BY id)::bigint[] FROM notes")
			want := []int64{1, 2}
			if !before {
				want = want[1:]
			}
			if err != nil || !slices.Equal(ids, want) {
				t.Errorf("%s: %v, the table holds %v", name, err, ids)
			}
			do(t, d, "DELETE FROM notes")
		}
	}
}

// After a failed batch pgx prepares BEGIN anew. That costs round trips once, and
// nothing else.
func TestAfterAFailedFirstStatement(t *testing.T) {
	t.Parallel()
	d, all := trace(t)
	do(t, d, notes)
	div := func(by int) error {
		return d.Do(limited(t), func(ctx context.Context, s *db.Session) error {
			_, err := s.Exec(ctx, "SELECT 1/$1::int", by)
			return err
		})
	}
	var counts []int
	for _, by := range []int{1, 1, 0, 1, 1} {
		all.reset()
		if err := div(by); (err != nil) != (by == 0) {
			t.Fatal(err)
		}
		counts = append(counts, len(all.trips()))
	}
	// The third ends with ROLLBACK, the fourth deallocates and prepares first.
	if diff := cmp.Diff([]int{3, 2, 2, 4, 2}, counts); diff != "" {
		t.Errorf("round trips (-want +got):\n%s", diff)
	}
}

func TestIsolation(t *testing.T) {
	t.Parallel()
	url := with(fresh(t), "default_transaction_isolation=repeatable%20read")
	d := open(t, url)
	level := func(do func(func(context.Context, db.Querier) error) error) (got string) {
		t.Helper()
		err := do(func(ctx context.Context, q db.Querier) error {
			return q.QueryRow(ctx, "SELECT current_setting('transaction_isolation') || ' ' || current_setting('transaction_read_only')").Scan(&got)
		})
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	session := func(opts ...db.Option) string {
		return level(func(f func(context.Context, db.Querier) error) error {
			return d.Do(limited(t), func(ctx context.Context, s *db.Session) error { return f(ctx, s) }, opts...)
		})
	}
	reader := func(opts ...db.Option) string {
		return level(func(f func(context.Context, db.Querier) error) error {
			return d.Read(limited(t), func(ctx context.Context, r *db.Reader) error { return f(ctx, r) }, opts...)
		})
	}
	got := []string{session(), session(db.Serializable), session(db.Snapshot), reader(), reader(db.Snapshot)}
	want := []string{"read committed off", "serializable off", "read committed off", "repeatable read on", "repeatable read on"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("levels (-want +got):\n%s", diff)
	}
}

func TestSnapshot(t *testing.T) {
	t.Parallel()
	d := open(t, fresh(t))
	do(t, d, notes)
	counts := func(opts ...db.Option) (before, after int) {
		err := d.Read(limited(t), func(ctx context.Context, r *db.Reader) error {
			if err := r.QueryRow(ctx, "SELECT count(*) FROM notes").Scan(&before); err != nil {
				return err
			}
			do(t, d, "INSERT INTO notes (id) VALUES ("+strings.Repeat("1", before+1)+")")
			return r.QueryRow(ctx, "SELECT count(*) FROM notes").Scan(&after)
		}, opts...)
		if err != nil {
			t.Fatal(err)
		}
		return before, after
	}
	if before, after := counts(); after != before+1 {
		t.Errorf("a reader saw %d and then %d notes", before, after)
	}
	if before, after := counts(db.Snapshot); after != before {
		t.Errorf("a reader with one view saw %d and then %d notes", before, after)
	}
}
