package auth_test

import (
	"strings"
	"testing"

	"github.com/terem-go/terem/auth"
)

func derive(t *testing.T, purpose string) []byte {
	t.Helper()
	key, err := auth.DeriveKey(strings.Repeat("k", 32), purpose)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func TestVault(t *testing.T) {
	t.Parallel()
	old, err := auth.NewVault(derive(t, "old"))
	if err != nil {
		t.Fatal(err)
	}
	locked := old.Lock("secret", "row 1")
	if locked == old.Lock("secret", "row 1") || strings.Contains(locked, "secret") {
		t.Errorf("locked as %q, twice the same", locked)
	}
	both, err := auth.NewVault(derive(t, "new"), derive(t, "old"))
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []*auth.Vault{old, both} {
		if text, err := v.Unlock(locked, "row 1"); text != "secret" || err != nil {
			t.Errorf("unlocked %q, %v", text, err)
		}
	}
	if text, err := old.Unlock(both.Lock("secret", "row 1"), "row 1"); err == nil {
		t.Errorf("the old key alone reads %q", text)
	}
	for name, c := range map[string]struct{ locked, place string }{
		"another row": {locked, "row 2"}, "changed": {flip(locked), "row 1"}, "cut": {locked[:len(locked)-4], "row 1"},
		"nothing": {"", "row 1"}, "no base64": {"§", "row 1"}, "with a line": {locked + "\n", "row 1"},
	} {
		if text, err := old.Unlock(c.locked, c.place); err == nil {
			t.Errorf("%s: unlocked %q", name, text)
		}
	}
	for _, keys := range [][][]byte{nil, {make([]byte, 16)}} {
		if _, err := auth.NewVault(keys...); err == nil {
			t.Errorf("a vault with the keys %v", keys)
		}
	}
}

// flip changes the first letter.
func flip(text string) string {
	if text[0] == 'A' {
		return "B" + text[1:]
	}
	return "A" + text[1:]
}
