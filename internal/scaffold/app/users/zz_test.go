package users_test

import (
	"strings"
	"testing"

	"github.com/terem-go/terem/api/apitest"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/internal/scaffold/app/users"
)

func TestZZ(t *testing.T) {
	eachWith(t, users.Config{}, func(t *testing.T, c *apitest.Client, d *db.DB, u *users.Domain) {
		for _, e := range []string{strings.Repeat("İ", 200) + "@example.com", strings.Repeat("é", 240) + "@example.com", "a@" + strings.Repeat("b", 250), "ada@example.com\u00a0", "\"a\"@b.c", "a@b\u2028.c"} {
			r := c.Post("/api/users", map[string]any{"email": e, "password": "correct horse battery", "name": "Ada"})
			t.Log(e, r.Status, r.Body)
		}
		for _, n := range []string{strings.Repeat("\U0001F600", 100), strings.Repeat("ﷺ", 100), " \u00a0 ", "a\u200db"} {
			r := c.Post("/api/users", map[string]any{"email": "a" + n[:0] + "x@example.com", "password": "correct horse battery", "name": n})
			t.Log(r.Status, r.Body)
		}
		r := c.Post("/api/auth/login", map[string]any{"email": strings.Repeat("İ", 254), "password": "x"})
		t.Log(r.Status, r.Body)
		r = c.Post("/api/auth/forgot", map[string]any{"email": strings.Repeat("İ", 200) + "@example.com"})
		t.Log(r.Status, r.Body)
	})
}
