package auth_test

import (
	"context"
	"errors"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/terem-go/terem/auth"
)

// cheap makes hashes fast enough to be computed in every test.
var cheap = auth.PasswordConfig{Memory: 1024, Time: 1}

func passwords(t testing.TB, cfg auth.PasswordConfig) *auth.Passwords {
	t.Helper()
	p, err := auth.NewPasswords(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func hash(t testing.TB, p *auth.Passwords, password string) string {
	t.Helper()
	h, err := p.Hash(t.Context(), password)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestDefaultsAreThoseOfOWASP(t *testing.T) {
	t.Parallel()
	h := hash(t, passwords(t, auth.PasswordConfig{}), "correct horse battery")
	want := regexp.MustCompile(`^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$`)
	if !want.MatchString(h) || len(h) != 97 {
		t.Errorf("%d bytes: %s", len(h), h)
	}
}

func TestVerify(t *testing.T) {
	t.Parallel()
	p := passwords(t, cheap)
	h := hash(t, p, "correct horse battery")
	if again := hash(t, p, "correct horse battery"); again == h {
		t.Error("two hashes of one password are equal: the salt is not random")
	}
	for name, c := range map[string]struct {
		hash, password string
		want           error
	}{
		"the password":          {h, "correct horse battery", nil},
		"another one":           {h, "correct horse batterz", auth.ErrWrongPassword},
		"another case":          {h, "Correct horse battery", auth.ErrWrongPassword},
		"a space more":          {h, "correct horse battery ", auth.ErrWrongPassword},
		"nothing":               {h, "", auth.ErrWrongPassword},
		"nobody":                {"", "correct horse battery", auth.ErrWrongPassword},
		"nobody and nothing":    {"", "", auth.ErrWrongPassword},
		"too long":              {h, strings.Repeat("x", 1025), auth.ErrWrongPassword},
		"too long, with nobody": {"", strings.Repeat("x", 1025), auth.ErrWrongPassword},
	} {
		outdated, err := p.Verify(t.Context(), c.hash, c.password)
		if outdated || !errors.Is(err, c.want) {
			t.Errorf("%s: outdated %t, error %v, want %v", name, outdated, err, c.want)
		}
	}
}

// The reference implementation made these (phc-winner-argon2, src/test.c).
func TestVerifyReadsHashesOfOthers(t *testing.T) {
	t.Parallel()
	p := passwords(t, cheap)
	for _, h := range []string{
		"$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
		"$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
	} {
		if outdated, err := p.Verify(t.Context(), h, "password"); !outdated || err != nil {
			t.Errorf("%s: outdated %t (its salt is short), error %v", h, outdated, err)
		}
	}
}

func TestOutdated(t *testing.T) {
	t.Parallel()
	now := passwords(t, auth.PasswordConfig{Memory: 2048, Time: 2})
	for name, c := range map[string]struct {
		cfg  auth.PasswordConfig
		want bool
	}{
		"as configured": {auth.PasswordConfig{Memory: 2048, Time: 2}, false},
		"stronger":      {auth.PasswordConfig{Memory: 4096, Time: 3}, false},
		"more threads":  {auth.PasswordConfig{Memory: 2048, Time: 2, Threads: 2}, false},
		"less memory":   {auth.PasswordConfig{Memory: 1024, Time: 3}, true},
		"fewer passes":  {auth.PasswordConfig{Memory: 4096, Time: 1}, true},
	} {
		h := hash(t, passwords(t, c.cfg), "correct horse battery")
		if outdated, err := now.Verify(t.Context(), h, "correct horse battery"); outdated != c.want || err != nil {
			t.Errorf("%s: outdated %t, want %t; error %v", name, outdated, c.want, err)
		}
	}
}

func TestOneTextIsOnePasswordHoweverItIsEncoded(t *testing.T) {
	t.Parallel()
	p := passwords(t, cheap)
	const composed, decomposed = "\u0439\u00e9 \u1e69", "\u0438\u0306e\u0301 s\u0307\u0323"
	h := hash(t, p, composed)
	if _, err := p.Verify(t.Context(), h, decomposed); err != nil {
		t.Errorf("the same text in other code points: %v", err)
	}
	// NFKC would take these for one; they are different keys of a keyboard.
	if _, err := p.Verify(t.Context(), hash(t, p, "x²"), "x2"); !errors.Is(err, auth.ErrWrongPassword) {
		t.Errorf("another text of the same compatibility form: %v", err)
	}
}

func TestTheLongestPassword(t *testing.T) {
	t.Parallel()
	p := passwords(t, one)
	h := hash(t, p, strings.Repeat("x", 1024))
	free := occupy(t, p)
	if _, err := p.Hash(t.Context(), strings.Repeat("x", 1025)); !errors.Is(err, auth.ErrPasswordTooLong) {
		t.Errorf("hashing 1025 bytes, without waiting: %v", err)
	}
	if _, err := p.Verify(t.Context(), h, strings.Repeat("x", 1025)); !errors.Is(err, auth.ErrWrongPassword) {
		t.Errorf("comparing 1025 bytes, without waiting: %v", err)
	}
	free()
	if _, err := p.Verify(t.Context(), h, strings.Repeat("x", 1023)+"y"); !errors.Is(err, auth.ErrWrongPassword) {
		t.Errorf("a password that differs in its last byte: %v", err)
	}
}

// Not parallel: it looks at what the whole process allocates. The memory is the
// work: argon2 goes over all of it.
func TestNobodyCostsWhatSomebodyCosts(t *testing.T) {
	p := passwords(t, auth.PasswordConfig{Memory: 4096, Time: 1})
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := p.Verify(t.Context(), "", "correct horse battery"); !errors.Is(err, auth.ErrWrongPassword) {
		t.Error(err)
	}
	runtime.ReadMemStats(&after)
	if got := (after.TotalAlloc - before.TotalAlloc) / 1024; got < 4096 {
		t.Errorf("verifying nobody took %d KiB, want at least the 4096 KiB of a hash", got)
	}
}

func TestErrorsTellNoSecrets(t *testing.T) {
	t.Parallel()
	p := passwords(t, cheap)
	h := hash(t, p, "correct horse battery")
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	_, wrong := p.Verify(t.Context(), h, "wrong horse battery")
	_, broken := p.Verify(t.Context(), h+"x", "wrong horse battery")
	_, gone := p.Verify(cancelled, h, "wrong horse battery")
	for _, err := range []error{wrong, broken, gone, p.Check("horse")} {
		if err == nil || strings.Contains(err.Error(), "horse") || strings.Contains(err.Error(), h[30:]) {
			t.Errorf("tells a password or a hash, or is none: %v", err)
		}
	}
}
