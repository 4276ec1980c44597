package users_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
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

// letter returns the token of the link in a mail.
func letter(t *testing.T, d *db.DB, u *users.Domain, m accounts.Mail) (token string) {
	t.Helper()
	err := d.Do(context.Background(), func(ctx context.Context, s *db.Session) (err error) {
		_, token, _, err = u.Auth.Letter(ctx, s, m)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func start(c *apitest.Client, email string) (token accounts.Token) {
	c.Post("/api/auth/login", map[string]any{"email": email, "password": password}).Expect(200).JSON(&token)
	return token
}

func renew(c *apitest.Client, token string) *apitest.Response {
	return c.Post("/api/auth/refresh", map[string]any{"refresh_token": token})
}

// A refresh token is used once. One that was used before ends every login.
func TestRefresh(t *testing.T) {
	eachWith(t, users.Config{}, func(t *testing.T, c *apitest.Client, d *db.DB, _ *users.Domain) {
		signUp(c, "ada@example.com")
		first := start(c, "ada@example.com")
		var second accounts.Token
		renew(c, first.RefreshToken).Expect(200).JSON(&second)
		c.As(second.AccessToken).Get("/api/users/me").Expect(200)
		renew(c, first.RefreshToken).ExpectError(401, "auth.refresh_reused")
		renew(c, second.RefreshToken).ExpectError(401, "auth.refresh_invalid")
		c.As(second.AccessToken).Get("/api/users/me").ExpectError(401, "auth.token_invalid")
		renew(c, "x").ExpectError(401, "auth.refresh_invalid")
		renew(c, second.AccessToken).Expect(422) // too long to be one
	})
}

// Of many who use one refresh token at once exactly one gets the next, and the login
// ends.
func TestRefreshAtOnce(t *testing.T) {
	eachWith(t, users.Config{}, func(t *testing.T, c *apitest.Client, d *db.DB, _ *users.Domain) {
		signUp(c, "ada@example.com")
		token := start(c, "ada@example.com")
		var won atomic.Int32
		var next accounts.Token
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				if r := renew(c, token.RefreshToken); r.Status == 200 {
					won.Add(1)
					r.JSON(&next)
				} else if r.Status != 401 {
					t.Errorf("status %d: %s", r.Status, r.Body)
				}
			})
		}
		all.Wait()
		if won.Load() != 1 {
			t.Errorf("%d of 8 got the next token, want 1", won.Load())
		}
		renew(c, next.RefreshToken).ExpectError(401, "auth.refresh_invalid")
	})
}

func TestLogOut(t *testing.T) {
	eachWith(t, users.Config{}, func(t *testing.T, c *apitest.Client, d *db.DB, _ *users.Domain) {
		signUp(c, "ada@example.com")
		phone, laptop := start(c, "ada@example.com"), start(c, "ada@example.com")
		c.Post("/api/auth/logout", map[string]any{"refresh_token": phone.RefreshToken}).Expect(204)
		renew(c, phone.RefreshToken).ExpectError(401, "auth.refresh_invalid")
		c.As(phone.AccessToken).Get("/api/users/me").Expect(401)
		renew(c, laptop.RefreshToken).Expect(200) // which stays
		c.Post("/api/auth/logout", map[string]any{"refresh_token": phone.RefreshToken}).ExpectError(401, "auth.refresh_invalid")
	})
}

// People see and end their own logins, and nobody else's.
func TestLogins(t *testing.T) {
	eachWith(t, users.Config{}, func(t *testing.T, c *apitest.Client, d *db.DB, _ *users.Domain) {
		ada, _ := signUp(c, "ada@example.com")
		eve, _ := signUp(c, "eve@example.com")
		start(c, "ada@example.com")
		var list users.LoginList
		ada.Get("/api/users/me/logins").Expect(200).JSON(&list)
		if len(list.Logins) != 2 || list.Logins[0].Kind != "program" || list.Logins[0].ID == list.Logins[1].ID {
			t.Fatalf("logins %+v", list)
		}
		path := fmt.Sprintf("/api/users/me/logins/%d", list.Logins[0].ID)
		eve.Delete(path).ExpectError(404, "accounts.no_login")
		ada.Delete(path).Expect(204)
		ada = logIn(c, "ada@example.com", password) // access tokens ended, too
		ada.Delete(path).ExpectError(404, "accounts.no_login")
		ada.Delete("/api/users/me/logins").Expect(204)
		ada.Get("/api/users/me").Expect(401)
		eve.Get("/api/users/me").Expect(200)
	})
}

func TestConfirm(t *testing.T) {
	eachWith(t, users.Config{}, func(t *testing.T, c *apitest.Client, d *db.DB, u *users.Domain) {
		ada, me := signUp(c, "ada@example.com")
		signUp(c, "eve@example.com")
		confirm := func(token string) *apitest.Response {
			return c.Post("/api/auth/confirm", map[string]any{"token": token})
		}
		subject := fmt.Sprint(me.ID)
		token := letter(t, d, u, accounts.Mail{What: accounts.MailWelcome, Email: me.Email, Subject: subject})
		confirm(letter(t, d, u, accounts.Mail{What: accounts.MailReset, Email: me.Email})).ExpectError(422, "auth.link_over") // for something else
		confirm(token).Expect(204)
		confirm(token).ExpectError(422, "auth.link_over")
		ada.Get("/api/users/me").Expect(200).JSON(&me)
		if !me.Confirmed {
			t.Error("the address is not confirmed")
		}

		change := func(email, password string) *apitest.Response {
			return ada.Put("/api/users/me/email", map[string]any{"email": email, "current_password": password})
		}
		change("countess@example.com", "wrong horse battery").ExpectError(422, "accounts.wrong_password")
		change("countess@example.com", password).Expect(204)
		ada.Get("/api/users/me").Expect(200).JSON(&me)
		if me.Email != "ada@example.com" {
			t.Errorf("the address is %s before it was confirmed", me.Email)
		}
		confirm(letter(t, d, u, accounts.Mail{What: accounts.MailConfirm, Email: "countess@example.com", Subject: subject})).Expect(204)
		logIn(c, "countess@example.com", password)
		// Whoever was faster has it.
		confirm(letter(t, d, u, accounts.Mail{What: accounts.MailConfirm, Email: "eve@example.com", Subject: subject})).ExpectError(409, "users.email_taken")
	})
}

func TestReset(t *testing.T) {
	eachWith(t, users.Config{}, func(t *testing.T, c *apitest.Client, d *db.DB, u *users.Domain) {
		ada, me := signUp(c, "ada@example.com")
		login := start(c, "ada@example.com")
		known := c.Post("/api/auth/forgot", map[string]any{"email": "ada@example.com"}).Expect(204)
		unknown := c.Post("/api/auth/forgot", map[string]any{"email": "nobody@example.com"}).Expect(204)
		if known.Body != unknown.Body {
			t.Errorf("the answers tell who is registered: %q, %q", known.Body, unknown.Body)
		}
		reset := func(token, password string) *apitest.Response {
			return c.Post("/api/auth/reset", map[string]any{"token": token, "password": password})
		}
		ask := accounts.Mail{What: accounts.MailReset, Email: me.Email}
		old := letter(t, d, u, ask)
		token := letter(t, d, u, ask)
		const fresh = "battery staple horse"
		reset(token, "ada@example.com").ExpectError(422, "auth.password_common")
		reset(old, fresh).Expect(204) // whoever asked for the newer one
		reset(token, fresh).ExpectError(422, "auth.link_over")
		ada.Get("/api/users/me").Expect(401)
		renew(c, login.RefreshToken).Expect(401)
		c.Post("/api/auth/login", map[string]any{"email": me.Email, "password": password}).Expect(401)
		logIn(c, me.Email, fresh)

		// A link to an address that is no longer theirs is worth nothing.
		token = letter(t, d, u, ask)
		c.Post("/api/auth/confirm", map[string]any{"token": letter(t, d, u, accounts.Mail{What: accounts.MailConfirm, Email: "new@example.com", Subject: fmt.Sprint(me.ID)})}).Expect(204)
		reset(token, "another horse battery").ExpectError(422, "auth.link_over")
	})
}

// Guesses are slowed down: for the account from there, and nobody else.
func TestGuessing(t *testing.T) {
	eachWith(t, users.Config{}, func(t *testing.T, c *apitest.Client, d *db.DB, _ *users.Domain) {
		signUp(c, "ada@example.com")
		signUp(c, "eve@example.com")
		guess := func(email string) *apitest.Response {
			return c.Post("/api/auth/login", map[string]any{"email": email, "password": "wrong horse battery"})
		}
		for _, email := range []string{"ada@example.com", "ADA@example.com", " ada@example.com", "ada@example.com", "ada@example.com"} {
			guess(email).ExpectError(401, "auth.wrong_password")
		}
		r := guess("ada@example.com").Expect(429)
		if r.Header.Get("Retry-After") == "" {
			t.Error("nothing says when to come back")
		}
		c.Post("/api/auth/login", map[string]any{"email": "ada@example.com", "password": password}).Expect(429) // whatever it is
		logIn(c, "eve@example.com", password)
		for range 5 {
			guess("nobody@example.com").ExpectError(401, "auth.wrong_password")
		}
		guess("nobody@example.com").Expect(429) // as for those who are registered
	})
}

func TestSecondFactor(t *testing.T) {
	now := time.Now()
	eachWith(t, users.Config{Now: func() time.Time { return now }}, func(t *testing.T, c *apitest.Client, d *db.DB, _ *users.Domain) {
		ada, me := signUp(c, "ada@example.com")
		proof := map[string]any{"current_password": password}
		ada.Post("/api/users/me/factor", map[string]any{"current_password": "wrong horse battery"}).ExpectError(422, "accounts.wrong_password")
		ada.Post("/api/users/me/factor/confirm", map[string]any{"code": "000000"}).ExpectError(409, "auth.factor_off")
		var factor users.Factor
		ada.Post("/api/users/me/factor", proof).Expect(200).JSON(&factor)
		logIn(c, me.Email, password) // not asked for before it is confirmed
		ada.Post("/api/users/me/factor/confirm", map[string]any{"code": "x"}).ExpectError(401, "auth.wrong_code")
		var recovery users.RecoveryCodes
		ada.Post("/api/users/me/factor/confirm", map[string]any{"code": authtest.Code(t, factor.Secret, now.Add(-30*time.Second))}).Expect(200).JSON(&recovery)
		in := func(code string) *apitest.Response {
			return c.Post("/api/auth/login", map[string]any{"email": me.Email, "password": password, "code": code})
		}
		in("").ExpectError(401, "accounts.code_needed")
		in("000000").ExpectError(401, "auth.wrong_code")
		code := authtest.Code(t, factor.Secret, now)
		in(code).Expect(200)
		in(code).ExpectError(401, "auth.wrong_code") // used before
		in(recovery.Codes[0]).Expect(200)
		in(recovery.Codes[0]).ExpectError(401, "auth.wrong_code")
		ada.Post("/api/users/me/factor/end", proof).Expect(204)
		logIn(c, me.Email, password)
	})
}

// Roles have the permissions that they were granted, and what was done is in the
// audit log.
func TestRolesAndAudit(t *testing.T) {
	eachWith(t, users.Config{}, func(t *testing.T, c *apitest.Client, d *db.DB, _ *users.Domain) {
		ada, me := signUp(c, "ada@example.com")
		root, boss := signUp(c, "root@example.com")
		promote(t, d, boss.ID)
		ada.Get("/api/audit").ExpectError(403, "users.not_allowed")
		ada.Patch("/api/users/me", map[string]any{"name": "Ada", "role": "staff"}).Expect(422)
		root.Patch(fmt.Sprintf("/api/users/%d", me.ID), map[string]any{"role": "staff"}).Expect(200)
		var log api.Slice[auth.Event]
		ada.Get("/api/audit?size=2").Expect(200).JSON(&log)
		if len(log.Items) != 2 || log.Items[0].Action != "accounts.changed" || log.Items[0].Actor != fmt.Sprint(boss.ID) || log.Items[0].Object != fmt.Sprintf("users/%d", me.ID) || log.Items[0].Request == "" {
			t.Errorf("the audit log: %+v", log.Items)
		}
		ada.Patch("/api/users/"+fmt.Sprint(boss.ID), map[string]any{"name": "x"}).ExpectError(403, "users.not_allowed")
	})
}

// Where accounts are hidden, nobody who registers learns of those that are there.
func TestHiddenAccounts(t *testing.T) {
	eachWith(t, users.Config{Hide: true}, func(t *testing.T, c *apitest.Client, d *db.DB, u *users.Domain) {
		register := func(email string) *apitest.Response {
			return c.Post("/api/users", map[string]any{"email": email, "password": password, "name": "Ada"}).Expect(201)
		}
		first, again := register("ada@example.com"), register("ada@example.com")
		if first.Body != again.Body || strings.Contains(first.Body, `"id":1`) {
			t.Errorf("the answers differ, or tell the id:\n%s\n%s", first.Body, again.Body)
		}
		logIn(c, "ada@example.com", password)
		var mails int
		err := d.Read(t.Context(), func(ctx context.Context, r *db.Reader) error {
			return r.QueryRow(ctx, "SELECT count(*) FROM river_job WHERE kind = 'accounts.mail'").Scan(&mails)
		})
		if err != nil || mails != 2 {
			t.Errorf("%d mails are enqueued, want the welcome and the notice; %v", mails, err)
		}
		// Who is at the machine is told what became of it.
		command := func(email string) (*users.User, error) {
			return u.Auth.Register(context.Background(), d, auth.Visit{Device: "user create"}, users.User{Email: email, Name: "Root", Role: users.RoleMember, IsSuperuser: true}, password)
		}
		if root, err := command("root@example.com"); err != nil || root.ID == 0 || !root.IsSuperuser {
			t.Errorf("created by a command: %+v, %v", root, err)
		}
		if _, err := command("ada@example.com"); !errors.Is(err, users.ErrEmailTaken) {
			t.Errorf("created twice, by a command: %v", err)
		}
	})
}

// The cookies of a browser and the tokens of a program are of no use for each other.
func TestCookieAtTheAPI(t *testing.T) {
	eachWith(t, users.Config{}, func(t *testing.T, c *apitest.Client, d *db.DB, u *users.Domain) {
		signUp(c, "ada@example.com")
		token := start(c, "ada@example.com")
		for _, value := range []string{token.AccessToken, token.RefreshToken} {
			c.With("Cookie", "login="+value).Get("/api/users/me").Expect(401)
		}
	})
}
