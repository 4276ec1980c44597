package users

import (
	"context"

	"github.com/terem-go/terem/dao"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/errs"

	"github.com/terem-go/terem/examples/conduit/utils"
)

// Repository reads and writes users. A method says in its signature whether it
// writes: db.Querier reads, db.Execer writes.
type Repository struct{ dao.Table[User] }

// ByEmail returns the user with the address, in any case.
func (r Repository) ByEmail(ctx context.Context, q db.Querier, email string) (*User, error) {
	return r.One(ctx, q, dao.Eq("email", utils.Email(email)))
}

// ByUsername returns the user with the name.
func (r Repository) ByUsername(ctx context.Context, q db.Querier, name string) (*User, error) {
	return r.One(ctx, q, dao.Eq("username", name))
}

// ByIDs returns the users with some ids, in no particular order.
func (r Repository) ByIDs(ctx context.Context, q db.Querier, ids []int64) ([]User, error) {
	return r.Find(ctx, q, dao.In("id", ids))
}

// Create inserts a user, or returns ErrUsernameTaken or ErrEmailTaken.
func (r Repository) Create(ctx context.Context, x db.Execer, u *User) error {
	if err := u.tidy(); err != nil {
		return err
	}
	return taken(r.Insert(ctx, x, u), ErrUsernameTaken, ErrEmailTaken)
}

// Change writes the named columns of a user, or returns ErrUsernameUsed or
// ErrEmailUsed.
func (r Repository) Change(ctx context.Context, x db.Execer, u *User, columns ...string) error {
	if err := u.tidy(); err != nil {
		return err
	}
	return taken(r.Update(ctx, x, u, columns...), ErrUsernameUsed, ErrEmailUsed)
}

// taken says which of the two names of a user somebody else has.
func taken(err error, username, email *errs.Error) error {
	return dao.Taken(dao.Taken(err, "username", username), "email", email)
}
