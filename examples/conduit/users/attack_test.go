package users_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/terem-go/terem/api/apitest"
	"github.com/terem-go/terem/dao"
	"github.com/terem-go/terem/db"

	"github.com/terem-go/terem/examples/conduit/users"
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

// hostile are texts that programs stumble over, whole and within others.
func hostile() (list []string) {
	seeds := []string{
		"", " ", "\t", "\x00", "\x1b[31m", "\r\nSet-Cookie: login=x", "\u202eevil", "\u200b", "\ufeff", "\ufffd", "é", "e\u0301", "𝔸", "👩‍👩‍👧", "\U0010ffff",
		"'; DROP TABLE users; --", `" OR ""="`, "$1", "?", "%s%n%d", "{{.Password}}", "${7*7}", "<script>alert(1)</script>", `"><img src=x onerror=alert(1)>`,
		"javascript:alert(1)", "../../etc/passwd", `C:\x`, "null", "undefined", "NaN", "-1", "1e309", "0x7f", "true", "[]", "{}", "a@b", "ada@example.com\nBcc: x@example.com",
		strings.Repeat("a", 99), strings.Repeat("a", 101), strings.Repeat("ß", 100), strings.Repeat("👩", 60), strings.Repeat("\u0301", 300), strings.Repeat("%", 2000),
	}
	for _, s := range seeds {
		list = append(list, s, "a"+s, s+"b", "a"+s+"b", s+s)
	}
	return list
}

// Hostile texts are stored and shown as they are, or refused. Nothing breaks.
func TestHostileTexts(t *testing.T) {
	each(t, func(t *testing.T, c *apitest.Client, d *db.DB) {
		ada, me := signUp(c, "ada@example.com")
		root, boss := signUp(c, "root@example.com")
		promote(t, d, boss.ID)
		for _, text := range hostile() {
			for what, r := range map[string]*apitest.Response{
				"name":             ada.Patch("/api/users/me", map[string]any{"name": text}),
				"a user's name":    root.Patch(fmt.Sprint("/api/users/", me.ID), map[string]any{"name": text}),
				"a user's address": root.Patch(fmt.Sprint("/api/users/", boss.ID), map[string]any{"email": text}),
				"refresh":          c.Post("/api/auth/refresh", map[string]any{"refresh_token": text}),
				"logout":           c.Post("/api/auth/logout", map[string]any{"refresh_token": text}),
				"confirm":          c.Post("/api/auth/confirm", map[string]any{"token": text}),
				"reset":            c.Post("/api/auth/reset", map[string]any{"token": text, "password": password}),
				"code":             ada.Post("/api/users/me/factor/confirm", map[string]any{"code": text}),
				"token":            c.As(strings.Map(visible, text)).Get("/api/users/me"),
			} {
				if r.Status >= 500 || r.Status == 404 {
					t.Errorf("%s %q: status %d\n%s", what, text, r.Status, r.Body)
				}
				if r.Status != 200 || !strings.HasSuffix(what, "name") {
					continue
				}
				var u users.UserRead
				if err := json.Unmarshal([]byte(r.Body), &u); err != nil || u.Name != strings.Join(strings.Fields(text), " ") {
					t.Errorf("%s: %q became %q, %v", what, text, u.Name, err)
				}
			}
		}
	})
}

// visible leaves out what cannot stand in a header.
func visible(r rune) rune {
	if r < ' ' || r > '~' {
		return -1
	}
	return r
}
