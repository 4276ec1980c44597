package auth_test

import (
	"encoding/base64"
	"errors"
	"testing"

	"github.com/terem-go/terem/auth"
)

func TestRefresh(t *testing.T) {
	t.Parallel()
	old, err := auth.NewRefresh(derive(t, "old"))
	if err != nil {
		t.Fatal(err)
	}
	token, hash := old.Issue(17, 3)
	if again, _ := old.Issue(17, 3); again == token {
		t.Error("two tokens are equal")
	}
	both, err := auth.NewRefresh(derive(t, "new"), derive(t, "old"))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range []*auth.Refresh{old, both} {
		if got, err := r.Parse(token); err != nil || got != (auth.RefreshToken{Family: 17, Number: 3, Hash: hash}) || hash != auth.HashToken(token) {
			t.Errorf("parsed as %+v, %v", got, err)
		}
	}
	bogus, _ := both.Issue(17, 3)
	for _, token := range []string{"", "x", token[1:], token + "A", token + "\n", bogus} {
		if got, err := old.Parse(token); !errors.Is(err, auth.ErrRefreshInvalid) {
			t.Errorf("%q: %+v, %v", token, got, err)
		}
	}
	data, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil {
		t.Fatal(err)
	}
	for i := range data { // no bit of it can be changed
		data[i] ^= 1
		if got, err := old.Parse(base64.RawURLEncoding.EncodeToString(data)); err == nil {
			t.Errorf("with byte %d changed: %+v", i, got)
		}
		data[i] ^= 1
	}
	for _, keys := range [][][]byte{nil, {make([]byte, 31)}} {
		if _, err := auth.NewRefresh(keys...); err == nil {
			t.Errorf("keys %v", keys)
		}
	}
}
