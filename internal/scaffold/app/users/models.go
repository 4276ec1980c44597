package users

import (
	"time"

	"github.com/terem-go/terem/internal/scaffold/app/utils"
)

// User is a row of the table users.
type User struct {
	ID           int64     `db:"id,pk"`
	Email        string    `db:"email,unique,size:254"` // as of utils.Email
	Name         string    `db:"name,size:100"`
	PasswordHash string    `db:"password_hash"`
	IsSuperuser  bool      `db:"is_superuser,default:FALSE"`
	CreatedAt    time.Time `db:"created_at,created"`
	UpdatedAt    time.Time `db:"updated_at,updated"`
}

// tidy brings what people typed into the form in which it is stored, or says
// what is wrong with it.
func (u *User) tidy() error {
	u.Email = utils.Email(u.Email)
	u.Name = utils.OneLine(u.Name)
	if !utils.IsEmail(u.Email) {
		return ErrBadEmail.Here()
	}
	if !utils.Printable(u.Name) {
		return ErrBadName.Here()
	}
	return nil
}

// Login is a row of the table logins: a browser in which a user is logged in,
// and which keeps the token as a cookie.
type Login struct {
	ID        int64     `db:"id,pk"`
	UserID    int64     `db:"user_id,index,ref:users,ondelete:cascade"`
	TokenHash string    `db:"token_hash,unique"`
	CreatedAt time.Time `db:"created_at,created"`
	ExpiresAt time.Time `db:"expires_at,index"`
}
