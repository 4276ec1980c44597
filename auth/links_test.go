package auth_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/terem-go/terem/auth"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
)

func TestLinks(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, auth.Migrations(), func(t *testing.T, d *db.DB) {
		c := &clock{now: time.Unix(1700000000, 0)}
		links := auth.NewLinks(c.Now)
		session := func(f func(ctx context.Context, s *db.Session) error) error {
			return d.Do(context.WithoutCancel(t.Context()), f)
		}
		link := func(purpose, subject string) (token string) {
			t.Helper()
			err := session(func(ctx context.Context, s *db.Session) (err error) {
				token, err = links.Make(ctx, s, purpose, subject, "data of "+subject, 30*time.Minute)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return token
		}
		use := func(purpose, token string) (got string, err error) {
			err = session(func(ctx context.Context, s *db.Session) error {
				subject, data, err := links.Use(ctx, s, purpose, token)
				got = subject + ": " + data
				return err
			})
			return got, err
		}
		over := func(what, purpose, token string) {
			t.Helper()
			if got, err := use(purpose, token); !errors.Is(err, auth.ErrLinkOver) {
				t.Errorf("%s: %s, %v; want ErrLinkOver", what, got, err)
			}
		}

		token := link("reset", "17")
		over("for something else", "confirm", token)
		over("no token", "reset", "")
		for range 2 { // looking leaves it as it is
			err := d.Read(t.Context(), func(ctx context.Context, r *db.Reader) error {
				_, _, err := links.Look(ctx, r, "reset", token)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		if got, err := use("reset", token); err != nil || got != "17: data of 17" {
			t.Errorf("%s, %v", got, err)
		}
		over("a second time", "reset", token)

		// A use whose session fails leaves it.
		token = link("reset", "17")
		failed := errors.New("failed on purpose")
		err := session(func(ctx context.Context, s *db.Session) error {
			_, _, err := links.Use(ctx, s, "reset", token)
			return errors.Join(err, failed)
		})
		if !errors.Is(err, failed) {
			t.Fatal(err)
		}
		newer, others, confirm := link("reset", "17"), link("reset", "18"), link("confirm", "17")
		if got, err := use("reset", token); err != nil || got != "17: data of 17" { // whoever asked for the newer one
			t.Errorf("when a newer one was made: %s, %v", got, err)
		}
		gone := link("choose", "17")
		if err := session(func(ctx context.Context, s *db.Session) error { return links.Cancel(ctx, s, "choose", "17") }); err != nil {
			t.Fatal(err)
		}
		over("cancelled", "choose", gone)
		for purpose, token := range map[string]string{"reset": others, "confirm": confirm} {
			if _, err := use(purpose, token); err != nil {
				t.Error(err)
			}
		}
		var mu sync.Mutex
		won := 0
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				_, err := use("reset", newer)
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					won++
				} else if !errors.Is(err, auth.ErrLinkOver) {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if won != 1 {
			t.Errorf("%d of 8 at once have used the link, want 1", won)
		}

		token = link("reset", "17")
		c.pass(30 * time.Minute)
		over("after its time", "reset", token)
		err = session(func(ctx context.Context, s *db.Session) error {
			n, err := links.Forget(ctx, s)
			if n != 1 {
				t.Errorf("%d links forgotten, want 1", n)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
}
