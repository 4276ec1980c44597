package users_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/terem-go/terem/api/apitest"
	"github.com/terem-go/terem/db"

	"github.com/terem-go/terem/examples/conduit/users"
)

func TestLifecycle(t *testing.T) {
	each(t, func(t *testing.T, c *apitest.Client, d *db.DB) {
		jake, u := register(c, " jake ", "Jake@Example.com")
		if u.Username != "jake" || u.Email != "jake@example.com" || u.Bio != nil || u.Image != nil || u.Token == "" {
			t.Errorf("registered as %+v", u)
		}
		var got reply
		jake.Get("/api/user").Expect(200).JSON(&got)
		if got.User != u {
			t.Errorf("is %+v, was %+v", got.User, u)
		}
		c.Post("/api/users/login", m{"user": m{"email": "JAKE@example.com", "password": "jakejake"}}).Expect(200).JSON(&got)
		c.With("Authorization", "token "+got.User.Token).Get("/api/user").Expect(200)

		// What is left out stays; empty text and null remove what may be missing.
		change := func(fields m) users.UserRead {
			t.Helper()
			var changed, read reply
			jake.Put("/api/user", m{"user": fields}).Expect(200).JSON(&changed)
			jake.Get("/api/user").Expect(200).JSON(&read)
			if text(changed.User) != text(read.User) {
				t.Errorf("the change says %s, and then it is %s", text(changed.User), text(read.User))
			}
			return read.User
		}
		if now := change(m{"bio": "I skate", "image": "https://example.com/i.png"}); text(now) != "jake jake@example.com I skate https://example.com/i.png" {
			t.Errorf("is %s", text(now))
		}
		if now := change(m{"bio": "", "username": "jacob"}); text(now) != "jacob jake@example.com - https://example.com/i.png" {
			t.Errorf("is %s", text(now))
		}
		if now := change(m{"image": nil, "email": "jacob@example.com"}); text(now) != "jacob jacob@example.com - -" {
			t.Errorf("is %s", text(now))
		}
		change(m{"password": "another"})
		c.Post("/api/users/login", m{"user": m{"email": "jacob@example.com", "password": "jakejake"}}).ExpectError(401, "users.wrong_password")
		c.Post("/api/users/login", m{"user": m{"email": "jacob@example.com", "password": "another"}}).Expect(200)
		// One's own name and address are not taken.
		change(m{"username": "jacob", "email": "jacob@example.com"})
	})
}

func text(u users.UserRead) string {
	or := func(s *string) string {
		if s == nil {
			return "-"
		}
		return *s
	}
	return fmt.Sprint(u.Username, " ", u.Email, " ", or(u.Bio), " ", or(u.Image))
}

func TestTaken(t *testing.T) {
	each(t, func(t *testing.T, c *apitest.Client, d *db.DB) {
		register(c, "jake", "jake@example.com")
		ada, _ := register(c, "ada", "ada@example.com")
		c.Post("/api/users", m{"user": m{"username": "jake", "email": "x@example.com", "password": "x"}}).ExpectError(409, "users.username_taken")
		c.Post("/api/users", m{"user": m{"username": "x", "email": "jake@Example.com", "password": "x"}}).ExpectError(409, "users.email_taken")
		ada.Put("/api/user", m{"user": m{"username": "jake"}}).ExpectError(422, "users.username_used")
		ada.Put("/api/user", m{"user": m{"email": "jake@example.com"}}).ExpectError(422, "users.email_used")
		// At the same time, one of them gets the name.
		var statuses [8]int
		var wg sync.WaitGroup
		for i := range statuses {
			wg.Go(func() {
				statuses[i] = c.Post("/api/users", m{"user": m{"username": "same", "email": fmt.Sprintf("%d@example.com", i), "password": "x"}}).Status
			})
		}
		wg.Wait()
		count := map[int]int{}
		for _, s := range statuses {
			count[s]++
		}
		if count[201] != 1 || count[409] != len(statuses)-1 {
			t.Errorf("the statuses are %v", statuses)
		}
	})
}

func TestTokens(t *testing.T) {
	each(t, func(t *testing.T, c *apitest.Client, d *db.DB) {
		jake, u := register(c, "jake", "jake@example.com")
		for _, header := range []string{"Bearer " + u.Token, "Basic abc", u.Token} {
			c.With("Authorization", header).Get("/api/user").ExpectError(401, "users.token_missing")
		}
		for _, header := range []string{"Token", "Token x", "Token " + u.Token + "x", "Token " + u.Token + " x"} {
			r := c.With("Authorization", header).Get("/api/user").ExpectError(401, "users.token_invalid")
			if got := r.Header.Get("WWW-Authenticate"); got != "Token" {
				t.Errorf("the challenge is %q", got)
			}
		}
		another := "another secret of more than 32 characters"
		client(t, d, another).With("Authorization", "Token "+u.Token).Get("/api/user").ExpectError(401, "users.token_invalid")
		client(t, d, another, secret).With("Authorization", "Token "+u.Token).Get("/api/user").Expect(200) // the key was replaced
		err := d.Do(context.Background(), func(ctx context.Context, s *db.Session) error {
			_, err := s.Exec(ctx, "DELETE FROM users")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		jake.Get("/api/user").ExpectError(401, "users.token_invalid")
	})
}

// Who registers many users from one place has to wait, whether they are new or not.
func TestRegistrationsOfAPlace(t *testing.T) {
	each(t, func(t *testing.T, c *apitest.Client, d *db.DB) {
		try := func(name string) *apitest.Response {
			return c.Post("/api/users", m{"user": m{"username": name, "email": name + "@example.com", "password": "jakejake"}})
		}
		for i := range 30 {
			if r := try(fmt.Sprint("user", i/2)); r.Status != []int{201, 409}[i%2] {
				t.Fatalf("registration %d: status %d", i, r.Status)
			}
		}
		if r := try("jake").ExpectError(429, "auth.too_many"); r.Header.Get("Retry-After") == "" {
			t.Error("it does not say when to try again")
		}
	})
}

// Who guesses a password has to wait, and so does whoever guesses another's.
func TestGuesses(t *testing.T) {
	each(t, func(t *testing.T, c *apitest.Client, d *db.DB) {
		register(c, "jake", "jake@example.com")
		try := func(password string) *apitest.Response {
			return c.Post("/api/users/login", m{"user": m{"email": "jake@example.com", "password": password}})
		}
		for range 5 {
			try("wrong").ExpectError(401, "users.wrong_password")
		}
		if r := try("jakejake").ExpectError(429, "auth.too_many"); r.Header.Get("Retry-After") == "" {
			t.Error("it does not say when to try again")
		}
	})
}
