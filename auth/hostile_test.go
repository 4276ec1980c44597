package auth_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/terem-go/terem/api/apitest"
	"github.com/terem-go/terem/auth"
	"github.com/terem-go/terem/errs"
)

// Whatever is typed as a password, a code or a token is taken as it is or refused by an
// error for clients. One password in twenty is hashed, which is what takes long.
func TestHostileTexts(t *testing.T) {
	t.Parallel()
	p := passwords(t, auth.PasswordConfig{Memory: 1024, Time: 1, Concurrent: 4, Wait: time.Minute})
	k := tokens(t, config())
	r, err := auth.NewRefresh([]byte(secret))
	if err != nil {
		t.Fatal(err)
	}
	v, err := auth.NewVault([]byte(secret))
	if err != nil {
		t.Fatal(err)
	}
	taken, authenticator := 0, auth.NewTOTPSecret()
	for n, text := range apitest.Hostile(10000) {
		refused := map[string]error{}
		err := p.Check(text, "ada@example.com")
		if refused["password"] = err; err == nil {
			taken++
			refused["password"] = auth.ErrPasswordCommon
		}
		_, refused["access token"] = k.Parse(text)
		_, refused["refresh token"] = r.Parse(text)
		_, refused["code"] = auth.TOTP(authenticator, text, 0, time.Now())
		for what, err := range refused {
			var e *errs.Error
			if !errors.As(err, &e) || e.Kind.Status() >= 500 {
				t.Errorf("%s %q: %v", what, text, err)
			}
		}
		if _, err := v.Unlock(text, "there"); err == nil {
			t.Errorf("%q is unlocked", text)
		}
		if opened, err := v.Unlock(v.Lock(text, text), text); opened != text || err != nil {
			t.Errorf("%q was locked, and is %q, %v", text, opened, err)
		}
		if n%20 != 0 {
			continue
		}
		if err := p.Check("k3Vz correct horse", text); err != nil && !errors.Is(err, auth.ErrPasswordCommon) {
			t.Errorf("a password of somebody with the name %q: %v", text, err)
		}
		hash, err := p.Hash(t.Context(), text)
		if len(text) > 1024 {
			if !errors.Is(err, auth.ErrPasswordTooLong) {
				t.Errorf("%d bytes: %v", len(text), err)
			}
			continue
		}
		if err != nil || len(text) > 3 && strings.Contains(hash, text) {
			t.Errorf("%q is hashed to %s, %v", text, hash, err)
			continue
		}
		if _, err := p.Verify(t.Context(), hash, text); err != nil {
			t.Errorf("%q: %v", text, err)
		}
		if _, err := p.Verify(t.Context(), hash, text+"x"); !errors.Is(err, auth.ErrWrongPassword) {
			t.Errorf("%q and x: %v", text, err)
		}
	}
	if taken < 1000 {
		t.Errorf("%d of 10,000 may be passwords: that is no test of what is taken", taken)
	}
}
