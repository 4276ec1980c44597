package pages

import (
	"html/template"

	"github.com/terem-go/terem/auth"
	"github.com/terem-go/terem/errs"
	"github.com/terem-go/terem/web"

	"github.com/terem-go/terem/examples/conduit/users"
)

// The forms.
type (
	// SignUpForm asks for what a user is made of.
	SignUpForm struct {
		Name     string `form:"name" maxLength:"100" autocomplete:"name"`
		Email    string `form:"email" label:"E-mail address" format:"email" maxLength:"254"`
		Password string `form:"password" format:"password" minLength:"12" maxLength:"1024" autocomplete:"new-password" doc:"At least 12 characters."`
	}
	// LogInForm asks who somebody is.
	LogInForm struct {
		Email    string `form:"email" label:"E-mail address" format:"email" maxLength:"254"`
		Password string `form:"password" format:"password" maxLength:"1024"`
		Code     string `form:"code,omitempty,secret" label:"Code of your authenticator app" maxLength:"40" autocomplete:"one-time-code" doc:"Or a recovery code."`
		Remember bool   `form:"remember" label:"Stay logged in"`
	}
	// ForgotForm asks for a mail with which a new password can be chosen.
	ForgotForm struct {
		Email string `form:"email" label:"E-mail address" format:"email" maxLength:"254"`
	}
	// ResetForm chooses a new password.
	ResetForm struct {
		Token    string `form:"token" format:"hidden" maxLength:"64"`
		Password string `form:"password" label:"New password" format:"password" minLength:"12" maxLength:"1024" autocomplete:"new-password" doc:"At least 12 characters."`
	}
	// ConfirmForm confirms an address.
	ConfirmForm struct {
		Token string `form:"token" format:"hidden" maxLength:"64"`
	}
	// AccountForm changes a user.
	AccountForm struct {
		Name string `form:"name" maxLength:"100" autocomplete:"name"`
	}
	// PasswordForm changes a password.
	PasswordForm struct {
		CurrentPassword string `form:"current_password" label:"Current password" format:"password" maxLength:"1024"`
		Password        string `form:"password" label:"New password" format:"password" minLength:"12" maxLength:"1024" autocomplete:"new-password" doc:"At least 12 characters."`
	}
	// EmailForm asks for another address.
	EmailForm struct {
		Email           string `form:"email" label:"New e-mail address" format:"email" maxLength:"254"`
		CurrentPassword string `form:"current_password" label:"Current password" format:"password" maxLength:"1024"`
	}
	// ProofForm shows that somebody knows their password.
	ProofForm struct {
		CurrentPassword string `form:"current_password" label:"Current password" format:"password" maxLength:"1024"`
	}
	// CodeForm takes the code of an authenticator app.
	CodeForm struct {
		Code string `form:"code,secret" label:"Code" maxLength:"40" autocomplete:"one-time-code" doc:"The six digits that the app shows."`
	}
)

// The inputs of the routes.
type (
	// Look asks for a page.
	Look struct {
		Visitor users.Visitor
		Visit   auth.Visit
	}
	// LookLogIn asks for the page on which people log in.
	LookLogIn struct {
		Look
		Next string `query:"next" doc:"Where to go afterwards."`
	}
	// LookLink asks for the page that a link of a mail leads to.
	LookLink struct {
		Look
		Token string `query:"token" maxLength:"64"`
	}
	// Send is a form that was sent.
	Send[T any] struct {
		Look
		Form web.Form[T]
	}
	// LogIn is a form that was sent.
	LogIn struct {
		LookLogIn
		Form web.Form[LogInForm]
	}
	// LoginByID names a login.
	LoginByID struct {
		Look
		ID int64 `path:"id" minimum:"1"`
	}
)

// logInView is what the page on which people log in shows.
type logInView struct {
	Form web.Form[LogInForm]
	Code bool // a code is asked for
}

// accountView is what the account page shows.
type accountView struct {
	User   *users.User
	Form   web.Form[AccountForm]
	Factor bool
	Logins []auth.Login
	Here   int64 // the login of this browser
}

// factorView is what the page of the second factor shows.
type factorView struct {
	Secret string // to be typed, where the QR code cannot be read
	QR     template.HTML
	Form   web.Form[CodeForm]
}

// errorView is what an error page shows.
type errorView struct {
	Error     *errs.Error
	RequestID string
}
