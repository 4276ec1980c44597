package auth_test

import (
	"encoding/base32"
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/terem-go/terem/auth"
)

// The codes of RFC 6238, appendix B, of which apps show the last six digits.
func TestTOTP(t *testing.T) {
	t.Parallel()
	secret := base32.StdEncoding.EncodeToString([]byte("12345678901234567890"))
	for unix, code := range map[int64]string{59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037", 20000000000: "353130"} {
		step, err := auth.TOTP(secret, code, 0, time.Unix(unix, 0))
		if err != nil || step != unix/30 {
			t.Errorf("%d: step %d, %v", unix, step, err)
		}
		for name, c := range map[string]struct {
			code string
			last int64
			at   time.Duration
			want error
		}{
			"a step before":     {code, 0, -30 * time.Second, nil},
			"a step after":      {code, 0, 30 * time.Second, nil},
			"two steps before":  {code, 0, -60 * time.Second, auth.ErrWrongCode},
			"two steps after":   {code, 0, 60 * time.Second, auth.ErrWrongCode},
			"used before":       {code, step, 0, auth.ErrWrongCode},
			"a later one used":  {code, step + 1, 0, auth.ErrWrongCode},
			"with a space":      {code[:3] + " " + code[3:], 0, 0, nil},
			"without its start": {code[1:], 0, 0, auth.ErrWrongCode},
			"nothing":           {"", 0, 0, auth.ErrWrongCode},
		} {
			if at := time.Unix(unix, 0).Add(c.at); at.Unix() < 0 {
				continue
			}
			if _, err := auth.TOTP(secret, c.code, c.last, time.Unix(unix, 0).Add(c.at)); !errors.Is(err, c.want) {
				t.Errorf("%d, %s: %v, want %v", unix, name, err, c.want)
			}
		}
	}
	if _, err := auth.TOTP("no secret", "000000", 0, time.Now()); err == nil || errors.Is(err, auth.ErrWrongCode) {
		t.Errorf("a secret that is none: %v", err)
	}
	if one, other := auth.NewTOTPSecret(), auth.NewTOTPSecret(); one == other || len(one) != 32 {
		t.Errorf("secrets %q, %q", one, other)
	}
}

func TestTOTPURI(t *testing.T) {
	t.Parallel()
	u, err := url.Parse(auth.TOTPURI("Ada: shop & co", "ada+1@example.com", "ABC"))
	if err != nil {
		t.Fatal(err)
	}
	if u.Scheme != "otpauth" || u.Host != "totp" || u.Path != "/Ada  shop & co:ada+1@example.com" || u.Query().Get("issuer") != "Ada  shop & co" || u.Query().Get("secret") != "ABC" {
		t.Errorf("%s", u)
	}
}

func TestRecoveryCodes(t *testing.T) {
	t.Parallel()
	codes, hashes := auth.RecoveryCodes()
	seen := map[string]bool{}
	for i, code := range codes {
		for _, typed := range []string{code, strings.ToUpper(code), strings.ReplaceAll(code, "-", " "), " " + strings.ReplaceAll(code, "-", "")} {
			if auth.HashRecoveryCode(typed) != hashes[i] {
				t.Errorf("%q is not known as %q", typed, code)
			}
		}
		seen[hashes[i]] = true
	}
	if len(codes) != 10 || len(seen) != 10 {
		t.Errorf("%d codes, %d of them different", len(codes), len(seen))
	}
}
