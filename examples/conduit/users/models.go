package users

import (
	"strconv"
	"strings"
	"time"

	"github.com/terem-go/terem/examples/conduit/utils"
)

// User is a row of the table users.
type User struct {
	ID           int64     `db:"id,pk"`
	Username     string    `db:"username,unique,size:64"`
	Email        string    `db:"email,unique,size:254"` // as of utils.Email
	PasswordHash string    `db:"password_hash,size:200"`
	Bio          *string   `db:"bio,size:2000"`
	Image        *string   `db:"image,size:2000"`
	CreatedAt    time.Time `db:"created_at,created"`
	UpdatedAt    time.Time `db:"updated_at,updated"`
}

// subject names the user in tokens and logins.
func (u *User) subject() string { return strconv.FormatInt(u.ID, 10) }

// tidy brings what people typed into the form in which it is stored, or says what
// is wrong with it.
func (u *User) tidy() error {
	u.Username, u.Email = strings.TrimSpace(u.Username), utils.Email(u.Email)
	u.Bio, u.Image = utils.NilIfEmpty(u.Bio), utils.NilIfEmpty(u.Image)
	var wrong utils.Wrong
	if !wrong.Blank("username", u.Username) && (!utils.Printable(u.Username) || u.Username == "." || u.Username == "..") { // no address ends in these
		wrong.Add("username", "is invalid")
	}
	if !wrong.Blank("email", u.Email) && !utils.IsEmail(u.Email) {
		wrong.Add("email", "is invalid")
	}
	return wrong.Err()
}
