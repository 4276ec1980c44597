package postgres_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/internal/faultproxy"
	"github.com/terem-go/terem/internal/pgserver"
)

// TestCloseWaits is row 24: units that are under way end as they would.
func TestCloseWaits(t *testing.T) {
	t.Parallel()
	url := one(fresh(t))
	d := open(t, url)
	do(t, d, notes)
	closed, waiting := make(chan error, 1), make(chan error, 1)
	err := d.Do(limited(t), func(ctx context.Context, s *db.Session) error {
		if err := insert(ctx, s, 1); err != nil {
			return err
		}
		go func() { waiting <- once(limited(t), d, "INSERT INTO notes (id) VALUES (3)") }()
		time.Sleep(50 * time.Millisecond)
		go func() { closed <- d.Close(context.Background()) }()
		select {
		case err := <-closed:
			t.Errorf("it did not wait: %v", err)
		case <-time.After(50 * time.Millisecond):
		}
		if err := once(limited(t), d, "SELECT 1"); db.ClassOf(err) != db.Unreachable {
			t.Errorf("a unit that begins after that: %v", err)
		}
		return insert(ctx, s, 2)
	})
	if err := errors.Join(err, <-waiting, <-closed); err != nil {
		t.Error(err)
	}
	if n := value[int](t, open(t, url), "SELECT count(*) FROM notes"); n != 3 {
		t.Errorf("%d rows", n)
	}
	if err := d.Ping(limited(t)); err == nil {
		t.Error("a closed database answers")
	}
}

// A unit that never ends does not keep the process.
func TestCloseGivesUp(t *testing.T) {
	t.Parallel()
	d := open(t, one(fresh(t)))
	err := d.Do(limited(t), func(ctx context.Context, s *db.Session) error {
		if _, err := s.Exec(ctx, "SELECT 1"); err != nil {
			return err
		}
		if err := d.Close(limited(t)); err == nil {
			t.Error("Close says nothing of a unit that goes on")
		}
		_, err := s.Exec(ctx, "SELECT 1")
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// A connection on which nothing comes any more is no unit that goes on.
func TestCloseAfterSilence(t *testing.T) {
	t.Parallel()
	p, _, url := newProxy(t, pgserver.Options{})
	d := open(t, one(url))
	do(t, d, notes)
	p.Pick(func(where faultproxy.Point) faultproxy.Fault {
		if where == faultproxy.Begin {
			return faultproxy.SilentBefore
		}
		return faultproxy.None
	})
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if err := once(ctx, d, "SELECT 1"); err == nil {
		t.Error("silence was an answer")
	}
	if err := look(ctx, d, "SELECT 1"); err == nil {
		t.Error("silence was an answer")
	}
	if err := d.Close(limited(t)); err != nil {
		t.Error(err)
	}
}
