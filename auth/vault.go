package auth

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"errors"
	"fmt"
)

// Vault encrypts what must be stored and read again, such as the secret of an
// authenticator app, so that whoever reads the database cannot use it. It is
// AES-256-GCM with a random nonce: at most some four thousand million texts for
// one key (NIST SP 800-38D, section 8.3). It may be used by many goroutines at
// once.
type Vault struct{ aead []cipher.AEAD }

// NewVault returns a vault. Each key is of 32 bytes, as DeriveKey makes them; the
// first encrypts, all decrypt, so that a key can be replaced.
func NewVault(keys ...[]byte) (*Vault, error) {
	v := &Vault{}
	for i, key := range keys {
		if len(key) != 32 {
			return nil, fmt.Errorf("auth: key %d of the vault has %d bytes: use one of 32, as of DeriveKey", i, len(key))
		}
		block, err := aes.NewCipher(key)
		if err != nil {
			return nil, err
		}
		aead, err := cipher.NewGCMWithRandomNonce(block)
		if err != nil {
			return nil, err
		}
		v.aead = append(v.aead, aead)
	}
	if len(keys) == 0 {
		return nil, errors.New("auth: the vault has no key")
	}
	return v, nil
}

// Lock encrypts a text. It can be unlocked only with the same place, such as
// "users.totp 17", so that nobody can move it to another row.
func (v *Vault) Lock(text, place string) string {
	return base64.RawStdEncoding.EncodeToString(v.aead[0].Seal(nil, nil, []byte(text), []byte(place)))
}

// Unlock returns what was locked, or an error when it was locked with another key
// or for another place, or was changed.
func (v *Vault) Unlock(locked, place string) (string, error) {
	data, err := base64.RawStdEncoding.Strict().DecodeString(locked)
	if err == nil && len(locked) == base64.RawStdEncoding.EncodedLen(len(data)) { // line ends are ignored otherwise
		for _, aead := range v.aead {
			text, err := aead.Open(nil, nil, data, []byte(place))
			if err == nil {
				return string(text), nil
			}
		}
	}
	return "", fmt.Errorf("auth: what is stored for %s cannot be read with the keys of this application", place)
}
