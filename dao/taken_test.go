package dao_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/terem-go/terem/dao"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/errs"
)

var errTaken = errs.New(errs.Conflict, "users.taken", "This is taken already.")

func TestTaken(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, s *db.Session) {
		must(t, users.Insert(ctx, s, &user{Email: "a", Name: new("Ann")}))
		must(t, orders.Insert(ctx, s, &order{"north", 1, "first"}))
		email := nested(ctx, s, func() error { return users.Insert(ctx, s, &user{Email: "a"}) })
		name := nested(ctx, s, func() error { return users.Insert(ctx, s, &user{Email: "b", Name: new("ANN")}) })
		id := nested(ctx, s, func() error { return users.Insert(ctx, s, &user{ID: 1, Email: "b"}) })
		pair := nested(ctx, s, func() error { return orders.Insert(ctx, s, &order{"north", 2, "first"}) })
		key := nested(ctx, s, func() error { return orders.Insert(ctx, s, &order{"north", 1, "second"}) })
		missing := nested(ctx, s, func() error {
			_, err := s.Exec(ctx, "UPDATE users SET email = NULL")
			return err
		})
		for _, c := range []struct {
			err   error
			on    string
			taken bool
		}{
			{email, "email", true},
			{fmt.Errorf("wrapped: %w", email), "email", true},
			{email, "id", false},
			{email, "", false},
			{email, "mail", false},
			{email, "email,name", false},
			{name, "users_name_lower", true},
			{name, "email", false},
			{id, "id", true},
			{id, "email", false},
			{pair, "shop,select", true},
			{pair, "select", false},
			{pair, "shop", false},
			{key, "shop,number", true},
			{key, "shop,select", false},
			{missing, "email", false},
			{io.EOF, "email", false},
		} {
			if c.err == nil {
				t.Fatalf("%s: the statement did not fail", c.on)
			}
			got := dao.Taken(c.err, c.on, errTaken)
			if !errors.Is(got, c.err) || errors.Is(got, errTaken) != c.taken {
				t.Errorf("%q of %v: %v, want taken: %t", c.on, c.err, got, c.taken)
			}
		}
		if err := dao.Taken(nil, "email", errTaken); err != nil {
			t.Errorf("no error became %v", err)
		}
	})
}

// A server that may not show the columns still names the constraint.
func TestTakenByTheUsualNameOfAConstraint(t *testing.T) {
	t.Parallel()
	for constraint, want := range map[string]bool{"users_email_key": true, "users_email_hash_key": false, "accounts_email_key": false} {
		err := &db.Error{Class: db.Unique, Table: "users", Constraint: constraint, Err: io.EOF}
		if got := errors.Is(dao.Taken(err, "email", errTaken), errTaken); got != want {
			t.Errorf("%s: %t, want %t", constraint, got, want)
		}
	}
}
