package users_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/terem-go/terem/accounts"
	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/api/apitest"
	"github.com/terem-go/terem/auth"
	"github.com/terem-go/terem/auth/authtest"
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

// Once a superuser has given somebody another address, no link from before brings the
// old one back, nor one that somebody else has asked for.
func TestLinksEndWithTheAddress(t *testing.T) {
	eachWith(t, users.Config{}, func(t *testing.T, c *apitest.Client, d *db.DB, u *users.Domain) {
		root, boss := signUp(c, "root@example.com")
		promote(t, d, boss.ID)
		_, me := signUp(c, "ada@example.com")
		for i, m := range []accounts.Mail{
			{What: accounts.MailWelcome, Email: "ada@example.com", Subject: fmt.Sprint(me.ID)},
			{What: accounts.MailConfirm, Email: "eve@example.com", Subject: fmt.Sprint(me.ID)},
		} {
			token := letter(t, d, u, m)
			root.Patch(fmt.Sprint("/api/users/", me.ID), map[string]any{"email": fmt.Sprintf("countess%d@example.com", i)}).Expect(200)
			c.Post("/api/auth/confirm", map[string]any{"token": token}).ExpectError(422, "auth.link_over")
			if late := letter(t, d, u, m); m.What == accounts.MailWelcome && late != "" {
				t.Error("an address that is somebody's no longer can still be confirmed")
			}
		}
		logIn(c, "countess1@example.com", password)
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

// A new password by mail does not let in who lacks the second factor.
func TestResetLeavesTheSecondFactor(t *testing.T) {
	eachWith(t, users.Config{}, func(t *testing.T, c *apitest.Client, d *db.DB, u *users.Domain) {
		ada, me := signUp(c, "ada@example.com")
		var factor users.Factor
		ada.Post("/api/users/me/factor", map[string]any{"current_password": password}).Expect(200).JSON(&factor)
		ada.Post("/api/users/me/factor/confirm", map[string]any{"code": authtest.Code(t, factor.Secret, time.Now())}).Expect(200)
		const fresh = "fresh horse battery"
		token := letter(t, d, u, accounts.Mail{What: accounts.MailReset, Email: me.Email})
		c.Post("/api/auth/reset", map[string]any{"token": token, "password": fresh}).Expect(204)
		c.Post("/api/auth/login", map[string]any{"email": me.Email, "password": fresh}).ExpectError(401, "accounts.code_needed")
	})
}

// Whatever changes how somebody logs in is told to the address that they had before.
func TestOwnersAreTold(t *testing.T) {
	eachWith(t, users.Config{}, func(t *testing.T, c *apitest.Client, d *db.DB, _ *users.Domain) {
		ada, _ := signUp(c, "ada@example.com")
		told := 0
		tells := func(what string) {
			t.Helper()
			told++
			var n int
			err := d.Read(t.Context(), func(ctx context.Context, r *db.Reader) error {
				return r.QueryRow(ctx, "SELECT count(*) FROM river_job WHERE CAST(args AS TEXT) LIKE '%notice%' AND CAST(args AS TEXT) LIKE '%ada@example.com%'").Scan(&n)
			})
			if err != nil || n != told {
				t.Errorf("after %s there are %d notices, want %d; %v", what, n, told, err)
			}
		}
		proof := map[string]any{"current_password": password}
		ada.Put("/api/users/me/email", map[string]any{"email": "eve@example.com", "current_password": password}).Expect(204)
		tells("another address")
		var factor users.Factor
		ada.Post("/api/users/me/factor", proof).Expect(200).JSON(&factor)
		ada.Post("/api/users/me/factor/confirm", map[string]any{"code": authtest.Code(t, factor.Secret, time.Now())}).Expect(200)
		tells("a second factor")
		ada.Post("/api/users/me/factor/end", proof).Expect(204)
		tells("its end")
		first := start(c, "ada@example.com")
		renew(c, first.RefreshToken).Expect(200)
		renew(c, first.RefreshToken).ExpectError(401, "auth.refresh_reused")
		tells("an old refresh token")
		ada = logIn(c, "ada@example.com", password)
		ada.Put("/api/users/me/password", map[string]any{"password": "fresh horse battery", "current_password": password}).Expect(204)
		tells("another password")
	})
}
