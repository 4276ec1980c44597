package accounts_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/accounts"
	"github.com/terem-go/terem/auth"
	"github.com/terem-go/terem/auth/authtest"
	"github.com/terem-go/terem/db"
)

func TestAuthenticate(t *testing.T) {
	each(t, nil, func(h *house) {
		p := h.ada()
		got, err := h.Authenticate(h.ctx(), h.d, home, " ADA@example.com ", password, "")
		if err != nil || got.ID != p.ID {
			h.t.Errorf("the right password: %+v, %v", got, err)
		}
		got, err = h.Authenticate(h.ctx(), h.d, home, "ada@example.com", wrong, "")
		if h.want("a wrong password", err, auth.ErrWrongPassword); got != nil {
			h.t.Error("a wrong password returns the user")
		}
		_, err = h.Authenticate(h.ctx(), h.d, home, "nobody@example.com", password, "")
		h.want("nobody", err, auth.ErrWrongPassword)
		h.want("a code that nobody asks for", h.in(home, password, "123456"), nil)
		h.must(h.do(func(ctx context.Context, s *db.Session) error {
			return h.people.SetPassword(ctx, s, p.Account().Subject, "")
		}))
		h.want("whoever has no password", h.in(home, "", ""), auth.ErrWrongPassword)
	})
}

// A hash of weaker parameters is made anew by a login.
func TestAuthenticateUpgrades(t *testing.T) {
	each(t, func(c *accounts.Config[*person]) { c.Passwords.Time = 2 }, func(h *house) {
		p := h.ada()
		weak, err := auth.NewPasswords(auth.PasswordConfig{Memory: 1024, Time: 1})
		h.must(err)
		hash, err := weak.Hash(h.ctx(), password)
		h.must(err)
		h.must(h.do(func(ctx context.Context, s *db.Session) error {
			return h.people.SetPassword(ctx, s, p.Account().Subject, hash)
		}))
		h.want("a wrong password", h.in(home, wrong, ""), auth.ErrWrongPassword)
		if h.row(p).Hash != hash {
			h.t.Error("a wrong password has changed the hash")
		}
		h.must(h.in(home, password, ""))
		if now := h.row(p).Hash; now == hash || !strings.Contains(now, "t=2") {
			h.t.Errorf("the hash is %s", now)
		}
		h.must(h.in(home, password, ""))
	})
}

// Guesses from one place are slowed down more and more, whatever they are, and the
// owner is told. One that is right forgives them.
func TestGuesses(t *testing.T) {
	each(t, nil, func(h *house) {
		h.ada()
		for range 5 {
			h.want("a guess", h.in(home, wrong, ""), auth.ErrWrongPassword)
		}
		h.want("the sixth", h.in(home, password, ""), auth.ErrTooMany)
		h.want("elsewhere", h.in(from(1), password, ""), nil)
		h.pass(time.Second)
		h.want("after a second", h.in(home, password, ""), nil)
		for range 4 {
			h.want("forgiven", h.in(home, wrong, ""), auth.ErrWrongPassword)
		}
		h.must(h.in(home, password, ""))

		for range 10 {
			h.pass(15 * time.Minute)
			h.want("a guess", h.in(home, wrong, ""), auth.ErrWrongPassword)
		}
		if diff := cmp.Diff([]string{"welcome ada@example.com", "notice ada@example.com"}, h.mails()); diff != "" {
			h.t.Errorf("mails (-want +got):\n%s", diff)
		}
		for n := range 101 { // at one account each
			_, err := h.Authenticate(h.ctx(), h.d, from(2), strings.Repeat("x", n)+"@example.com", wrong, "")
			if want := auth.ErrWrongPassword; n < 100 {
				h.want("a place", err, want)
			} else {
				h.want("a place that tries many accounts", err, auth.ErrTooMany)
			}
		}
	})
}

func TestBusy(t *testing.T) {
	each(t, func(c *accounts.Config[*person]) {
		c.Passwords.Memory, c.Passwords.Concurrent, c.Passwords.Wait = 64*1024, 1, time.Nanosecond
	}, func(h *house) {
		p := h.ada()
		results := make(chan error)
		for n := range 16 {
			go func() { results <- h.in(from(n), password, "") }()
		}
		busy := 0
		for range 16 {
			if err := <-results; errors.Is(err, auth.ErrBusy) {
				busy++
			} else if err != nil {
				h.t.Error(err)
			}
		}
		if busy == 0 {
			h.t.Error("16 at once, with one turn that nobody waits for: none was refused")
		}
		h.want("a user who goes on", h.Prove(h.ctx(), h.d, home, p, password), nil)
	})
}

func TestProve(t *testing.T) {
	each(t, nil, func(h *house) {
		p := h.ada()
		h.must(h.Prove(h.ctx(), h.d, home, p, password))
		for range 5 {
			h.want("a guess", h.Prove(h.ctx(), h.d, home, p, wrong), accounts.ErrWrongPassword)
		}
		h.want("too many", h.Prove(h.ctx(), h.d, home, p, password), auth.ErrTooMany)
		h.want("at login, too", h.in(home, password, ""), auth.ErrTooMany)
		h.pass(time.Second)
		h.must(h.Prove(h.ctx(), h.d, home, p, password))
	})
}

func TestFactor(t *testing.T) {
	each(t, nil, func(h *house) {
		p := h.ada()
		has := func() (on bool) {
			h.must(h.d.Read(h.ctx(), func(ctx context.Context, r *db.Reader) (err error) { on, err = h.HasFactor(ctx, r, p); return err }))
			return on
		}
		confirm := func(code string) (codes []string, err error) {
			err = h.do(func(ctx context.Context, s *db.Session) (err error) {
				codes, err = h.ConfirmFactor(ctx, s, home, p, code)
				return err
			})
			return codes, err
		}
		_, err := confirm("123456")
		h.want("before it is begun", err, auth.ErrFactorOff)
		_, _, err = h.BeginFactor(h.ctx(), h.d, home, p, wrong)
		h.want("without the password", err, accounts.ErrWrongPassword)
		secret, uri, err := h.BeginFactor(h.ctx(), h.d, home, p, password)
		h.must(err)
		if !strings.Contains(uri, secret) || !strings.Contains(uri, "Shop") {
			h.t.Errorf("the app reads %s", uri)
		}
		h.want("a login before it is confirmed", h.in(home, password, ""), nil)
		_, err = confirm("x")
		h.want("a wrong code", err, auth.ErrWrongCode)
		if has() {
			h.t.Error("it is on before it is confirmed")
		}
		codes, err := confirm(authtest.Code(h.t, secret, h.clock()))
		h.must(err)
		if !has() || len(codes) == 0 {
			h.t.Errorf("on: %t, with %d recovery codes", has(), len(codes))
		}
		_, err = confirm(authtest.Code(h.t, secret, h.clock()))
		h.want("confirmed again", err, auth.ErrFactorOn)
		_, _, err = h.BeginFactor(h.ctx(), h.d, home, p, password)
		h.want("begun again", err, auth.ErrFactorOn)

		h.want("the wrong password, with a code", h.in(home, wrong, codes[0]), auth.ErrWrongPassword) // and the code is still good
		h.want("no code", h.in(home, password, ""), accounts.ErrCodeNeeded)
		h.want("a wrong code", h.in(home, password, "x"), auth.ErrWrongCode)
		h.want("the code that confirmed it", h.in(home, password, authtest.Code(h.t, secret, h.clock())), auth.ErrWrongCode)
		h.want("a recovery code", h.in(home, password, codes[0]), nil)
		h.want("once more", h.in(home, password, codes[0]), auth.ErrWrongCode)
		h.pass(time.Minute)
		h.want("the next code", h.in(home, password, authtest.Code(h.t, secret, h.clock())), nil)
		for range 5 {
			h.want("guessed codes", h.in(home, password, "x"), auth.ErrWrongCode)
		}
		h.want("guessed codes", h.in(home, password, codes[1]), auth.ErrTooMany)

		h.pass(time.Minute)
		h.want("turned off without the password", h.EndFactor(h.ctx(), h.d, home, p, wrong), accounts.ErrWrongPassword)
		h.pass(time.Minute)
		h.must(h.EndFactor(h.ctx(), h.d, home, p, password))
		h.want("turned off", h.in(home, password, ""), nil)
		wanted := slices.Concat([]string{"registered", "proof_refused", "factor_on"}, slices.Repeat([]string{"login_refused"}, 10), []string{"proof_refused", "factor_off"})
		if diff := cmp.Diff(wanted, h.actions()); diff != "" {
			h.t.Errorf("audit log (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]string{"welcome ada@example.com", "notice ada@example.com", "notice ada@example.com"}, h.mails()); diff != "" {
			h.t.Errorf("mails (-want +got):\n%s", diff)
		}
	})
}
