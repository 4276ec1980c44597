package users

import (
	"context"
	"strconv"
	"time"

	"github.com/terem-go/terem/dao"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/internal/scaffold/app/utils"
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

// Lock is BySubject in a session that others wait for who change the user.
func (r Repository) Lock(ctx context.Context, s *db.Session, subject string) (*User, error) {
	return r.One(ctx, s, dao.Eq("id", number(subject)), dao.ForUpdate)
}

// Create inserts a user, or returns ErrEmailTaken.
func (r Repository) Create(ctx context.Context, x db.Execer, u *User) error {
	if err := u.tidy(); err != nil {
		return err
	}
	return dao.Taken(r.Insert(ctx, x, u), "email", ErrEmailTaken)
}

// Change writes the named columns of a user, or returns ErrEmailTaken: no others,
// which may have been changed since it was read.
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
	return r.Patch(ctx, x, number(subject), dao.Set("password_hash", hash))
}

// SetEmail sets a user's address, which is confirmed, or returns ErrEmailTaken.
func (r Repository) SetEmail(ctx context.Context, x db.Execer, subject, email string) error {
	return dao.Taken(r.Patch(ctx, x, number(subject), dao.Set("email", email), dao.Set("confirmed_at", time.Now().UTC())), "email", ErrEmailTaken)
}

// LogOut makes a user's access tokens worthless.
func (r Repository) LogOut(ctx context.Context, x db.Execer, subject string) error {
	_, err := x.Exec(ctx, "UPDATE users SET generation = generation + 1 WHERE id = $1", number(subject))
	return err
}

// number returns the id that a subject is: 0, which nobody has, for what is none.
func number(subject string) int64 {
	id, _ := strconv.ParseInt(subject, 10, 64)
	return id
}
