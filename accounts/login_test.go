package accounts_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/accounts"
	"github.com/terem-go/terem/auth"
	"github.com/terem-go/terem/db"
)

// browser asks who is logged in at a browser with a cookie.
func (h *house) browser(cookie *http.Cookie) (p *person, l *auth.Login, err error) {
	r := httptest.NewRequest("GET", "/", nil)
	if cookie != nil {
		r.AddCookie(&http.Cookie{Name: cookie.Name, Value: cookie.Value})
	}
	err = h.d.Read(h.ctx(), func(ctx context.Context, q *db.Reader) (err error) { p, l, err = h.Browser(ctx, q, r); return err })
	return p, l, err
}

func TestLogIn(t *testing.T) {
	each(t, func(c *accounts.Config[*person]) { c.Secure = true }, func(h *house) {
		p := h.ada()
		enter := func(remember bool) *http.Cookie {
			cookies, err := h.LogIn(h.ctx(), h.d, home, p, 0, remember)
			h.must(err)
			return cookies[0]
		}
		short, long := enter(false), enter(true)
		if short.Name != "__Host-login" || !short.Secure || !short.HttpOnly || short.SameSite != http.SameSiteLaxMode || short.MaxAge != 0 || long.MaxAge < 3600*24*100 || short.Value == long.Value {
			h.t.Errorf("cookies %v and %v", short, long)
		}
		who, l, err := h.browser(short)
		if err != nil || who.ID != p.ID || l.Client != home.Client || l.Device != home.Device {
			h.t.Fatalf("who is logged in: %+v, %+v, %v", who, l, err)
		}
		for what, cookie := range map[string]*http.Cookie{"none": nil, "made up": {Name: short.Name, Value: "x"}, "empty": {Name: short.Name}, "another name": {Name: "login", Value: short.Value}} {
			if who, l, err := h.browser(cookie); who != nil || l != nil || err != nil {
				h.t.Errorf("%s: %v, %v, %v", what, who, l, err)
			}
		}
		h.pass(3 * time.Hour)
		if who, _, err := h.browser(short); who != nil || err != nil {
			h.t.Errorf("after two hours unused: %v, %v", who, err)
		}
		if who, _, err := h.browser(long); who == nil || err != nil {
			h.t.Errorf("one that is remembered, after two hours: %v, %v", who, err)
		}
		h.must(h.do(func(ctx context.Context, s *db.Session) error { return h.people.Delete(ctx, s, p.ID) }))
		if who, _, err := h.browser(long); who != nil || err != nil {
			h.t.Errorf("of a user who is gone: %v, %v", who, err)
		}
	})
}

func TestLogOut(t *testing.T) {
	each(t, nil, func(h *house) {
		p := h.ada()
		eve, err := h.register("eve@example.com")
		h.must(err)
		enter := func(p *person) (*http.Cookie, int64) {
			cookies, err := h.LogIn(h.ctx(), h.d, home, p, 0, false)
			h.must(err)
			_, l, err := h.browser(cookies[0])
			h.must(err)
			return cookies[0], l.ID
		}
		in := func(what string, cookie *http.Cookie, want bool) {
			h.t.Helper()
			if who, _, err := h.browser(cookie); (who != nil) != want || err != nil {
				h.t.Errorf("%s: %v, %v, want somebody: %t", what, who, err, want)
			}
		}
		out := func(p *person, login int64) {
			h.t.Helper()
			h.must(h.do(func(ctx context.Context, s *db.Session) error {
				cookie, err := h.LogOut(ctx, s, p, login)
				if err == nil && cookie.MaxAge >= 0 {
					h.t.Errorf("the browser is not told to forget: %v", cookie)
				}
				return err
			}))
		}
		one, first := enter(p)
		two, second := enter(p)
		hers, third := enter(eve)
		out(p, first)
		out(p, first) // in another tab
		out(nil, 0)
		in("logged out", one, false)
		in("another browser", two, true)

		end := func(p *person, login int64) error {
			return h.do(func(ctx context.Context, s *db.Session) error { return h.EndLogin(ctx, s, home, p, login) })
		}
		h.want("somebody else's", end(eve, second), accounts.ErrNoLogin)
		h.want("one that is over", end(p, first), accounts.ErrNoLogin)
		token := h.start(p)
		h.must(end(p, second))
		in("ended", two, false)
		_, err = h.program(token.AccessToken)
		h.want("access tokens from before", err, auth.ErrTokenInvalid)
		_, err = h.renew(token.RefreshToken)
		h.want("refresh tokens from before", err, nil)

		one, first = enter(p)
		two, _ = enter(p)
		h.must(h.do(func(ctx context.Context, s *db.Session) error { return h.EndLogins(ctx, s, home, p, first) }))
		in("all but this one were ended", one, true)
		in("another one", two, false)
		in("somebody else's", hers, true)
		h.must(h.d.Read(h.ctx(), func(ctx context.Context, r *db.Reader) error {
			list, err := h.Logins(ctx, r, eve)
			if len(list) != 1 || list[0].ID != third {
				h.t.Errorf("eve's logins are %+v", list)
			}
			return err
		}))
		want := []string{"registered", "registered", "logged_in", "logged_in", "logged_in", "logged_in", "login_ended", "logged_in", "logged_in", "logins_ended"}
		if diff := cmp.Diff(want, h.actions()); diff != "" {
			h.t.Errorf("audit log (-want +got):\n%s", diff)
		}
	})
}

// What is over is forgotten, and what belongs to a user who is deleted.
func TestForgetAndRemove(t *testing.T) {
	each(t, nil, func(h *house) {
		p := h.ada()
		count := func(table string) (n int) {
			h.t.Helper()
			h.must(h.d.Read(h.ctx(), func(ctx context.Context, r *db.Reader) error {
				return r.QueryRow(ctx, "SELECT count(*) FROM "+table).Scan(&n)
			}))
			return n
		}
		h.known(p, home)
		h.start(p)
		h.link(accounts.Mail{What: accounts.MailReset, Email: p.Email})
		h.want("a guess", h.in(home, wrong, ""), auth.ErrWrongPassword)
		forget := func() {
			h.t.Helper()
			h.must(h.do(func(ctx context.Context, s *db.Session) error {
				return h.Forget(ctx, s, h.clock().Add(-100*24*time.Hour))
			}))
		}
		forget()
		for table, want := range map[string]int{"terem_logins": 2, "terem_links": 1, "terem_throttle": 4, "terem_audit": 4} {
			if n := count(table); n != want {
				h.t.Errorf("%s has %d rows, want %d", table, n, want)
			}
		}
		h.pass(101 * 24 * time.Hour)
		forget()
		for _, table := range []string{"terem_logins", "terem_links", "terem_throttle", "terem_audit"} {
			if n := count(table); n != 0 {
				h.t.Errorf("%s has %d rows when all is over", table, n)
			}
		}
		h.start(p)
		_, _, err := h.BeginFactor(h.ctx(), h.d, home, p, password)
		h.must(err)
		h.must(h.do(func(ctx context.Context, s *db.Session) error { return h.Remove(ctx, s, home, p, p) }))
		for _, table := range []string{"terem_logins", "terem_factors"} {
			if n := count(table); n != 0 {
				h.t.Errorf("%s has %d rows of a user who is removed", table, n)
			}
		}
		if log := h.actions(); log[len(log)-1] != "deleted" {
			h.t.Errorf("audit log %v", log)
		}
	})
}
