package dbtest_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
)

// complaint is a test whose failures are looked at.
type complaint struct {
	testing.TB
	text string
}

func (c *complaint) Helper() {}

func (c *complaint) Errorf(format string, args ...any) { c.text += fmt.Sprintf(format, args...) }

func TestWatch(t *testing.T) {
	t.Parallel()
	for name, retries := range map[string]bool{"plain": false, "with Retry": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dbtest.Each(t, notes("first"), func(t *testing.T, d *db.DB) {
				if retries {
					dbtest.Retry(d)
				}
				write(t, d, "before")
				sent := dbtest.Watch(d, func() {
					bodies(t, d)
					_ = d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
						for i := range 3 {
							if _, err := s.Exec(ctx, "INSERT INTO notes\n\tVALUES ($1)", fmt.Sprint(i)); err != nil {
								return err
							}
						}
						_, err := s.Exec(ctx, "DELETE FROM notes")
						return err
					})
					_ = d.Do(t.Context(), func(context.Context, *db.Session) error { return nil })
				})
				write(t, d, "after")

				want := dbtest.Sent{Sessions: 1, Readers: 1, Statements: []string{
					"SELECT body FROM notes ORDER BY body", "INSERT INTO notes VALUES ($1)", "INSERT INTO notes VALUES ($1)", "INSERT INTO notes VALUES ($1)", "DELETE FROM notes"}}
				if d.Dialect() == db.Postgres {
					want.RoundTrips = 6
				}
				if sent.Sessions != want.Sessions || sent.Readers != want.Readers || sent.RoundTrips != want.RoundTrips || !cmp.Equal(sent.Statements, want.Statements) {
					t.Errorf("was sent %d, %d, %d, %q; want %+v", sent.Sessions, sent.Readers, sent.RoundTrips, sent.Statements, want)
				}

				var c complaint
				sent.AtMost(&c, 5)
				if c.text != "" {
					t.Errorf("5 statements are at most 5, but: %s", c.text)
				}
				sent.AtMost(&c, 2)
				if diff := cmp.Diff(`want at most 2 statements, 5 were sent:
  reader, committed:
    SELECT body FROM notes ORDER BY body
  session, committed:
    3 times INSERT INTO notes VALUES ($1)
    DELETE FROM notes
`, c.text); diff != "" {
					t.Errorf("the complaint (-want +got):\n%s", diff)
				}
			})
		})
	}
}

// Units that fail count, and those that outlive the function, or began before it,
// do not.
func TestWatchedUnits(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, notes("first"), func(t *testing.T, d *db.DB) {
		long := func(began chan<- struct{}, end <-chan struct{}, done chan<- error) {
			done <- d.Read(t.Context(), func(ctx context.Context, r *db.Reader) error {
				close(began)
				<-end
				return r.QueryRow(ctx, "SELECT 1").Scan(new(int))
			})
		}
		var began, ends [2]chan struct{}
		for i := range began {
			began[i], ends[i] = make(chan struct{}), make(chan struct{})
		}
		done := make(chan error, 2)
		go long(began[0], ends[0], done)
		<-began[0]
		sent := dbtest.Watch(d, func() {
			go long(began[1], ends[1], done)
			<-began[1]
			close(ends[0])
			if err := <-done; err != nil {
				t.Error(err)
			}
			_ = d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
				_, err := s.Exec(ctx, "INSERT INTO nowhere VALUES (1)")
				return err
			})
		})
		close(ends[1])
		if err := <-done; err != nil {
			t.Error(err)
		}
		if got, want := sent.String(), "  session, rolled_back:\n    INSERT INTO nowhere VALUES (1)\n"; got != want {
			t.Errorf("was sent:\n%swant:\n%s", got, want)
		}
	})
}
