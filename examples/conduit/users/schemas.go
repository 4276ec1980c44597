package users

import (
	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/auth"

	"github.com/terem-go/terem/examples/conduit/utils"
)

// UserCreate registers a user.
type UserCreate struct {
	Visit auth.Visit
	Body  struct {
		User NewUser `json:"user"`
	}
}

// NewUser is who registers.
type NewUser struct {
	Username string `json:"username" maxLength:"64" example:"Jacob"`
	Email    string `json:"email" maxLength:"254" example:"jake@jake.jake"`
	Password string `json:"password" maxLength:"1024" format:"password" example:"jakejake"`
}

// row turns what was sent into a row.
func (n *NewUser) row() User { return User{Username: n.Username, Email: n.Email} }

// LogIn logs a user in.
type LogIn struct {
	Visit auth.Visit
	Body  struct {
		User LoginUser `json:"user"`
	}
}

// LoginUser is who logs in.
type LoginUser struct {
	Email    string `json:"email" maxLength:"254" example:"jake@jake.jake"`
	Password string `json:"password" maxLength:"1024" format:"password" example:"jakejake"`
}

// UserGet asks for the caller.
type UserGet struct{ User Current }

// UserUpdate changes the caller.
type UserUpdate struct {
	User Current
	Body struct {
		User UpdateUser `json:"user"`
	}
}

// UpdateUser is what changes: what is left out stays.
type UpdateUser struct {
	Username api.Optional[string] `json:"username,omitempty" nullable:"false" maxLength:"64"`
	Email    api.Optional[string] `json:"email,omitempty" nullable:"false" maxLength:"254"`
	Password api.Optional[string] `json:"password,omitempty" nullable:"false" maxLength:"1024" format:"password"`
	Bio      api.Optional[string] `json:"bio,omitempty" maxLength:"2000"`
	Image    api.Optional[string] `json:"image,omitempty" maxLength:"2000"`
}

// check says what is wrong before the user is read.
func (c *UpdateUser) check() error {
	if *c == (UpdateUser{}) {
		return ErrNoChange.Here()
	}
	var wrong utils.Wrong
	wrong.Null("username", c.Username.Null)
	wrong.Null("email", c.Email.Null)
	wrong.Null("password", c.Password.Null)
	if c.Password.Set && !c.Password.Null {
		wrong.Blank("password", c.Password.Value)
	}
	return wrong.Err()
}

// apply changes a row, and returns the columns that are changed. The hash is that of
// the password, "" for none.
func (c *UpdateUser) apply(row *User, hash string) (changed []string) {
	if c.Username.Set {
		row.Username, changed = c.Username.Value, append(changed, "username")
	}
	if c.Email.Set {
		row.Email, changed = c.Email.Value, append(changed, "email")
	}
	if hash != "" {
		row.PasswordHash, changed = hash, append(changed, "password_hash")
	}
	if c.Bio.Set {
		row.Bio, changed = c.Bio.Pointer(), append(changed, "bio")
	}
	if c.Image.Set {
		row.Image, changed = c.Image.Pointer(), append(changed, "image")
	}
	return changed
}

// UserReply is the caller, as the specification calls it: for authentication.
type UserReply struct {
	User UserRead `json:"user"`
}

// UserRead is a user as they see themselves.
type UserRead struct {
	Email    string  `json:"email"`
	Token    string  `json:"token"`
	Username string  `json:"username"`
	Bio      *string `json:"bio"`
	Image    *string `json:"image"`
}

func newUserReply(u *User, token string) *UserReply {
	return &UserReply{UserRead{Email: u.Email, Token: token, Username: u.Username, Bio: u.Bio, Image: u.Image}}
}
