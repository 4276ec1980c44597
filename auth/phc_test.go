package auth_test

import (
	"strings"
	"testing"

	"github.com/terem-go/terem/auth"
)

const (
	salt = "c29tZXNhbHRzb21lc2FsdA" // 16 bytes
	sum  = "nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"
	good = "$argon2id$v=19$m=19456,t=2,p=1$" + salt + "$" + sum
)

// bad are stored hashes that must be refused before anything is computed.
var bad = map[string]string{
	"nothing":              "$",
	"a word":               "password",
	"bcrypt":               "$2a$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy",
	"argon2i":              strings.Replace(good, "argon2id", "argon2i", 1),
	"argon2d":              strings.Replace(good, "argon2id", "argon2d", 1),
	"upper case":           strings.Replace(good, "argon2id", "ARGON2ID", 1),
	"version 16":           strings.Replace(good, "v=19", "v=16", 1),
	"no version":           strings.Replace(good, "v=19$", "", 1),
	"a part more":          good + "$",
	"text before":          "x" + good,
	"text after":           good + "xx",
	"a line break":         good + "\n",
	"a break in base64":    good[:60] + "\n" + good[60:],
	"padding":              good + "=",
	"trailing bits":        good[:len(good)-1] + "5",
	"URL alphabet":         strings.Replace(good, "/", "_", 1),
	"another order":        strings.Replace(good, "m=19456,t=2", "t=2,m=19456", 1),
	"a parameter more":     strings.Replace(good, "p=1", "p=1,keyid=AAAA", 1),
	"a parameter less":     strings.Replace(good, ",p=1", "", 1),
	"a leading zero":       strings.Replace(good, "t=2", "t=02", 1),
	"a sign":               strings.Replace(good, "t=2", "t=+2", 1),
	"a space":              strings.Replace(good, "t=2", "t= 2", 1),
	"a negative number":    strings.Replace(good, "t=2", "t=-2", 1),
	"hexadecimal":          strings.Replace(good, "t=2", "t=0x2", 1),
	"over 32 bits":         strings.Replace(good, "m=19456", "m=4294986752", 1),
	"4 GiB":                strings.Replace(good, "m=19456", "m=4194304", 1),
	"a KiB over the limit": strings.Replace(good, "m=19456", "m=262145", 1),
	"under 8 KiB a thread": strings.Replace(good, "m=19456", "m=7", 1),
	"no memory":            strings.Replace(good, "m=19456", "m=0", 1),
	"17 passes":            strings.Replace(good, "t=2", "t=17", 1),
	"no pass":              strings.Replace(good, "t=2", "t=0", 1),
	"17 threads":           strings.Replace(good, "p=1", "p=17", 1),
	"256 threads":          strings.Replace(good, "p=1", "p=256", 1),
	"no thread":            strings.Replace(good, "p=1", "p=0", 1),
	"no salt":              strings.Replace(good, salt, "", 1),
	"a salt of 7 bytes":    strings.Replace(good, salt, "c29tZXNhbA", 1),
	"a salt of 66 bytes":   strings.Replace(good, salt, strings.Repeat("AAAA", 22), 1),
	"no sum":               strings.Replace(good, sum, "", 1),
	"a sum of 15 bytes":    strings.Replace(good, sum, strings.Repeat("AAAA", 5), 1),
	"a sum of 66 bytes":    strings.Replace(good, sum, strings.Repeat("AAAA", 22), 1),
}

func TestStoredHashesAreReadStrictly(t *testing.T) {
	t.Parallel()
	if _, _, _, _, err := auth.ReadHash(good); err != nil {
		t.Errorf("the hash that the bad ones come from: %v", err)
	}
	for _, h := range []string{ // at the limits
		strings.NewReplacer("m=19456", "m=262144", "t=2", "t=16", "p=1", "p=16").Replace(good),
		strings.NewReplacer("m=19456", "m=8", "t=2", "t=1", salt, "c29tc2FsdDE", sum, salt).Replace(good),
	} {
		if _, _, _, _, err := auth.ReadHash(h); err != nil {
			t.Errorf("%s: %v", h, err)
		}
	}
	p := passwords(t, cheap)
	for name, h := range bad {
		if _, err := p.Verify(t.Context(), h, "password"); err == nil || !strings.Contains(err.Error(), "read a stored password hash") {
			t.Errorf("%s: %s: error %v", name, h, err)
		}
	}
}

func FuzzStoredHash(f *testing.F) {
	f.Add(good)
	for _, h := range bad {
		f.Add(h)
	}
	f.Fuzz(func(t *testing.T, s string) {
		memory, time, threads, written, err := auth.ReadHash(s)
		if err != nil {
			return
		}
		if written != s {
			t.Errorf("%q is read, and written as %q", s, written)
		}
		if memory < 8 || memory > 262144 || time < 1 || time > 16 || threads < 1 || threads > 16 {
			t.Errorf("%q is read, and out of bounds", s)
		}
	})
}
