package auth

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
)

// RandomToken returns a token that nobody can guess, such as for a cookie or a
// link: 26 letters and digits with 130 bits of randomness. What is stored of it
// is its hash, as of HashToken, so that whoever reads the database cannot use
// it.
func RandomToken() (token, hash string) {
	token = rand.Text()
	return token, HashToken(token)
}

// HashToken returns what is stored of a token, and by which it is looked up: 43
// letters, digits, hyphens and underscores. It is SHA-256, which is enough for
// what is random and long, and never for passwords.
func HashToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
