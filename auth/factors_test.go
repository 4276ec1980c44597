package auth_test

import (
	"context"
	"errors"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/terem-go/terem/auth"
	"github.com/terem-go/terem/auth/authtest"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
)

func TestFactors(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, auth.Migrations(), func(t *testing.T, d *db.DB) {
		c := &clock{now: time.Unix(1700000000, 0)}
		vault, err := auth.NewVault(derive(t, "factors"))
		if err != nil {
			t.Fatal(err)
		}
		factors := auth.NewFactors(auth.FactorsConfig{Vault: vault, Issuer: "Shop", Now: c.Now})
		ctx := context.WithoutCancel(t.Context())
		begin := func() (secret, uri string, err error) {
			err = d.Do(ctx, func(ctx context.Context, s *db.Session) (err error) {
				secret, uri, err = factors.Begin(ctx, s, "17", "ada@example.com")
				return err
			})
			return secret, uri, err
		}
		confirm := func(code string) (recovery []string, err error) {
			err = d.Do(ctx, func(ctx context.Context, s *db.Session) (err error) {
				recovery, err = factors.Confirm(ctx, s, "17", code)
				return err
			})
			return recovery, err
		}
		check := func(subject, code string) error {
			return d.Do(ctx, func(ctx context.Context, s *db.Session) error { return factors.Check(ctx, s, subject, code) })
		}
		on := func() (on bool) {
			t.Helper()
			err := d.Read(ctx, func(ctx context.Context, r *db.Reader) (err error) { on, err = factors.On(ctx, r, "17"); return err })
			if err != nil {
				t.Fatal(err)
			}
			return on
		}
		if _, err := confirm("000000"); !errors.Is(err, auth.ErrFactorOff) {
			t.Errorf("nothing to confirm: %v", err)
		}
		if _, _, err := begin(); err != nil {
			t.Fatal(err)
		}
		secret, uri, err := begin() // once more: it was not confirmed
		if u, _ := url.Parse(uri); err != nil || u.Query().Get("secret") != secret || on() {
			t.Fatalf("%q, %q, %v, on: %v", secret, uri, err, on())
		}
		code := authtest.Code(t, secret, c.Now())
		if err := check("17", code); !errors.Is(err, auth.ErrWrongCode) {
			t.Errorf("not confirmed, and taken: %v", err)
		}
		if _, err := confirm("x"); !errors.Is(err, auth.ErrWrongCode) || on() {
			t.Errorf("a wrong code: %v, on: %v", err, on())
		}
		recovery, err := confirm(code)
		if err != nil || len(recovery) != 10 || !on() {
			t.Fatalf("%v, %v, on: %v", recovery, err, on())
		}
		if _, _, err := begin(); !errors.Is(err, auth.ErrFactorOn) {
			t.Errorf("begun again: %v", err)
		}
		if _, err := confirm(code); !errors.Is(err, auth.ErrFactorOn) {
			t.Errorf("confirmed again: %v", err)
		}
		if err := check("17", code); !errors.Is(err, auth.ErrWrongCode) {
			t.Errorf("the code of the confirmation is taken again: %v", err)
		}
		c.pass(30 * time.Second)
		for what, code := range map[string]string{"a code": authtest.Code(t, secret, c.Now()), "a recovery code": recovery[3]} {
			if err := check("18", code); !errors.Is(err, auth.ErrWrongCode) {
				t.Errorf("%s of somebody else: %v", what, err)
			}
			var mu sync.Mutex
			won := 0
			var all sync.WaitGroup
			for range 6 {
				all.Go(func() {
					err := check("17", code)
					mu.Lock()
					defer mu.Unlock()
					if err == nil {
						won++
					} else if !errors.Is(err, auth.ErrWrongCode) {
						t.Error(err)
					}
				})
			}
			all.Wait()
			if won != 1 {
				t.Errorf("%s is taken %d times at once, want 1", what, won)
			}
			if err := check("17", code); !errors.Is(err, auth.ErrWrongCode) {
				t.Errorf("%s is taken again: %v", what, err)
			}
		}
		if err := check("17", recovery[4]); err != nil {
			t.Errorf("the other recovery codes: %v", err)
		}
		if err := d.Do(ctx, func(ctx context.Context, s *db.Session) error { return factors.End(ctx, s, "17") }); err != nil || on() {
			t.Errorf("ended: %v, on: %v", err, on())
		}
	})
}

// A key that was replaced may go when a code of the app was used since.
func TestFactorsAreLockedWithTheNewKey(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, auth.Migrations(), func(t *testing.T, d *db.DB) {
		c := &clock{now: time.Unix(1700000000, 0)}
		with := func(keys ...[]byte) *auth.Factors {
			vault, err := auth.NewVault(keys...)
			if err != nil {
				t.Fatal(err)
			}
			return auth.NewFactors(auth.FactorsConfig{Vault: vault, Issuer: "Shop", Now: c.Now})
		}
		before, after := derive(t, "before"), derive(t, "after")
		do := func(f func(ctx context.Context, s *db.Session) error) {
			t.Helper()
			if err := d.Do(context.WithoutCancel(t.Context()), f); err != nil {
				t.Fatal(err)
			}
		}
		var secret string
		do(func(ctx context.Context, s *db.Session) (err error) {
			secret, _, err = with(before).Begin(ctx, s, "17", "ada@example.com")
			return err
		})
		for i, factors := range []*auth.Factors{with(before), with(after, before), with(after)} {
			code := authtest.Code(t, secret, c.Now())
			do(func(ctx context.Context, s *db.Session) (err error) {
				if i == 0 {
					_, err = factors.Confirm(ctx, s, "17", code)
					return err
				}
				return factors.Check(ctx, s, "17", code)
			})
			c.pass(time.Minute)
		}
	})
}
