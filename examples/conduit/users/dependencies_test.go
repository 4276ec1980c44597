package users_test

import (
	"testing"

	"github.com/terem-go/terem/api/apitest"
	"github.com/terem-go/terem/db"
)

func TestPolicies(t *testing.T) {
	each(t, func(t *testing.T, c *apitest.Client, d *db.DB) {
		ada, _ := signUp(c, "ada@example.com")
		root, boss := signUp(c, "root@example.com")
		promote(t, d, boss.ID)
		for _, route := range []struct {
			method, path      string
			nobody, ada, root int
		}{
			{"GET", "/api/users/me", 401, 200, 200},
			{"PATCH", "/api/users/me", 401, 422, 422}, // 422: let through, but without a body
			{"GET", "/api/users", 401, 403, 200},
			{"GET", "/api/users/99", 401, 403, 404},
			{"PATCH", "/api/users/99", 401, 403, 422},
			{"DELETE", "/api/users/99", 401, 403, 404},
		} {
			var body any
			if route.method == "PATCH" {
				body = "[]"
			}
			for _, caller := range []struct {
				name string
				c    *apitest.Client
				want int
			}{{"nobody", c, route.nobody}, {"ada", ada, route.ada}, {"root", root, route.root}} {
				if r := caller.c.Do(route.method, route.path, body); r.Status != caller.want {
					t.Errorf("%s %s as %s: status %d, want %d\n%s", route.method, route.path, caller.name, r.Status, caller.want, r.Body)
				}
			}
		}
		for name, token := range map[string]string{"garbage": "x", "empty": "", "two parts": "a b"} {
			if r := c.As(token).Get("/api/users/me"); r.Status != 401 || r.Header.Get("WWW-Authenticate") == "" {
				t.Errorf("%s token: status %d, WWW-Authenticate %q", name, r.Status, r.Header.Get("WWW-Authenticate"))
			}
		}
	})
}
