package users

import (
	"time"

	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/auth"
)

// UserCreate registers a user.
type UserCreate struct {
	Visit auth.Visit
	Body  struct {
		Email    string `json:"email" format:"email" maxLength:"254" doc:"The address to log in with." example:"ada@example.com"`
		Password string `json:"password" minLength:"12" maxLength:"1024" format:"password" doc:"At least 12 characters, and not easy to guess." example:"correct horse battery"`
		Name     string `json:"name" minLength:"1" maxLength:"100" doc:"The name to show." example:"Ada Lovelace"`
	}
}

// row returns the row to insert, but for the password's hash.
func (in *UserCreate) row() *User {
	return &User{Email: in.Body.Email, Name: in.Body.Name, Role: RoleMember}
}

// LogIn asks for an access token.
type LogIn struct {
	Visit auth.Visit
	Body  struct {
		Email    string `json:"email" maxLength:"254" example:"ada@example.com"`
		Password string `json:"password" maxLength:"1024" format:"password" example:"correct horse battery"`
		Code     string `json:"code,omitempty" maxLength:"40" doc:"What the authenticator app shows, or a recovery code; for users who have set one up."`
	}
}

// Refresh carries a refresh token.
type Refresh struct {
	Visit auth.Visit
	Body  struct {
		RefreshToken string `json:"refresh_token" maxLength:"200" format:"password"`
	}
}

// Confirm confirms an address by the token of a link.
type Confirm struct {
	Visit auth.Visit
	Body  struct {
		Token string `json:"token" maxLength:"64" format:"password"`
	}
}

// Forgot asks for a mail with which a new password can be chosen.
type Forgot struct {
	Visit auth.Visit
	Body  struct {
		Email string `json:"email" format:"email" maxLength:"254"`
	}
}

// Reset chooses a new password by the token of a link.
type Reset struct {
	Visit auth.Visit
	Body  struct {
		Token    string `json:"token" maxLength:"64" format:"password"`
		Password string `json:"password" minLength:"12" maxLength:"1024" format:"password"`
	}
}

// UserRead is a user as clients see one.
type UserRead struct {
	ID          int64     `json:"id"`
	Email       string    `json:"email" format:"email"`
	Confirmed   bool      `json:"confirmed" doc:"They have shown that the address is theirs."`
	Name        string    `json:"name"`
	Role        Role      `json:"role"`
	IsSuperuser bool      `json:"is_superuser"`
	CreatedAt   time.Time `json:"created_at"`
	UpdatedAt   time.Time `json:"updated_at"`
}

// newUserRead turns a row into what clients see of it.
func newUserRead(u *User) UserRead {
	return UserRead{
		ID: u.ID, Email: u.Email, Confirmed: u.ConfirmedAt != nil, Name: u.Name, Role: u.Role, IsSuperuser: u.IsSuperuser,
		CreatedAt: u.CreatedAt, UpdatedAt: u.UpdatedAt,
	}
}

// UserByID names a user.
type UserByID struct {
	Me
	ID int64 `path:"id" minimum:"1"`
}

// UserList lists users page by page.
type UserList struct {
	api.PageRequest
}

// UserUpdate changes a user: what is left out stays.
type UserUpdate struct {
	Me
	ID   int64 `path:"id" minimum:"1"`
	Body struct {
		Email *string `json:"email,omitempty" format:"email" maxLength:"254"`
		Name  *string `json:"name,omitempty" minLength:"1" maxLength:"100"`
		Role  *Role   `json:"role,omitempty" enum:"member,staff"`
	}
}

// apply changes a row, and returns the columns that are changed.
func (in *UserUpdate) apply(row *User) (changed []string) {
	if v := in.Body.Name; v != nil {
		row.Name, changed = *v, append(changed, "name")
	}
	if v := in.Body.Email; v != nil {
		row.Email, row.ConfirmedAt, changed = *v, nil, append(changed, "email", "confirmed_at")
	}
	if v := in.Body.Role; v != nil {
		row.Role, changed = *v, append(changed, "role")
	}
	return changed
}
