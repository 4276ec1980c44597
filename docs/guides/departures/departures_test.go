package departures_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/docs/guides/departures"
	"github.com/terem-go/terem/errs"
	"github.com/terem-go/terem/jobs"
	"github.com/terem-go/terem/jobs/jobstest"
	"github.com/terem-go/terem/outside"
)

var schema = fstest.MapFS{
	"sqlite/00001_customers.sql": {Data: []byte("-- +goose Up\n" +
		"CREATE TABLE customers (id INTEGER PRIMARY KEY, locked BOOLEAN NOT NULL DEFAULT FALSE, told TEXT NOT NULL DEFAULT '');\n" +
		"CREATE TABLE departures (customer_id INTEGER PRIMARY KEY, asked_at TIMESTAMP NOT NULL);\n" +
		"INSERT INTO customers (id) VALUES (7);")},
	"postgres/00001_customers.sql": {Data: []byte("-- +goose Up\n" +
		"CREATE TABLE customers (id BIGINT PRIMARY KEY, locked BOOLEAN NOT NULL DEFAULT FALSE, told TEXT NOT NULL DEFAULT '');\n" +
		"CREATE TABLE departures (customer_id BIGINT PRIMARY KEY, asked_at TIMESTAMPTZ NOT NULL);\n" +
		"INSERT INTO customers (id) VALUES (7);")},
}

// customers is the domain that owns them. fail is the error of the next Erase.
type customers struct{ fail error }

func (*customers) Lock(ctx context.Context, s *db.Session, id int64) error {
	_, err := s.Exec(ctx, "UPDATE customers SET locked = TRUE WHERE id = $1", id)
	return err
}

func (*customers) Unlock(ctx context.Context, s *db.Session, id int64, reason string) error {
	_, err := s.Exec(ctx, "UPDATE customers SET locked = FALSE, told = $2 WHERE id = $1", id, reason)
	return err
}

func (c *customers) Erase(ctx context.Context, s *db.Session, id int64) error {
	fail := c.fail
	c.fail = nil
	_, err := s.Exec(ctx, "DELETE FROM customers WHERE id = $1", id)
	return errors.Join(err, fail)
}

// state is what there is of the customer, such as "locked, leaving".
func state(t *testing.T, d *db.DB) string {
	t.Helper()
	var found []string
	err := d.Read(t.Context(), func(ctx context.Context, r *db.Reader) error {
		var locked bool
		var told string
		err := r.QueryRow(ctx, "SELECT locked, told FROM customers WHERE id = 7").Scan(&locked, &told)
		switch {
		case errors.Is(err, db.ErrNoRows):
			found = append(found, "gone")
		case err != nil:
			return err
		case locked:
			found = append(found, "locked")
		default:
			found = append(found, strings.TrimSpace("there "+told))
		}
		var leaving int
		if err := r.QueryRow(ctx, "SELECT count(*) FROM departures").Scan(&leaving); err != nil {
			return err
		}
		if leaving > 0 {
			found = append(found, "leaving")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(found, ", ")
}

func TestDeparture(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answers []int // of the provider
		erase   error // of the first attempt to erase
		want    []string
	}{
		"it goes well":         {[]int{204}, nil, []string{"gone"}},
		"the provider is down": {[]int{500, 204}, nil, []string{"locked, leaving", "gone"}},
		"erasing fails":        {[]int{204, 404}, errors.New("a table is locked"), []string{"locked, leaving", "gone"}},
		"the provider refuses": {[]int{409}, nil, []string{"there an invoice is open"}},
		"refused later":        {[]int{500, 409}, nil, []string{"locked, leaving", "there an invoice is open"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dbtest.Each(t, schema, func(t *testing.T, d *db.DB) {
				calls := 0
				provider := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if r.Method != "DELETE" || r.URL.Path != "/customers/7" || calls == len(c.answers) {
						t.Errorf("the provider is asked for %s %s, call %d", r.Method, r.URL, calls+1)
						return
					}
					calls++
					w.WriteHeader(c.answers[calls-1])
					if c.answers[calls-1] == 409 {
						fmt.Fprint(w, "an invoice is open")
					}
				}))
				defer provider.Close()
				client, err := outside.New(outside.Config{})
				if err != nil {
					t.Fatal(err)
				}
				s := departures.New(departures.Config{Customers: &customers{fail: c.erase}, Provider: provider.URL, Client: client})
				begin := func(ctx context.Context, tx *db.Session) error { return s.Begin(ctx, tx, 7) }
				if err := d.Do(t.Context(), begin); err != nil {
					t.Fatal(err)
				}
				if err := d.Do(t.Context(), begin); !errs.HasKind(err, errs.Conflict) {
					t.Errorf("a second time: %v", err)
				}
				if got := state(t, d); got != "locked, leaving" || calls > 0 {
					t.Errorf("after the first unit the customer is %s, and the provider was called %d times", got, calls)
				}
				for i, want := range c.want {
					due(t, d)
					last := i == len(c.want)-1
					if err := departures.Workers(s).RunDue(t.Context(), d); (err == nil) != last {
						t.Errorf("run %d: %v", i+1, err)
					}
					if got := state(t, d); got != want {
						t.Errorf("after run %d the customer is %s, want %s", i+1, got, want)
					}
				}
				jobstest.Run(t, d, departures.Workers(s)) // of which none is left
				if calls != len(c.answers) {
					t.Errorf("the provider was called %d times, want %d", calls, len(c.answers))
				}
			}, jobs.Migrations())
		})
	}
}

// due has jobs that wait for another attempt wait no longer.
func due(t *testing.T, d *db.DB) {
	t.Helper()
	err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
		_, err := s.Exec(ctx, "UPDATE river_job SET scheduled_at = created_at WHERE state = 'retryable'")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
