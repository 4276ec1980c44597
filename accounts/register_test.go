package accounts_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/accounts"
	"github.com/terem-go/terem/auth"
	"github.com/terem-go/terem/dao"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/errs"
)

func TestRegister(t *testing.T) {
	each(t, nil, func(h *house) {
		p := h.ada()
		if p.ID == 0 || p.Hash == "" || strings.Contains(p.Hash, password) {
			h.t.Errorf("registered %+v", p)
		}
		_, err := h.register("ada@example.com")
		h.want("a taken address", err, errTaken)
		for what, c := range map[string]struct {
			password string
			want     error
		}{
			"short":       {"short", auth.ErrPasswordTooShort},
			"long":        {strings.Repeat("long", 300), auth.ErrPasswordTooLong},
			"common":      {"password1234", auth.ErrPasswordCommon},
			"the address": {"eve@example.com", auth.ErrPasswordCommon},
			"the name":    {"shopshopshop", auth.ErrPasswordCommon},
		} {
			err := h.Register(h.ctx(), h.d, home, accounts.Account{Email: "eve@example.com"}, c.password, func(context.Context, *db.Session, string) (*person, error) {
				return nil, errors.New("a user with that password is created")
			})
			h.want(what, err, c.want)
		}
		failed := errors.New("failed on purpose")
		err = h.Register(h.ctx(), h.d, home, accounts.Account{Email: "eve@example.com"}, password, func(context.Context, *db.Session, string) (*person, error) { return nil, failed })
		h.want("whose creation fails", err, failed)
		if diff := cmp.Diff([]string{"welcome ada@example.com"}, h.mails()); diff != "" {
			h.t.Errorf("mails (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]string{"registered"}, h.actions()); diff != "" {
			h.t.Errorf("audit log (-want +got):\n%s", diff)
		}
		if h.Hides(home) {
			h.t.Error("accounts are hidden, unless told so")
		}
	})
}

// Where accounts are hidden the owner is told of others who register with their
// address, and not without end.
func TestRegisterHidden(t *testing.T) {
	each(t, func(c *accounts.Config[*person]) { c.Hide, c.Registrations.Free = true, 100 }, func(h *house) {
		h.ada()
		for range 20 {
			_, err := h.register("ada@example.com")
			h.must(err)
		}
		want := []string{"welcome ada@example.com"}
		for range 5 {
			want = append(want, "notice ada@example.com")
		}
		if diff := cmp.Diff(want, h.mails()); diff != "" {
			h.t.Errorf("mails (-want +got):\n%s", diff)
		}
	})
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	for what, change := range map[string]func(c *accounts.Config[*person]){
		"at least 32 random bytes": func(c *accounts.Config[*person]) { c.Secrets = []string{strings.Repeat("k", 32), "short"} },
		"no key":                   func(c *accounts.Config[*person]) { c.Secrets = nil },
		"Memory":                   func(c *accounts.Config[*person]) { c.Passwords.Memory = 19 },
		"a login that lasts":       func(c *accounts.Config[*person]) { c.Login.Idle = 1 },
		"Lifetime":                 func(c *accounts.Config[*person]) { c.TokenLifetime = 1 },
	} {
		c := accounts.Config[*person]{Name: "Shop", Secrets: []string{strings.Repeat("k", 32)}}
		change(&c)
		if _, err := accounts.New(c); err == nil || !strings.Contains(err.Error(), what) || strings.Contains(err.Error(), "short\"") {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// Who registers from one place has some free, whether they succeed or not, and is
// slowed down after that; others are not, and nobody who is at the machine.
func TestRegistrationsOfAPlace(t *testing.T) {
	each(t, func(c *accounts.Config[*person]) { c.Registrations.Free = 3 }, func(h *house) {
		register := func(v auth.Visit, email, password string) error {
			return h.Register(h.ctx(), h.d, v, accounts.Account{Email: email}, password, func(ctx context.Context, s *db.Session, hash string) (*person, error) {
				p := &person{Email: email, Hash: hash}
				return p, dao.Taken(h.people.Insert(ctx, s, p), "email", errTaken)
			})
		}
		for range 5 {
			h.want("a bad password", register(home, "ada@example.com", "short"), auth.ErrPasswordTooShort)
		}
		h.must(register(home, "ada@example.com", password))
		h.want("a taken address", register(home, "ada@example.com", password), errTaken)
		h.must(register(home, "bob@example.com", password))
		err := register(home, "eve@example.com", password)
		h.want("too many", err, auth.ErrTooMany)
		if e := errs.From(err); e.RetryAfter <= 0 || e.RetryAfter > 5*time.Minute {
			h.t.Errorf("again after %v", e.RetryAfter)
		}
		h.must(register(auth.Visit{Client: "203.0.113.77"}, "eve@example.com", password))
		h.must(register(auth.Visit{}, "joe@example.com", password))
	})
}
