package users

import (
	"time"

	"github.com/terem-go/terem/auth"
)

// Me names the caller.
type Me struct {
	User  Current
	Visit auth.Visit
}

// MeUpdate changes the caller.
type MeUpdate struct {
	User Current
	Body struct {
		Name string `json:"name" minLength:"1" maxLength:"100"`
	}
}

// PasswordChange chooses a new password.
type PasswordChange struct {
	Me
	Body struct {
		Password        string `json:"password" minLength:"12" maxLength:"1024" format:"password"`
		CurrentPassword string `json:"current_password" maxLength:"1024" format:"password"`
	}
}

// EmailChange asks for a mail that confirms another address.
type EmailChange struct {
	Me
	Body struct {
		Email           string `json:"email" format:"email" maxLength:"254"`
		CurrentPassword string `json:"current_password" maxLength:"1024" format:"password"`
	}
}

// Proof shows that the caller knows their password.
type Proof struct {
	Me
	Body struct {
		CurrentPassword string `json:"current_password" maxLength:"1024" format:"password"`
	}
}

// LoginByID names one of the caller's logins.
type LoginByID struct {
	Me
	ID int64 `path:"id" minimum:"1"`
}

// LoginList are the places where the caller is logged in.
type LoginList struct {
	Logins []LoginRead `json:"logins"`
}

// LoginRead is a place where the caller is logged in.
type LoginRead struct {
	ID        int64     `json:"id"`
	Kind      string    `json:"kind" enum:"browser,program"`
	Device    string    `json:"device" doc:"What it calls itself."`
	Client    string    `json:"client" doc:"The address it was last used from."`
	CreatedAt time.Time `json:"created_at"`
	UsedAt    time.Time `json:"used_at" doc:"Within a minute."`
}

func newLoginRead(l auth.Login) LoginRead {
	return LoginRead{ID: l.ID, Kind: l.Kind, Device: l.Device, Client: l.Client, CreatedAt: l.CreatedAt, UsedAt: l.UsedAt}
}

// Factor is the secret of a second factor that is to be confirmed.
type Factor struct {
	Secret string `json:"secret" doc:"To be typed into an authenticator app."`
	URI    string `json:"uri" doc:"To be shown to one as a QR code."`
}

// FactorConfirm carries a code that an authenticator app shows.
type FactorConfirm struct {
	Me
	Body struct {
		Code string `json:"code" maxLength:"40"`
	}
}

// RecoveryCodes let somebody in once each who has lost their authenticator app.
type RecoveryCodes struct {
	Codes []string `json:"codes"`
}
