package pages

import (
	"context"
	"errors"
	"net/http"

	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/auth"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/internal/scaffold/app/users"
	"github.com/terem-go/terem/web"
)

// routes registers the routes. A form that is wrong is shown again, with status
// 422.
func (p *Pages) routes(r *api.Router) {
	api.Get(r, "/{$}", p.home, api.Public)
	api.Get(r, "/signup", p.askSignUp, api.Public)
	api.Post(r, "/signup", p.signUp, api.Public)
	api.Get(r, "/login", p.askLogIn, api.Public)
	api.Post(r, "/login", p.logIn, api.Public)
	api.Post(r, "/logout", p.logOut, api.Public)
	api.Get(r, "/account", p.account, users.Member)
	api.Post(r, "/account", p.changeAccount, users.Member)
}

// page returns a page that is shown to the visitor.
func (p *Pages) page(name string, v users.Visitor, data any) *web.Page {
	return p.views.Page(name, data).For(v.User)
}

// again shows a page whose form was wrong.
func (p *Pages) again(name string, v users.Visitor, data any) *web.Page {
	return p.page(name, v, data).Status(http.StatusUnprocessableEntity)
}

func (p *Pages) home(_ context.Context, _ api.None, in *Look) (*web.Page, error) {
	return p.page("home", in.Visitor, nil), nil
}

func (p *Pages) askSignUp(_ context.Context, _ api.None, in *Look) (*web.Page, error) {
	return p.page("signup", in.Visitor, web.Form[SignUpForm]{}), nil
}

// signUp takes the database instead of a session: the password is hashed while
// no transaction is open.
func (p *Pages) signUp(ctx context.Context, database *db.DB, in *SignUp) (*web.Page, error) {
	form := &in.Form
	if !form.Valid() {
		return p.again("signup", in.Visitor, *form), nil
	}
	u := &users.User{Name: form.Value.Name, Email: form.Value.Email}
	if err := p.auth.Register(ctx, database, u, form.Value.Password); err != nil {
		if form.Check(err) {
			return p.again("signup", in.Visitor, *form), nil
		}
		return nil, err
	}
	cookie, err := p.auth.LogIn(ctx, database, u)
	if err != nil {
		return nil, err
	}
	return p.views.Redirect("/account").Cookie(cookie).Flash("Welcome, " + u.Name + "!"), nil
}

func (p *Pages) askLogIn(_ context.Context, _ api.None, in *LookLogIn) (*web.Page, error) {
	return p.page("login", in.Visitor, web.Form[LogInForm]{}), nil
}

// logIn takes the database instead of a session because of the password, too.
func (p *Pages) logIn(ctx context.Context, database *db.DB, in *LogIn) (*web.Page, error) {
	form := &in.Form
	if !form.Valid() {
		return p.again("login", in.Visitor, *form), nil
	}
	u, err := p.auth.Authenticate(ctx, database, form.Value.Email, form.Value.Password)
	if errors.Is(err, auth.ErrWrongPassword) {
		form.Fail("", auth.ErrWrongPassword.Message)
		return p.again("login", in.Visitor, *form), nil
	}
	if err != nil {
		return nil, err
	}
	cookie, err := p.auth.LogIn(ctx, database, u)
	if err != nil {
		return nil, err
	}
	return p.views.Redirect(web.Local(in.Next, "/account")).Cookie(cookie), nil
}

func (p *Pages) logOut(ctx context.Context, s *db.Session, in *Look) (*web.Page, error) {
	cookie, err := p.auth.LogOut(ctx, s, in.Visitor)
	if err != nil {
		return nil, err
	}
	return p.views.Redirect("/").Cookie(cookie).Flash("You are logged out."), nil
}

func (p *Pages) account(_ context.Context, _ api.None, in *Look) (*web.Page, error) {
	u := in.Visitor.User
	return p.page("account", in.Visitor, accountView{u, web.Form[AccountForm]{Value: AccountForm{Name: u.Name}}}), nil
}

func (p *Pages) changeAccount(ctx context.Context, s *db.Session, in *Account) (*web.Page, error) {
	form := &in.Form
	if !form.Valid() {
		return p.again("account", in.Visitor, accountView{in.Visitor.User, *form}), nil
	}
	u, err := p.users.Get(ctx, s, in.Visitor.ID)
	if err != nil {
		return nil, err
	}
	u.Name = form.Value.Name
	if err := p.users.Change(ctx, s, u, "name"); err != nil {
		if form.Check(err) {
			return p.again("account", in.Visitor, accountView{in.Visitor.User, *form}), nil
		}
		return nil, err
	}
	return p.views.Redirect("/account").Flash("Your name is changed."), nil
}
