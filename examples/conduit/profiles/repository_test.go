package profiles_test

import (
	"context"
	"errors"
	"os"
	"testing"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"

	"github.com/terem-go/terem/examples/conduit/profiles"
)

func TestRepository(t *testing.T) {
	t.Parallel()
	repository := profiles.New().Profiles
	dbtest.Each(t, os.DirFS("../migrations"), func(t *testing.T, d *db.DB) {
		row := profiles.Profile{
			FollowerID: aUser(t, d),
			FolloweeID: aUser(t, d),
		}
		err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
			fresh := row
			if err := repository.Insert(ctx, s, &fresh); err != nil {
				return err
			}
			row = fresh
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		err = d.Read(t.Context(), func(ctx context.Context, r *db.Reader) error {
			got, err := repository.Get(ctx, r, row.ID)
			if err != nil {
				return err
			}
			if text(got) != text(row) {
				t.Errorf("inserted %s, and got %s", text(row), text(got))
			}
			if _, err := repository.ForFollower(row.FollowerID+1).Get(ctx, r, row.ID); !errors.Is(err, profiles.ErrNotFound) {
				t.Errorf("another follower gets %v", err)
			}
			own, _, err := repository.ForFollower(row.FollowerID).List(ctx, r, profiles.ProfileFilter{}, "", 10)
			if err == nil && len(own) != 1 {
				t.Errorf("the follower has %d rows, want 1", len(own))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		err = d.Do(t.Context(), func(ctx context.Context, s *db.Session) error { return repository.Delete(ctx, s, row.ID) })
		if err != nil {
			t.Fatal(err)
		}
		err = d.Read(t.Context(), func(ctx context.Context, r *db.Reader) error {
			if _, err := repository.Get(ctx, r, row.ID); !errors.Is(err, profiles.ErrNotFound) {
				t.Errorf("after it was deleted: %v", err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
