package auth_test

import (
	"errors"
	"testing"

	"github.com/terem-go/terem/auth"
)

func TestCommonPasswords(t *testing.T) {
	t.Parallel()
	p, err := auth.NewPasswords(auth.PasswordConfig{MinLength: 8})
	if err != nil {
		t.Fatal(err)
	}
	about := []string{"ada.lovelace@example.com", "Ada Lovelace", "Shop"}
	for _, password := range []string{
		"password", "PASSWORD", "ｐａｓｓｗｏｒｄ", "password1", "password2024!", "!!password!!", "passwordpassword", "password123456789012",
		"123456789012", "098765432109", "abcdefghijkl", "zyxwvutsrqpo", "qwertyuiopas", "1qaz2wsx3edc",
		"aaaaaaaaaaaa", "abcabcabcabc", "ab12ab12ab12", "dragon123456",
		"lovelace", "ada.lovelace@example.com1", "adalovelace1", "Lovelace-2024", "ada.lovelace", "lovelacepassword",
	} {
		if err := p.Check(password, about...); !errors.Is(err, auth.ErrPasswordCommon) {
			t.Errorf("%q: %v, want ErrPasswordCommon", password, err)
		}
	}
	for _, password := range []string{
		"correct horse battery", "correct horse battery1", "monkey-83920174659201", "lovelace plays the harp", "ein grünes Fahrrad",
		"tr0ub4dor&3x", "x7Kp-9qLm2-vR", "пароль от старого терема", "password\npassw0rt", "the quick brown fox",
	} {
		if err := p.Check(password, about...); err != nil {
			t.Errorf("%q: %v, want nil", password, err)
		}
	}
}

func FuzzCommonPasswords(f *testing.F) {
	p, err := auth.NewPasswords(auth.PasswordConfig{MinLength: 8})
	if err != nil {
		f.Fatal(err)
	}
	f.Add("correct horse", "ada@example.com")
	f.Add("\xff\xfe12345678", "\n")
	f.Fuzz(func(t *testing.T, password, about string) {
		_ = p.Check(password, about) // ends, and does not panic
		if len(password) <= 512 && p.Check(password+password) == nil && errors.Is(p.Check(password), auth.ErrPasswordCommon) {
			t.Errorf("%q is refused, and twice in a row it is not", password)
		}
	})
}
