package users_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/terem-go/terem/api/apitest"
	"github.com/terem-go/terem/dao"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/internal/scaffold/app/users"
)

// Nobody makes more of themselves by fields that a body does not have.
func TestMassAssignment(t *testing.T) {
	each(t, func(t *testing.T, c *apitest.Client, d *db.DB) {
		ada, me := signUp(c, "ada@example.com")
		root, boss := signUp(c, "root@example.com")
		promote(t, d, boss.ID)
		row := func() (u *users.User) {
			err := d.Read(context.Background(), func(ctx context.Context, r *db.Reader) (err error) {
				u, err = dao.Of[users.User]("users").Get(ctx, r, me.ID)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return u
		}
		before := row()
		mine := fmt.Sprint("/api/users/", me.ID)
		for field, value := range map[string]any{
			"is_superuser": true, "IsSuperuser": true, "role": "staff", "confirmed": true, "confirmed_at": "2026-01-01T00:00:00Z", "id": boss.ID,
			"generation": 7, "password_hash": "x", "email": "eve@example.com", "created_at": "2026-01-01T00:00:00Z", "password": "another horse battery",
		} {
			ada.Patch("/api/users/me", map[string]any{"name": "Ada", field: value}).Expect(422)
			switch field {
			case "email", "role": // what a superuser changes
			default:
				root.Patch(mine, map[string]any{"name": "Ada", field: value}).Expect(422)
			}
			switch field {
			case "email", "password": // what a new user gives
			default:
				c.Post("/api/users", map[string]any{"name": "Eve", "email": "eve@example.com", "password": password, field: value}).Expect(422)
			}
			body := map[string]any{"email": "eve@example.com", "password": password}
			body["x_"+field] = value
			c.Post("/api/auth/login", body).Expect(422)
		}
		if after := row(); *after != *before {
			t.Errorf("the row was\n%+v\nand is\n%+v", before, after)
		}
	})
}
