package users_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/terem-go/terem/accounts"
	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/api/apitest"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"

	"github.com/terem-go/terem/examples/conduit/users"
)

func TestRegister(t *testing.T) {
	each(t, func(t *testing.T, c *apitest.Client, _ *db.DB) {
		var u users.UserRead
		r := c.Post("/api/users", map[string]any{"email": " Ada@Example.com ", "password": password, "name": " Ada  L "})
		r.Expect(201).JSON(&u)
		if u.ID == 0 || u.Email != "ada@example.com" || u.Name != "Ada L" || u.IsSuperuser || u.CreatedAt.IsZero() {
			t.Errorf("registered %+v", u)
		}
		if strings.Contains(r.Body, "password") || strings.Contains(r.Body, "argon2") {
			t.Errorf("the reply tells of the password: %s", r.Body)
		}
		c.Post("/api/users", map[string]any{"email": "ADA@example.com", "password": password, "name": "Eve"}).
			ExpectError(409, "users.email_taken")
	})
}

func TestRegisterRefuses(t *testing.T) {
	each(t, func(t *testing.T, c *apitest.Client, _ *db.DB) {
		for name, change := range map[string]map[string]any{
			"no address":       {"email": nil},
			"not an address":   {"email": "ada"},
			"a name with one":  {"email": "Ada <ada@example.com>"},
			"a long address":   {"email": strings.Repeat("a", 250) + "@example.com"},
			"a short password": {"password": "short"},
			"no name":          {"name": "  "},
			"a control name":   {"name": "a\x00b"},
			"a long name":      {"name": strings.Repeat("a", 101)},
			"an extra right":   {"is_superuser": true},
		} {
			body := map[string]any{"email": "ada@example.com", "password": password, "name": "Ada"}
			for k, v := range change {
				body[k] = v
			}
			if r := c.Post("/api/users", body); r.Status != 422 {
				t.Errorf("%s: status %d, want 422\n%s", name, r.Status, r.Body)
			}
		}
	})
}

func TestLogin(t *testing.T) {
	each(t, func(t *testing.T, c *apitest.Client, _ *db.DB) {
		signUp(c, "ada@example.com")
		var token accounts.Token
		c.Post("/api/auth/login", map[string]any{"email": "ADA@example.com", "password": password}).Expect(200).JSON(&token)
		if token.TokenType != "bearer" || token.ExpiresIn < 60 || token.AccessToken == "" {
			t.Errorf("token %+v", token)
		}
		wrong := c.Post("/api/auth/login", map[string]any{"email": "ada@example.com", "password": "wrong horse battery"})
		unknown := c.Post("/api/auth/login", map[string]any{"email": "eve@example.com", "password": password})
		wrong.ExpectError(401, "auth.wrong_password")
		unknown.ExpectError(401, "auth.wrong_password")
	})
}

func TestMe(t *testing.T) {
	each(t, func(t *testing.T, c *apitest.Client, _ *db.DB) {
		ada, u := signUp(c, "ada@example.com")
		var me users.UserRead
		ada.Get("/api/users/me").Expect(200).JSON(&me)
		if me != u {
			t.Errorf("me is %+v, want %+v", me, u)
		}
		ada.Patch("/api/users/me", map[string]any{"name": "Countess"}).Expect(200).JSON(&me)
		if me.Name != "Countess" || me.Email != u.Email || me.UpdatedAt.Before(u.UpdatedAt) {
			t.Errorf("changed to %+v", me)
		}
		ada.Patch("/api/users/me", map[string]any{"is_superuser": true}).Expect(422)
		ada.Delete("/api/users/me").Expect(204)
		ada.Get("/api/users/me").ExpectError(401, "auth.token_invalid")
		c.Post("/api/auth/login", map[string]any{"email": "ada@example.com", "password": password}).Expect(401)
	})
}

func TestChangePassword(t *testing.T) {
	each(t, func(t *testing.T, c *apitest.Client, _ *db.DB) {
		ada, _ := signUp(c, "ada@example.com")
		const fresh = "battery staple horse"
		ada.Put("/api/users/me/password", map[string]any{"password": fresh, "current_password": "wrong horse battery"}).ExpectError(422, "accounts.wrong_password")
		ada.Put("/api/users/me/password", map[string]any{"password": "short", "current_password": password}).Expect(422)
		ada.Put("/api/users/me/password", map[string]any{"password": "ada@example.com1", "current_password": password}).ExpectError(422, "auth.password_common")
		ada.Put("/api/users/me/password", map[string]any{"password": fresh, "current_password": password}).Expect(204)
		ada.Get("/api/users/me").ExpectError(401, "auth.token_invalid")
		c.Post("/api/auth/login", map[string]any{"email": "ada@example.com", "password": password}).Expect(401)
		logIn(c, "ada@example.com", fresh)
	})
}

func TestSuperuserManagesUsers(t *testing.T) {
	each(t, func(t *testing.T, c *apitest.Client, d *db.DB) {
		root, boss := signUp(c, "root@example.com")
		promote(t, d, boss.ID)
		_, ada := signUp(c, "ada@example.com")
		_, eve := signUp(c, "eve@example.com")

		var page api.Page[users.UserRead]
		root.Get("/api/users?page=2&size=2").Expect(200).JSON(&page)
		if page.Total != 3 || len(page.Items) != 1 || page.Items[0] != eve {
			t.Errorf("page 2 is %+v", page)
		}
		root.Get("/api/users?size=0").Expect(422)
		root.Get("/api/users?sort=name").Expect(422)

		path := fmt.Sprintf("/api/users/%d", ada.ID)
		var got users.UserRead
		root.Patch(path, map[string]any{"email": "Countess@example.com"}).Expect(200).JSON(&got)
		if got.Email != "countess@example.com" || got.Name != ada.Name {
			t.Errorf("changed to %+v", got)
		}
		root.Patch(path, map[string]any{"email": "eve@example.com"}).ExpectError(409, "users.email_taken")
		root.Get(path).Expect(200).JSON(&got)
		if got.Email != "countess@example.com" {
			t.Errorf("a refused change stayed: %+v", got)
		}
		root.Delete(path).Expect(204)
		for _, r := range []*apitest.Response{root.Get(path), root.Delete(path), root.Patch(path, map[string]any{"name": "A"})} {
			r.ExpectError(404, "users.not_found")
		}
	})
}

// A page costs the same, however long it is: who calls, the rows, and how many
// there are.
func TestListCosts(t *testing.T) {
	each(t, func(t *testing.T, c *apitest.Client, d *db.DB) {
		root, boss := signUp(c, "root@example.com")
		promote(t, d, boss.ID)
		for _, name := range []string{"ada", "bob", "eve"} {
			signUp(c, name+"@example.com")
			dbtest.Watch(d, func() { root.Get("/api/users").Expect(200) }).AtMost(t, 3)
		}
	})
}

// What two clients change of one user at the same time stays, both of it.
func TestChangesAtTheSameTime(t *testing.T) {
	each(t, func(t *testing.T, c *apitest.Client, d *db.DB) {
		ada, u := signUp(c, "ada@example.com")
		root, boss := signUp(c, "root@example.com")
		promote(t, d, boss.ID)
		for n := range 40 {
			name, email := fmt.Sprintf("Ada %d", n), fmt.Sprintf("ada%d@example.com", n)
			var wg sync.WaitGroup
			wg.Go(func() { ada.Patch("/api/users/me", map[string]any{"name": name}).Expect(200) })
			wg.Go(func() { root.Patch(fmt.Sprintf("/api/users/%d", u.ID), map[string]any{"email": email}).Expect(200) })
			wg.Wait()
			var now users.UserRead
			ada.Get("/api/users/me").Expect(200).JSON(&now)
			if now.Name != name || now.Email != email {
				t.Fatalf("round %d: a change that was answered with 200 is gone: %+v", n, now)
			}
		}
	})
}
