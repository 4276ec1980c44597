package auth_test

import (
	"fmt"

	"github.com/terem-go/terem/auth"
)

// A secret that must be read again is locked for the database, under a name of its
// place, so that it opens nowhere else.
func ExampleVault() {
	key, err := auth.DeriveKey("a secret from the environment, random, of 32 bytes or more", "second factors")
	if err != nil {
		panic(err)
	}
	vault, err := auth.NewVault(key)
	if err != nil {
		panic(err)
	}
	locked := vault.Lock("the secret", "users/1")
	open, err := vault.Unlock(locked, "users/1")
	fmt.Println(open, err)
	_, err = vault.Unlock(locked, "users/2")
	fmt.Println(err != nil)
	// Output:
	// the secret <nil>
	// true
}
