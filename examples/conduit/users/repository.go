package users

import (
	"context"
	"strconv"
	"time"

	"github.com/terem-go/terem/dao"
	"github.com/terem-go/terem/db"

	"github.com/terem-go/terem/examples/conduit/utils"
)

// Repository reads and writes users. A method says in its signature whether it
// writes: db.Querier reads, db.Execer writes.
type Repository struct{ dao.Table[User] }

// ByEmail returns the user with the address, in any case.
func (r Repository) ByEmail(ctx context.Context, q db.Querier, email string) (*User, error) {
	return r.One(ctx, q, dao.Eq("email", utils.Email(email)))
}

// BySubject returns the user whom a token, a login or a link names.
func (r Repository) BySubject(ctx context.Context, q db.Querier, subject string) (*User, error) {
	return r.Get(ctx, q, number(subject))
}

// Create inserts a user, or returns ErrEmailTaken.
func (r Repository) Create(ctx context.Context, x db.Execer, u *User) error {
	if err := u.tidy(); err != nil {
		return err
	}
	return dao.Taken(r.Insert(ctx, x, u), "email", ErrEmailTaken)
}

// Change writes the named columns of a user, or returns ErrEmailTaken. Only what
// was changed is written: the rest of a row that was read before may have been
// changed by others since.
func (r Repository) Change(ctx context.Context, x db.Execer, u *User, columns ...string) error {
	if len(columns) == 0 {
		return nil
	}
	if err := u.tidy(); err != nil {
		return err
	}
	return dao.Taken(r.Update(ctx, x, u, columns...), "email", ErrEmailTaken)
}

// SetPassword sets the hash of a user's password.
func (r Repository) SetPassword(ctx context.Context, x db.Execer, subject, hash string) error {
	return r.set(ctx, x, subject, dao.Set("password_hash", hash))
}

// SetEmail sets a user's address, which is confirmed, or returns ErrEmailTaken.
func (r Repository) SetEmail(ctx context.Context, x db.Execer, subject, email string) error {
	return dao.Taken(r.set(ctx, x, subject, dao.Set("email", email), dao.Set("confirmed_at", time.Now().UTC())), "email", ErrEmailTaken)
}

// LogOut makes a user's access tokens worthless.
func (r Repository) LogOut(ctx context.Context, x db.Execer, subject string) error {
	_, err := x.Exec(ctx, "UPDATE users SET generation = generation + 1 WHERE id = $1", number(subject))
	return err
}

func (r Repository) set(ctx context.Context, x db.Execer, subject string, changes ...dao.Change) error {
	return r.Patch(ctx, x, number(subject), changes...)
}

// number returns the id that a subject is: 0, which nobody has, for what is none.
func number(subject string) int64 {
	id, _ := strconv.ParseInt(subject, 10, 64)
	return id
}
