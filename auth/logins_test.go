package auth_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/terem-go/terem/auth"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
)

var short = auth.Lifetime{Idle: time.Hour, Most: 3 * time.Hour}

// loginsTest is a database with logins, and a clock.
type loginsTest struct {
	*testing.T
	d      *db.DB
	logins *auth.Logins
	clock  *clock
}

func eachLogins(t *testing.T, f func(t loginsTest)) {
	t.Parallel()
	dbtest.Each(t, auth.Migrations(), func(t *testing.T, d *db.DB) {
		c := &clock{now: time.Unix(1700000000, 0)}
		r, err := auth.NewRefresh(derive(t, "refresh"))
		if err != nil {
			t.Fatal(err)
		}
		f(loginsTest{t, d, auth.NewLogins(auth.LoginsConfig{Refresh: r, Now: c.Now}), c})
	})
}

func (t loginsTest) do(f func(ctx context.Context, s *db.Session) error) {
	t.Helper()
	if err := t.d.Do(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}

func (t loginsTest) begin(subject, device string) (token string, login *auth.Login) {
	t.Helper()
	t.do(func(ctx context.Context, s *db.Session) (err error) {
		token, login, err = t.logins.Begin(ctx, s, subject, auth.Visit{Device: device, Client: "192.0.2.1"}, short)
		return err
	})
	return token, login
}

func (t loginsTest) beginProgram(subject string) (token string) {
	t.Helper()
	t.do(func(ctx context.Context, s *db.Session) (err error) {
		token, _, err = t.logins.BeginProgram(ctx, s, subject, auth.Visit{Device: "curl"}, short)
		return err
	})
	return token
}

func (t loginsTest) renew(ctx context.Context, token string) (next string, login *auth.Login, err error) {
	err = t.d.Do(ctx, func(ctx context.Context, s *db.Session) (err error) {
		next, login, err = t.logins.Renew(ctx, s, token, auth.Visit{Device: "curl", Client: "192.0.2.9"})
		return err
	})
	return next, login, err
}

func (t loginsTest) find(token string) (login *auth.Login, err error) {
	err = t.d.Read(t.Context(), func(ctx context.Context, r *db.Reader) (err error) {
		login, err = t.logins.Find(ctx, r, token)
		return err
	})
	return login, err
}

// devices returns the devices at which a subject is logged in.
func (t loginsTest) devices(subject string) string {
	t.Helper()
	var names []string
	err := t.d.Read(t.Context(), func(ctx context.Context, r *db.Reader) error {
		list, err := t.logins.Of(ctx, r, subject)
		for _, l := range list {
			names = append(names, l.Device)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(names, " ")
}

func TestBrowserLogin(t *testing.T) {
	eachLogins(t, func(t loginsTest) {
		token, begun := t.begin("17", "Firefox "+strings.Repeat("é", 300))
		if again, _ := t.begin("17", "x"); again == token {
			t.Error("two logins have one token")
		}
		found, err := t.find(token)
		if err != nil || found.ID != begun.ID || found.Subject != "17" || len([]rune(found.Device)) != 200 || found.Client != "192.0.2.1" {
			t.Fatalf("%+v, %v", found, err)
		}
		for _, wrong := range []string{"", "x", begun.TokenHash} {
			if l, err := t.find(wrong); !errors.Is(err, auth.ErrLoginOver) {
				t.Errorf("%q: %+v, %v", wrong, l, err)
			}
		}
		if l, err := t.find(t.beginProgram("17")); !errors.Is(err, auth.ErrLoginOver) {
			t.Errorf("a refresh token is taken for a cookie: %+v, %v", l, err)
		}

		// It lasts an hour from its last use, three hours in all.
		for i := range 5 {
			t.clock.pass(50 * time.Minute)
			l, err := t.find(token)
			if over := i > 2; over != errors.Is(err, auth.ErrLoginOver) {
				t.Fatalf("after %d times 50 minutes: %v", i+1, err)
			}
			if err == nil {
				if err := t.logins.Used(t.Context(), t.d, l, "192.0.2.2"); err != nil {
					t.Fatal(err)
				}
				if l, _ := t.find(token); l.Client != "192.0.2.2" || !l.UsedAt.Equal(t.clock.Now()) {
					t.Errorf("used at %s from %s", l.UsedAt, l.Client)
				}
			}
		}
		other, _ := t.begin("17", "y")
		t.clock.pass(61 * time.Minute)
		if l, err := t.find(other); !errors.Is(err, auth.ErrLoginOver) {
			t.Errorf("not used for an hour: %+v, %v", l, err)
		}
	})
}

// Use is written at most once a minute, and an ended login does not come back.
func TestLoginUsed(t *testing.T) {
	eachLogins(t, func(t loginsTest) {
		token, login := t.begin("17", "x")
		t.clock.pass(59 * time.Second)
		for range 2 {
			if err := t.logins.Used(t.Context(), t.d, login, "192.0.2.2"); err != nil {
				t.Fatal(err)
			}
			l, err := t.find(token)
			if err != nil {
				t.Fatal(err)
			}
			if wrote := l.Client == "192.0.2.2"; wrote != t.logins.Stale(login) {
				t.Errorf("after %s: written: %v", t.clock.Now().Sub(login.UsedAt), wrote)
			}
			t.clock.pass(time.Second)
		}
		t.do(func(ctx context.Context, s *db.Session) error { return t.logins.End(ctx, s, "17", login.ID) })
		t.clock.pass(time.Minute)
		if err := t.logins.Used(t.Context(), t.d, login, "192.0.2.3"); err != nil {
			t.Error(err)
		}
		if l, err := t.find(token); !errors.Is(err, auth.ErrLoginOver) {
			t.Errorf("ended: %+v, %v", l, err)
		}
	})
}

func TestEndLogins(t *testing.T) {
	eachLogins(t, func(t loginsTest) {
		_, first := t.begin("17", "first")
		t.clock.pass(time.Second)
		_, second := t.begin("17", "second")
		t.beginProgram("17")
		_, others := t.begin("18", "others")
		if got := t.devices("17"); got != "curl second first" {
			t.Errorf("logged in at %s", got)
		}
		err := t.d.Do(t.Context(), func(ctx context.Context, s *db.Session) error { return t.logins.End(ctx, s, "17", others.ID) })
		if !errors.Is(err, auth.ErrLoginOver) || t.devices("18") != "others" {
			t.Errorf("somebody else's login: %v; %s", err, t.devices("18"))
		}
		t.do(func(ctx context.Context, s *db.Session) error { return t.logins.End(ctx, s, "17", first.ID) })
		if got := t.devices("17"); got != "curl second" {
			t.Errorf("one ended: logged in at %s", got)
		}
		t.do(func(ctx context.Context, s *db.Session) error {
			n, err := t.logins.EndAll(ctx, s, "17", second.ID)
			if n != 1 {
				t.Errorf("%d logins ended, want 1", n)
			}
			return err
		})
		if got := t.devices("17") + "|" + t.devices("18"); got != "second|others" {
			t.Errorf("all others ended: logged in at %s", got)
		}
		t.clock.pass(2 * time.Hour)
		t.do(func(ctx context.Context, s *db.Session) error {
			n, err := t.logins.Forget(ctx, s)
			if n != 2 {
				t.Errorf("%d logins forgotten, want 2", n)
			}
			return err
		})
	})
}

func TestRenew(t *testing.T) {
	eachLogins(t, func(t loginsTest) {
		first := t.beginProgram("17")
		second, login, err := t.renew(t.Context(), first)
		if err != nil || login.Subject != "17" || second == first {
			t.Fatalf("%q, %+v, %v", second, login, err)
		}
		t.clock.pass(50 * time.Minute)
		third, _, err := t.renew(t.Context(), second)
		if err != nil {
			t.Fatal(err)
		}
		if _, login, err := t.renew(t.Context(), first); !errors.Is(err, auth.ErrRefreshReused) || login == nil || login.Subject != "17" {
			t.Errorf("the first again: %+v, %v", login, err)
		}
		if _, _, err := t.renew(t.Context(), third); !errors.Is(err, auth.ErrRefreshInvalid) {
			t.Errorf("the valid one, after that: %v", err)
		}
		late := t.beginProgram("17")
		t.clock.pass(time.Hour)
		if _, _, err := t.renew(t.Context(), late); !errors.Is(err, auth.ErrRefreshInvalid) {
			t.Errorf("after an hour: %v", err)
		}
		if _, _, err := t.renew(t.Context(), "x"); !errors.Is(err, auth.ErrRefreshInvalid) {
			t.Errorf("no token: %v", err)
		}
	})
}

func TestEndProgram(t *testing.T) {
	eachLogins(t, func(t loginsTest) {
		first := t.beginProgram("17")
		second, _, err := t.renew(t.Context(), first)
		if err != nil {
			t.Fatal(err)
		}
		end := func(token string) (login *auth.Login, err error) {
			err = t.d.Do(t.Context(), func(ctx context.Context, s *db.Session) (err error) {
				login, err = t.logins.EndProgram(ctx, s, token)
				return err
			})
			return login, err
		}
		if l, err := end(first); err != nil || l.Subject != "17" || t.devices("17") != "" {
			t.Errorf("%+v, %v; logged in at %s", l, err, t.devices("17"))
		}
		for _, token := range []string{second, "x"} {
			if l, err := end(token); !errors.Is(err, auth.ErrRefreshInvalid) {
				t.Errorf("ended before: %+v, %v", l, err)
			}
		}
	})
}

// Of many who use one token at once, one gets the next, and then the family dies.
func TestRenewAtOnce(t *testing.T) {
	eachLogins(t, func(t loginsTest) {
		token := t.beginProgram("17")
		ctx := context.WithoutCancel(t.Context())
		var mu sync.Mutex
		var next []string
		reused := 0
		var all sync.WaitGroup
		for range 12 {
			all.Go(func() {
				n, _, err := t.renew(ctx, token)
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err == nil:
					next = append(next, n)
				case errors.Is(err, auth.ErrRefreshReused):
					reused++
				case !errors.Is(err, auth.ErrRefreshInvalid):
					t.Error(err)
				}
			})
		}
		all.Wait()
		if len(next) != 1 || reused != 1 {
			t.Fatalf("%d got the next token, %d were told that it was used before; want one each", len(next), reused)
		}
		if _, _, err := t.renew(ctx, next[0]); !errors.Is(err, auth.ErrRefreshInvalid) {
			t.Errorf("the family lives on: %v", err)
		}
	})
}

func TestLifetime(t *testing.T) {
	t.Parallel()
	for _, l := range []auth.Lifetime{{Idle: time.Second}, {Idle: time.Hour, Most: time.Minute}, {Idle: 200 * 24 * time.Hour}} {
		if l.Check() == nil {
			t.Errorf("%+v is taken", l)
		}
	}
	if err := (auth.Lifetime{}).Check(); err != nil {
		t.Error(err)
	}
}
