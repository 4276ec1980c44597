package users

import (
	"time"

	"github.com/terem-go/terem/api"
)

// UserCreate registers a user.
type UserCreate struct {
	Body struct {
		Email    string `json:"email" format:"email" maxLength:"254" doc:"The address to log in with." example:"ada@example.com"`
		Password string `json:"password" minLength:"12" maxLength:"1024" format:"password" doc:"At least 12 characters." example:"correct horse battery"`
		Name     string `json:"name" minLength:"1" maxLength:"100" doc:"The name to show." example:"Ada Lovelace"`
	}
}

// row returns the row to insert, but for the password's hash.
func (in *UserCreate) row() *User {
	return &User{Email: in.Body.Email, Name: in.Body.Name}
}

// LogIn asks for an access token.
type LogIn struct {
	Body struct {
		Email    string `json:"email" maxLength:"254" example:"ada@example.com"`
		Password string `json:"password" maxLength:"1024" format:"password" example:"correct horse battery"`
	}
}

// Token is an access token (RFC 6749, section 5.1).
type Token struct {
	AccessToken string `json:"access_token" doc:"To be sent as: Authorization: Bearer …"`
	TokenType   string `json:"token_type" enum:"bearer"`
	ExpiresIn   int    `json:"expires_in" doc:"How long it is valid, in seconds."`
}

// UserRead is a user as clients see one.
type UserRead struct {
	ID          int64     `json:"id"`
	Email       string    `json:"email" format:"email"`
	Name        string    `json:"name"`
	IsSuperuser bool      `json:"is_superuser"`
	CreatedAt   time.Time `json:"created_at"`
	UpdatedAt   time.Time `json:"updated_at"`
}

// newUserRead turns a row into what clients see of it.
func newUserRead(u *User) UserRead {
	return UserRead{ID: u.ID, Email: u.Email, Name: u.Name, IsSuperuser: u.IsSuperuser, CreatedAt: u.CreatedAt, UpdatedAt: u.UpdatedAt}
}

// Me names the caller.
type Me struct {
	User Current
}

// MeUpdate changes the caller: what is left out stays.
type MeUpdate struct {
	User Current
	Body struct {
		Name            *string `json:"name,omitempty" minLength:"1" maxLength:"100"`
		Password        *string `json:"password,omitempty" minLength:"12" maxLength:"1024" format:"password" doc:"A new password; needs the current one."`
		CurrentPassword string  `json:"current_password,omitempty" maxLength:"1024" format:"password"`
	}
}

// UserByID names a user.
type UserByID struct {
	ID int64 `path:"id" minimum:"1"`
}

// UserList lists users page by page.
type UserList struct {
	api.PageRequest
}

// UserUpdate changes a user: what is left out stays.
type UserUpdate struct {
	ID   int64 `path:"id" minimum:"1"`
	Body struct {
		Email *string `json:"email,omitempty" format:"email" maxLength:"254"`
		Name  *string `json:"name,omitempty" minLength:"1" maxLength:"100"`
	}
}

// apply changes a row, and returns the columns that are changed.
func (in *UserUpdate) apply(row *User) (changed []string) {
	if v := in.Body.Name; v != nil {
		row.Name, changed = *v, append(changed, "name")
	}
	if v := in.Body.Email; v != nil {
		row.Email, changed = *v, append(changed, "email")
	}
	return changed
}
