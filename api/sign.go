package api

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strings"
)

// signed returns a text with a signature behind it, for what a client keeps and
// sends back. What is signed for one purpose is of no use for another.
func signed(key []byte, purpose, text string) string {
	return text + "." + signature(key, purpose, text)
}

// verified returns the text of a value that signed has returned, and whether it
// is one.
func verified(key []byte, purpose, value string) (text string, ok bool) {
	end := strings.LastIndexByte(value, '.')
	if end < 0 || !hmac.Equal([]byte(value[end+1:]), []byte(signature(key, purpose, value[:end]))) {
		return "", false
	}
	return value[:end], true
}

func signature(key []byte, purpose, text string) string {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(purpose + text))
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:16])
}
