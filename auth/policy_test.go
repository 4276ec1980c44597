package auth_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/auth"
	"github.com/terem-go/terem/errs"
)

func TestCheck(t *testing.T) {
	t.Parallel()
	short := []errs.Field{{In: "body", Name: "password", Message: "expected at least 12 characters"}}
	long := []errs.Field{{In: "body", Name: "password", Message: "expected at most 1024 bytes"}}
	p := passwords(t, auth.PasswordConfig{})
	hard := func(n int, letter string) string { return "k3Vz" + strings.Repeat(letter, n-4) }
	for name, c := range map[string]struct {
		password string
		want     error
		fields   []errs.Field
	}{
		"nothing":                         {"", auth.ErrPasswordTooShort, short},
		"11 letters":                      {strings.Repeat("x", 11), auth.ErrPasswordTooShort, short},
		"12 letters":                      {hard(12, "x"), nil, nil},
		"11 letters of two bytes":         {strings.Repeat("ж", 11), auth.ErrPasswordTooShort, short},
		"12 letters of two bytes":         {hard(12, "ж"), nil, nil},
		"11 letters of two code points":   {strings.Repeat("и\u0306", 11), auth.ErrPasswordTooShort, short},
		"12 characters outside the plane": {hard(12, "🏠"), nil, nil},
		"8 spaces":                        {hard(12, " "), nil, nil},
		"1024 bytes":                      {hard(514, "ж"), nil, nil},
		"1025 bytes":                      {strings.Repeat("ж", 512) + "x", auth.ErrPasswordTooLong, long},
	} {
		err := p.Check(c.password)
		if !errors.Is(err, c.want) {
			t.Errorf("%s: error %v, want %v", name, err, c.want)
		}
		var e *errs.Error
		if errors.As(err, &e) && (e.Kind != errs.Invalid || !cmp.Equal(e.Fields, c.fields)) {
			t.Errorf("%s: kind %s, fields %v", name, e.Kind, e.Fields)
		}
	}
	if err := passwords(t, auth.PasswordConfig{MinLength: 15}).Check(strings.Repeat("x", 14)); !errors.Is(err, auth.ErrPasswordTooShort) {
		t.Errorf("14 of 15 characters: %v", err)
	}
}

func TestNewPasswordsNamesEveryWrongField(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		cfg  auth.PasswordConfig
		want []string
	}{
		"MiB for KiB":          {auth.PasswordConfig{Memory: 19}, []string{"Memory (in KiB) is 19"}},
		"a hash of a gigabyte": {auth.PasswordConfig{Memory: 1 << 20}, []string{"Memory (in KiB) is 1048576"}},
		"everything": {
			auth.PasswordConfig{Time: 17, Threads: 17, Concurrent: -1, Wait: -time.Second, MinLength: 7},
			[]string{"Time is 17", "Threads is 17", "Concurrent is -1", "Wait is -1s", "MinLength is 7"},
		},
	} {
		_, err := auth.NewPasswords(c.cfg)
		for _, want := range c.want {
			if err == nil || !strings.Contains(err.Error(), "PasswordConfig."+want) {
				t.Errorf("%s: error %v, want it to say %q", name, err, want)
			}
		}
	}
}
