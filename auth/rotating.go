package auth

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/terem-go/terem/errs"
)

// What can be wrong with a refresh token.
var (
	// ErrRefreshInvalid says that it is none, or that its login is over.
	ErrRefreshInvalid = errs.New(errs.Unauthenticated, "auth.refresh_invalid", "The refresh token is not valid. Log in again.")
	// ErrRefreshReused says that it was used before, which has ended its login.
	ErrRefreshReused = errs.New(errs.Unauthenticated, "auth.refresh_reused", "The refresh token was used before. Log in again.")
)

// Refresh makes and reads refresh tokens that are each used once (RFC 9700,
// section 2.2.2). All tokens that follow from one login are a family; the
// database keeps one row for it, with the number of the token that is valid and
// its hash. A token says its family and number and is signed, so that an old one
// is known for what it is, without a list of them, and nobody can end the login
// of somebody else by a made-up one. It may be used by many goroutines at once.
//
// Who is given an old one ends the family: either its owner or a thief has used
// it before, and nobody can tell which.
type Refresh struct{ keys [][]byte }

// RefreshToken is what a refresh token says.
type RefreshToken struct {
	Family int64  // the login
	Number int64  // 1 for the first of its family
	Hash   string // what is stored of it, as of HashToken
}

// NewRefresh returns Refresh. Each key is of at least 32 bytes, as DeriveKey makes
// them; the first signs, all verify, so that a key can be replaced without logging
// anybody out.
func NewRefresh(keys ...[]byte) (*Refresh, error) {
	if len(keys) == 0 {
		return nil, errors.New("auth: refresh tokens have no key")
	}
	for i, key := range keys {
		if len(key) < minSecret {
			return nil, fmt.Errorf("auth: key %d of refresh tokens has %d bytes: at least %d are needed, as of DeriveKey", i, len(key), minSecret)
		}
	}
	return &Refresh{keys: keys}, nil
}

// A token is family, number, 16 random bytes and their sum.
const (
	refreshBody  = 8 + 8 + 16
	refreshBytes = refreshBody + sha256.Size
)

// Issue returns the token with a number of a family, and its hash.
func (r *Refresh) Issue(family, number int64) (token, hash string) {
	data := make([]byte, refreshBody, refreshBytes)
	binary.BigEndian.PutUint64(data, uint64(family))
	binary.BigEndian.PutUint64(data[8:], uint64(number))
	rand.Read(data[16:]) // never fails
	token = base64.RawURLEncoding.EncodeToString(append(data, sum(r.keys[0], data)...))
	return token, HashToken(token)
}

// Parse returns what a token of ours says, or ErrRefreshInvalid. Whether it is the
// one that is valid, the family's row knows.
func (r *Refresh) Parse(token string) (RefreshToken, error) {
	data, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(token) != base64.RawURLEncoding.EncodedLen(refreshBytes) { // with line ends, it may decode as well
		return RefreshToken{}, ErrRefreshInvalid.Here()
	}
	for _, key := range r.keys {
		if hmac.Equal(sum(key, data[:refreshBody]), data[refreshBody:]) {
			return RefreshToken{
				Family: int64(binary.BigEndian.Uint64(data)),
				Number: int64(binary.BigEndian.Uint64(data[8:])),
				Hash:   HashToken(token),
			}, nil
		}
	}
	return RefreshToken{}, ErrRefreshInvalid.Here()
}

func sum(key, data []byte) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write(data)
	return mac.Sum(nil)
}
