package users_test

import (
	"context"
	"testing"

	"github.com/terem-go/terem/accounts"
	"github.com/terem-go/terem/api/apitest"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/events/eventstest"
	"github.com/terem-go/terem/internal/scaffold/app/users"
)

// Who knows the password deletes their account, which the other domains are told of.
func TestLeave(t *testing.T) {
	eachWith(t, users.Config{}, func(t *testing.T, c *apitest.Client, d *db.DB, u *users.Domain) {
		ada, row := signUp(c, "ada@example.com")
		eve, _ := signUp(c, "eve@example.com")
		published := func() (list []users.Deleted) {
			t.Helper()
			err := d.Read(context.Background(), func(ctx context.Context, r *db.Reader) error {
				list = eventstest.Published[users.Deleted](t, r)
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			return list
		}
		link := letter(t, d, u, accounts.Mail{What: accounts.MailReset, Email: "ada@example.com"})
		var tokens accounts.Token
		c.Post("/api/auth/login", map[string]any{"email": "ada@example.com", "password": password}).Expect(200).JSON(&tokens)

		c.Post("/api/users/me/delete", map[string]any{"current_password": password}).ExpectError(401, "auth.required")
		ada.Post("/api/users/me/delete", map[string]any{"current_password": "wrong horse battery"}).ExpectError(422, "accounts.wrong_password")
		ada.Get("/api/users/me").Expect(200)
		if got := published(); len(got) != 0 {
			t.Errorf("%v was published, and nobody was deleted", got)
		}
		ada.Post("/api/users/me/delete", map[string]any{"current_password": password}).Expect(204)
		if got := published(); len(got) != 1 || got[0].UserID != row.ID {
			t.Errorf("%v was published, want user %d", got, row.ID)
		}
		ada.Get("/api/users/me").ExpectError(401, "auth.token_invalid")
		renew(c, tokens.RefreshToken).ExpectError(401, "auth.refresh_invalid")
		c.Post("/api/auth/reset", map[string]any{"token": link, "password": "fresh horse battery"}).ExpectError(422, "auth.link_over")
		c.Post("/api/auth/login", map[string]any{"email": "ada@example.com", "password": password}).Expect(401)
		eve.Get("/api/users/me").Expect(200)
		signUp(c, "ada@example.com") // the address is free again
	})
}
