package auth

import (
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
)

// minSecret is the least length of a secret in bytes: what HMAC-SHA256 asks of
// its key (RFC 7518, section 3.2).
const minSecret = 32

// DeriveKey returns a key of 32 bytes for one purpose, such as "access tokens",
// made from the application's secret by HKDF-SHA256 (RFC 5869). The same
// secret and purpose always give the same key; keys for different purposes
// tell nothing about each other or about the secret.
//
// The secret must be random: HKDF does not make a word or a phrase hard to
// guess. An error is returned when it is shorter than 32 bytes.
func DeriveKey(secret, purpose string) ([]byte, error) {
	if len(secret) < minSecret {
		return nil, fmt.Errorf("a secret of %d bytes is too short: at least %d random bytes are needed", len(secret), minSecret)
	}
	return hkdf.Key(sha256.New, []byte(secret), nil, purpose, sha256.Size)
}

// keyID returns the name under which tokens say that key signed them. It comes
// from the key itself, so that it stays when keys are added or reordered.
func keyID(key []byte) (string, error) {
	id, err := DeriveKey(string(key), "terem: id of a signing key")
	if err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(id[:9]), nil
}
