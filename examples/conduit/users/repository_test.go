package users

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/terem-go/terem/app"
	"github.com/terem-go/terem/dao"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/errs"
)

func TestRepository(t *testing.T) {
	t.Parallel()
	users := Repository{dao.Of[User]("users")}
	dbtest.Each(t, os.DirFS("../migrations"), func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		ada := User{Email: "Ada@example.com", Name: " Ada ", PasswordHash: "x", Role: RoleMember}
		err := d.Do(ctx, func(ctx context.Context, s *db.Session) error {
			if err := users.Create(ctx, s, &ada); err != nil {
				return err
			}
			found, err := users.ByEmail(ctx, s, "ADA@EXAMPLE.COM")
			if err == nil && *found != ada {
				t.Errorf("found %+v, want %+v", *found, ada)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		err = d.Do(ctx, func(ctx context.Context, s *db.Session) error {
			return users.Create(ctx, s, &User{Email: "ada@example.com", Name: "Eve", Role: RoleMember})
		})
		if !errors.Is(err, ErrEmailTaken) {
			t.Errorf("a second user with the address: %v", err)
		}
		err = d.Read(ctx, func(ctx context.Context, r *db.Reader) error {
			_, err := users.ByEmail(ctx, r, "eve@example.com")
			return err
		})
		if !errs.HasKind(err, errs.NotFound) {
			t.Errorf("an unknown address: %v", err)
		}
	})
}

// Handlers are ordinary functions: a test calls them without a server.
func TestHandlersAreFunctions(t *testing.T) {
	t.Parallel()
	domain, err := New(Config{Name: "Conduit", Secrets: []string{strings.Repeat("k", 32)}})
	if err != nil {
		t.Fatal(err)
	}
	rt := &Router{users: domain.Users, auth: domain.Auth}
	dbtest.Each(t, os.DirFS("../migrations"), func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		ada := User{Email: "ada@example.com", Name: "Ada", Role: RoleMember}
		err := d.Do(ctx, func(ctx context.Context, s *db.Session) error {
			if err := rt.users.Create(ctx, s, &ada); err != nil {
				return err
			}
			name := "Countess"
			in := &UserUpdate{Me: Me{User: Current{&ada}}, ID: ada.ID}
			in.Body.Name = &name
			out, err := rt.update(ctx, s, in)
			if err == nil && out.Name != name {
				t.Errorf("updated to %+v", out)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		err = d.Read(ctx, func(ctx context.Context, r *db.Reader) error {
			out, err := rt.get(ctx, r, &UserByID{ID: ada.ID})
			if err == nil && out.Name != "Countess" {
				t.Errorf("got %+v", out)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}, app.Auth())
}
