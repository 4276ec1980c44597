package accounts_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/accounts"
	"github.com/terem-go/terem/auth"
	"github.com/terem-go/terem/db"
)

func (h *house) start(p *person) *accounts.Token {
	h.t.Helper()
	token, err := h.Start(h.ctx(), h.d, home, h.row(p))
	h.must(err)
	return token
}

func (h *house) renew(token string) (next *accounts.Token, err error) {
	err = h.do(func(ctx context.Context, s *db.Session) (err error) {
		next, err = h.Renew(ctx, s, home, token)
		return err
	})
	return next, err
}

// program asks who calls with an access token.
func (h *house) program(token string) (p *person, err error) {
	r := httptest.NewRequest("GET", "/", nil)
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	err = h.d.Read(h.ctx(), func(ctx context.Context, q *db.Reader) (err error) { p, err = h.Program(ctx, q, r); return err })
	return p, err
}

func TestTokens(t *testing.T) {
	each(t, nil, func(h *house) {
		p := h.ada()
		first := h.start(p)
		if first.TokenType != "bearer" || first.ExpiresIn != 1800 {
			h.t.Errorf("tokens %+v", first)
		}
		if who, err := h.program(first.AccessToken); err != nil || who.ID != p.ID {
			h.t.Errorf("who calls is %+v, %v", who, err)
		}
		for what, c := range map[string]struct {
			token string
			want  error
		}{"no token": {"", auth.ErrRequired}, "nonsense": {"x", auth.ErrTokenInvalid}, "a refresh token": {first.RefreshToken, auth.ErrTokenInvalid}} {
			_, err := h.program(c.token)
			h.want(what, err, c.want)
		}
		second, err := h.renew(first.RefreshToken)
		h.must(err)
		for what, token := range map[string]string{"nothing": "", "nonsense": "x", "an access token": first.AccessToken, "changed": changed(second.RefreshToken)} {
			_, err := h.renew(token)
			h.want(what, err, auth.ErrRefreshInvalid)
		}
		h.pass(31 * time.Minute)
		_, err = h.program(second.AccessToken)
		h.want("after its lifetime", err, auth.ErrTokenExpired)
		third, err := h.renew(second.RefreshToken)
		h.must(err)
		h.pass(31 * 24 * time.Hour)
		_, err = h.renew(third.RefreshToken)
		h.want("unused for a month", err, auth.ErrRefreshInvalid)
	})
}

// A refresh token that was used before ends every login of its user, and tells them.
func TestReuse(t *testing.T) {
	each(t, nil, func(h *house) {
		p := h.ada()
		cookies, err := h.LogIn(h.ctx(), h.d, home, p, 0, true)
		h.must(err)
		phone, laptop := h.start(p), h.start(p)
		next, err := h.renew(phone.RefreshToken)
		h.must(err)
		_, err = h.renew(phone.RefreshToken)
		h.want("an old one", err, auth.ErrRefreshReused)
		for what, token := range map[string]string{"the next of its family": next.RefreshToken, "another program's": laptop.RefreshToken, "the old one": phone.RefreshToken} {
			_, err := h.renew(token)
			h.want(what, err, auth.ErrRefreshInvalid)
		}
		for what, token := range map[string]string{"its access token": next.AccessToken, "another program's access token": laptop.AccessToken} {
			_, err := h.program(token)
			h.want(what, err, auth.ErrTokenInvalid)
		}
		if who, _, err := h.browser(cookies[0]); who != nil || err != nil {
			h.t.Errorf("the browser is still logged in: %v, %v", who, err)
		}
		if diff := cmp.Diff([]string{"registered", "logged_in", "logged_in", "logged_in", "refresh_reused"}, h.actions()); diff != "" {
			h.t.Errorf("audit log (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]string{"welcome ada@example.com", "notice ada@example.com"}, h.mails()); diff != "" {
			h.t.Errorf("mails (-want +got):\n%s", diff)
		}
	})
}

// Of many who use one token at once exactly one gets the next, and then the family
// is dead.
func TestReuseAtOnce(t *testing.T) {
	each(t, nil, func(h *house) {
		token := h.start(h.ada())
		var mu sync.Mutex
		var won []*accounts.Token
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				next, err := h.renew(token.RefreshToken)
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					won = append(won, next)
				} else if !errors.Is(err, auth.ErrRefreshReused) && !errors.Is(err, auth.ErrRefreshInvalid) {
					h.t.Error(err)
				}
			})
		}
		all.Wait()
		if len(won) != 1 {
			h.t.Fatalf("%d of 8 got the next token, want 1", len(won))
		}
		_, err := h.renew(won[0].RefreshToken)
		h.want("what the winner got", err, auth.ErrRefreshInvalid)
	})
}

func TestStop(t *testing.T) {
	each(t, nil, func(h *house) {
		p := h.ada()
		phone, laptop := h.start(p), h.start(p)
		stop := func(token string) error {
			return h.do(func(ctx context.Context, s *db.Session) error { return h.Stop(ctx, s, token) })
		}
		h.must(stop(phone.RefreshToken))
		h.want("again", stop(phone.RefreshToken), auth.ErrRefreshInvalid)
		h.want("nonsense", stop("x"), auth.ErrRefreshInvalid)
		for _, token := range []string{phone.AccessToken, laptop.AccessToken} {
			_, err := h.program(token)
			h.want("an access token from before", err, auth.ErrTokenInvalid)
		}
		next, err := h.renew(laptop.RefreshToken)
		h.must(err)
		if _, err := h.program(next.AccessToken); err != nil {
			h.t.Errorf("another program, when it has renewed: %v", err)
		}
		// Tokens of a user who is gone.
		h.must(h.do(func(ctx context.Context, s *db.Session) error { return h.people.Delete(ctx, s, p.ID) }))
		_, err = h.program(next.AccessToken)
		h.want("an access token of a user who is gone", err, auth.ErrTokenInvalid)
		_, err = h.renew(next.RefreshToken)
		h.want("a refresh token of a user who is gone", err, auth.ErrRefreshInvalid)
	})
}

// A key is replaced without logging anybody out, and one that has leaked is left out.
func TestSecretsAreReplaced(t *testing.T) {
	each(t, nil, func(h *house) {
		p := h.ada()
		laptop := h.known(p, home)
		token := h.start(p)
		with := func(secrets ...string) {
			h.t.Helper()
			a, err := accounts.New(accounts.Config[*person]{Users: h.people, Name: "Shop", Secrets: secrets, Passwords: auth.PasswordConfig{Memory: 1024, Time: 1}, Now: h.clock})
			h.must(err)
			h.Accounts = a
		}
		with("nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn", "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk")
		_, err := h.program(token.AccessToken)
		h.want("an access token of the old key", err, nil)
		token, err = h.renew(token.RefreshToken)
		h.want("a refresh token of the old key", err, nil)
		h.besiege()
		h.want("a browser that is known by the old key", h.in(laptop, password, ""), nil)
		with("mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm")
		_, err = h.program(token.AccessToken)
		h.want("an access token of a key that is gone", err, auth.ErrTokenInvalid)
		_, err = h.renew(token.RefreshToken)
		h.want("a refresh token of a key that is gone", err, auth.ErrRefreshInvalid)
	})
}
