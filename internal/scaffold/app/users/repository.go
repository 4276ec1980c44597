package users

import (
	"context"
	"time"

	"github.com/terem-go/terem/auth"
	"github.com/terem-go/terem/dao"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/internal/scaffold/app/utils"
)

// Repository reads and writes users. A method says in its signature whether it
// writes: db.Querier reads, db.Execer writes.
type Repository struct{ dao.Table[User] }

// ByEmail returns the user with the address, in any case.
func (r Repository) ByEmail(ctx context.Context, q db.Querier, email string) (*User, error) {
	return r.One(ctx, q, dao.Where("email = $1", utils.Email(email)))
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

// Logins reads and writes logins.
type Logins struct{ dao.Table[Login] }

// ByToken returns the login of a token that has not expired.
func (l Logins) ByToken(ctx context.Context, q db.Querier, token string, now time.Time) (*Login, error) {
	return l.One(ctx, q, dao.Where("token_hash = $1 AND expires_at > $2", auth.HashToken(token), now.UTC()))
}

// DeleteOf ends all logins of a user.
func (l Logins) DeleteOf(ctx context.Context, x db.Execer, userID int64) error {
	_, err := x.Exec(ctx, "DELETE FROM logins WHERE user_id = $1", userID)
	return err
}

// DeleteExpired removes the logins that have expired and returns how many.
func (l Logins) DeleteExpired(ctx context.Context, x db.Execer, now time.Time) (int64, error) {
	return x.Exec(ctx, "DELETE FROM logins WHERE expires_at <= $1", now.UTC())
}
