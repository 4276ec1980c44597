package users_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/terem-go/terem/accounts"
	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/api/apitest"
	"github.com/terem-go/terem/auth"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/internal/scaffold/app/users"
)

// Whoever had somebody's password for a while keeps no way in: a new password, changed
// or reset, ends the links that they have asked for, too.
func TestLinksEndWithThePassword(t *testing.T) {
	eachWith(t, users.Config{}, func(t *testing.T, c *apitest.Client, d *db.DB, u *users.Domain) {
		ada, me := signUp(c, "ada@example.com")
		theirs := accounts.Mail{What: accounts.MailConfirm, Email: "eve@example.com", Subject: fmt.Sprint(me.ID)}
		mine := accounts.Mail{What: accounts.MailReset, Email: me.Email}
		over := func(token, reset string) {
			t.Helper()
			c.Post("/api/auth/confirm", map[string]any{"token": token}).ExpectError(422, "auth.link_over")
			c.Post("/api/auth/reset", map[string]any{"token": reset, "password": "third horse battery"}).ExpectError(422, "auth.link_over")
		}
		token, reset := letter(t, d, u, theirs), letter(t, d, u, mine)
		ada.Put("/api/users/me/password", map[string]any{"password": "fresh horse battery", "current_password": password}).Expect(204)
		over(token, reset)

		token, reset = letter(t, d, u, theirs), letter(t, d, u, mine)
		c.Post("/api/auth/reset", map[string]any{"token": reset, "password": "other horse battery"}).Expect(204)
		over(token, reset)
		logIn(c, "ada@example.com", "other horse battery").Get("/api/users/me").Expect(200).JSON(&me)
		if me.Email != "ada@example.com" {
			t.Errorf("the address is %s", me.Email)
		}
	})
}

// A link that was mailed to an address sets no password for who has another one since.
func TestResetAfterAnotherAddress(t *testing.T) {
	eachWith(t, users.Config{}, func(t *testing.T, c *apitest.Client, d *db.DB, u *users.Domain) {
		_, me := signUp(c, "ada@example.com")
		reset := letter(t, d, u, accounts.Mail{What: accounts.MailReset, Email: me.Email})
		token := letter(t, d, u, accounts.Mail{What: accounts.MailConfirm, Email: "countess@example.com", Subject: fmt.Sprint(me.ID)})
		c.Post("/api/auth/confirm", map[string]any{"token": token}).Expect(204)
		c.Post("/api/auth/reset", map[string]any{"token": reset, "password": "fresh horse battery"}).ExpectError(422, "auth.link_over")
		logIn(c, "countess@example.com", password)
	})
}

// Of many who follow one link at once exactly one chooses the password.
func TestResetAtOnce(t *testing.T) {
	eachWith(t, users.Config{}, func(t *testing.T, c *apitest.Client, d *db.DB, u *users.Domain) {
		_, me := signUp(c, "ada@example.com")
		token := letter(t, d, u, accounts.Mail{What: accounts.MailReset, Email: me.Email})
		var won atomic.Int32
		var all sync.WaitGroup
		for i := range 4 {
			all.Go(func() {
				r := c.Post("/api/auth/reset", map[string]any{"token": token, "password": fmt.Sprint("fresh horse battery ", i)})
				if r.Status == 204 {
					won.Add(1)
				} else {
					r.ExpectError(422, "auth.link_over")
				}
			})
		}
		all.Wait()
		if won.Load() != 1 {
			t.Errorf("%d of 4 have set a password, want 1", won.Load())
		}
	})
}

// Logins that were refused are in the audit log, with the reason, and name a user only
// where there is one.
func TestRefusalsAreNoted(t *testing.T) {
	eachWith(t, users.Config{}, func(t *testing.T, c *apitest.Client, d *db.DB, _ *users.Domain) {
		root, boss := signUp(c, "root@example.com")
		promote(t, d, boss.ID)
		for _, email := range []string{"root@example.com", "nobody@example.com"} {
			c.Post("/api/auth/login", map[string]any{"email": email, "password": "wrong horse battery"}).ExpectError(401, "auth.wrong_password")
		}
		root.Put("/api/users/me/password", map[string]any{"password": "fresh horse battery", "current_password": "wrong horse battery"}).ExpectError(422, "accounts.wrong_password")
		var log api.Slice[auth.Event]
		root.Get("/api/audit?size=3").Expect(200).JSON(&log)
		row := fmt.Sprint("users/", boss.ID)
		want := []auth.Event{
			{Actor: fmt.Sprint(boss.ID), Action: "accounts.proof_refused", Object: row},
			{Action: "accounts.login_refused", Detail: "auth.wrong_password"},
			{Action: "accounts.login_refused", Object: row, Detail: "auth.wrong_password"},
		}
		for i, e := range log.Items {
			if got := (auth.Event{Actor: e.Actor, Action: e.Action, Object: e.Object, Detail: e.Detail}); got != want[i] || e.Client == "" {
				t.Errorf("entry %d is %+v, want %+v", i, e, want[i])
			}
		}
	})
}
