package auth_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/terem-go/terem/auth"
	"github.com/terem-go/terem/errs"
)

// A login that gives out a token and a page that asks for it, under plain
// net/http. A map stands where an application has its table of users.
func Example() {
	key, err := auth.DeriveKey("a secret from the environment, random, of 32 bytes or more", "access tokens")
	if err != nil {
		panic(err)
	}
	tokens, err := auth.NewTokens(auth.TokenConfig{Keys: [][]byte{key}, Issuer: "https://shop.example", Audience: "https://shop.example"})
	if err != nil {
		panic(err)
	}
	passwords, err := auth.NewPasswords(auth.PasswordConfig{})
	if err != nil {
		panic(err)
	}
	anna, err := passwords.Hash(context.Background(), "correct horse battery")
	if err != nil {
		panic(err)
	}
	hashes := map[string]string{"anna@shop.example": anna}

	fail := func(w http.ResponseWriter, err error) {
		e := errs.From(err)
		http.Error(w, e.Code, e.Kind.Status())
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /login", func(w http.ResponseWriter, r *http.Request) {
		email := r.PostFormValue("email")
		// An unknown address gives the empty hash, and so takes as long as a known one.
		if _, err := passwords.Verify(r.Context(), hashes[email], r.PostFormValue("password")); err != nil {
			fail(w, err)
			return
		}
		token, expiresIn, err := tokens.Issue(email, 0)
		if err != nil {
			fail(w, err)
			return
		}
		json.NewEncoder(w).Encode(map[string]any{"access_token": token, "token_type": "Bearer", "expires_in": int(expiresIn.Seconds())})
	})
	mux.HandleFunc("GET /me", func(w http.ResponseWriter, r *http.Request) {
		token, err := auth.Bearer(r)
		if err != nil {
			fail(w, err)
			return
		}
		claims, err := tokens.Parse(token)
		if err != nil {
			fail(w, err)
			return
		}
		fmt.Fprintln(w, claims.Subject)
	})

	send := func(method, path, form, token string) string {
		r := httptest.NewRequest(method, path, strings.NewReader(form))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if token != "" {
			r.Header.Set("Authorization", "Bearer "+token)
		}
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, r)
		body, _ := io.ReadAll(w.Result().Body)
		return string(body)
	}
	fmt.Print(send("POST", "/login", "email=anna@shop.example&password=guess", ""))
	fmt.Print(send("POST", "/login", "email=boris@shop.example&password=guess", ""))
	fmt.Print(send("GET", "/me", "", ""))
	var login struct {
		Token     string `json:"access_token"`
		ExpiresIn int    `json:"expires_in"`
	}
	json.Unmarshal([]byte(send("POST", "/login", "email=anna@shop.example&password=correct+horse+battery", "")), &login)
	fmt.Print(login.ExpiresIn, " seconds for ", send("GET", "/me", "", login.Token))
	// Output:
	// auth.wrong_password
	// auth.wrong_password
	// auth.required
	// 1800 seconds for anna@shop.example
}

// A login replaces a hash that was made with weaker parameters, since only then
// the password is at hand. Reading and writing the hash are units of work of
// their own: neither is open while a hash is computed.
func ExamplePasswords_Verify() {
	ctx := context.Background()
	passwords, err := auth.NewPasswords(auth.PasswordConfig{})
	if err != nil {
		panic(err)
	}
	stored := "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"

	_, err = passwords.Verify(ctx, stored, "letmein")
	fmt.Println(errors.Is(err, auth.ErrWrongPassword))

	outdated, err := passwords.Verify(ctx, stored, "password")
	if err == nil && outdated {
		stored, err = passwords.Hash(ctx, "password")
	}
	fmt.Println(stored[:30], err)
	// Output:
	// true
	// $argon2id$v=19$m=19456,t=2,p=1 <nil>
}
