package auth_test

import (
	"testing"

	"github.com/terem-go/terem/auth"
)

func TestRandomToken(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for range 1000 {
		token, hash := auth.RandomToken()
		if len(token) != 26 || len(hash) != 43 || auth.HashToken(token) != hash || auth.HashToken(token+"x") == hash {
			t.Fatalf("the token %q has the hash %q", token, hash)
		}
		if seen[token] || seen[hash] {
			t.Fatalf("%q is not the first", token)
		}
		seen[token], seen[hash] = true, true
	}
}
