package pages

import (
	"github.com/terem-go/terem/errs"
	"github.com/terem-go/terem/internal/scaffold/app/users"
	"github.com/terem-go/terem/web"
)

// SignUpForm asks for what a user is made of.
type SignUpForm struct {
	Name     string `form:"name" maxLength:"100" autocomplete:"name"`
	Email    string `form:"email" label:"E-mail address" format:"email" maxLength:"254"`
	Password string `form:"password" format:"password" minLength:"12" maxLength:"1024" autocomplete:"new-password" doc:"At least 12 characters."`
}

// LogInForm asks who somebody is.
type LogInForm struct {
	Email    string `form:"email" label:"E-mail address" format:"email" maxLength:"254"`
	Password string `form:"password" format:"password" maxLength:"1024"`
}

// AccountForm changes a user.
type AccountForm struct {
	Name string `form:"name" maxLength:"100" autocomplete:"name"`
}

// The inputs of the routes.
type (
	// Look asks for a page.
	Look struct {
		Visitor users.Visitor
	}
	// LookLogIn asks for the page on which people log in.
	LookLogIn struct {
		Visitor users.Visitor
		Next    string `query:"next" doc:"Where to go afterwards."`
	}
	// SignUp is a form that was sent.
	SignUp struct {
		Visitor users.Visitor
		Form    web.Form[SignUpForm]
	}
	// LogIn is a form that was sent.
	LogIn struct {
		LookLogIn
		Form web.Form[LogInForm]
	}
	// Account is a form that was sent.
	Account struct {
		Visitor users.Visitor
		Form    web.Form[AccountForm]
	}
)

// accountView is what the account page shows.
type accountView struct {
	User *users.User
	Form web.Form[AccountForm]
}

// errorView is what an error page shows.
type errorView struct {
	Error     *errs.Error
	RequestID string
}
