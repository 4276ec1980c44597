package db_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
)

// TestAfterCommit is row 18: functions given to AfterCommit see what was
// committed, outlive the request, and do not harm each other.
func TestAfterCommit(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, migrations, func(t *testing.T, d *db.DB) {
		request, cancel := context.WithCancel(t.Context())
		var order []string
		c, err := d.Unit(request, func(ctx context.Context, s *db.Session) error {
			s.AfterCommit(func(context.Context) { panic("in a function given to AfterCommit") })
			s.AfterCommit(func(ctx context.Context) {
				if _, ok := ctx.Deadline(); !ok || ctx.Err() != nil {
					t.Errorf("the context has a deadline: %v, and ended: %v", ok, ctx.Err())
				}
				order = append(order, "hook")
				if got := notes(t, d, ""); !cmp.Equal(got, []string{"mine"}) {
					t.Errorf("the function sees %q", got)
				}
				// It may open a unit of its own.
				err := d.Do(ctx, func(ctx context.Context, s *db.Session) error { return write(ctx, s, "the hook's") })
				if err != nil {
					t.Error(err)
				}
			})
			return write(ctx, s, "mine")
		})
		if err != nil {
			t.Fatal(err)
		}
		order = append(order, "response")
		cancel() // the client has gone
		c.Run()
		if want := []string{"response", "hook"}; !cmp.Equal(order, want) {
			t.Errorf("order %v, want %v", order, want)
		}
		if got := notes(t, d, ""); !cmp.Equal(got, []string{"mine", "the hook's"}) {
			t.Errorf("there are %q", got)
		}
	})
}

func TestCloseWaitsForAfterCommit(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, migrations, func(t *testing.T, d *db.DB) {
		release, ran := make(chan struct{}), false
		c, err := d.Unit(t.Context(), func(_ context.Context, s *db.Session) error {
			s.AfterCommit(func(context.Context) { <-release; ran = true })
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		c.Go()
		closed := make(chan error)
		go func() { closed <- d.Close(t.Context()) }()
		select {
		case err := <-closed:
			t.Errorf("Close did not wait: %v", err)
		case <-time.After(50 * time.Millisecond):
			close(release)
			if err := <-closed; err != nil || !ran {
				t.Errorf("Close: %v; the function ran: %v", err, ran)
			}
		}
	})
}

// TestCloseGivesUp is for a function that does not end.
func TestCloseGivesUp(t *testing.T) {
	t.Parallel()
	d := dbtest.SQLite(t, nil)
	release := make(chan struct{})
	defer close(release)
	c, err := d.Unit(t.Context(), func(_ context.Context, s *db.Session) error {
		s.AfterCommit(func(context.Context) { <-release })
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	c.Go()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if err := d.Close(ctx); err == nil {
		t.Error("Close did not say that it gave up")
	}
}
