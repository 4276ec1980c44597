package auth_test

import (
	"encoding/hex"
	"strings"
	"testing"

	"github.com/terem-go/terem/auth"
)

func TestDeriveKey(t *testing.T) {
	t.Parallel()
	derive := func(secret, purpose string) string {
		key, err := auth.DeriveKey(secret, purpose)
		if err != nil {
			t.Fatal(err)
		}
		return hex.EncodeToString(key)
	}
	key := derive(secret, "access tokens")
	// Computed by another HKDF. Were it to change, an upgrade would log everybody out.
	if want := "658a3b5490a4d270c53b28480d6fc4e9a49e13513228d52a7705b7e83e85312b"; key != want {
		t.Errorf("key %s, want %s", key, want)
	}
	if derive(secret, "cookies") == key || derive(secret+"x", "access tokens") == key {
		t.Error("another purpose or secret gives the same key")
	}
	_, err := auth.DeriveKey("correct horse battery", "access tokens")
	if err == nil || !strings.Contains(err.Error(), "21 bytes is too short") || strings.Contains(err.Error(), "horse") {
		t.Errorf("a short secret: %v", err)
	}
}
