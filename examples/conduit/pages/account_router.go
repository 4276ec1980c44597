package pages

import (
	"context"

	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/auth"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/web"

	"github.com/terem-go/terem/examples/conduit/users"
)

// accountRoutes registers the routes by which people come and go. A form that is wrong
// is shown again, with status 422. Those that check or hash passwords take the database
// instead of a session: no transaction is open meanwhile.
func (p *Pages) accountRoutes(r *api.Router) {
	api.Get(r, "/register", p.askRegister, api.Public)
	api.Post(r, "/register", p.register, api.Public)
	api.Get(r, "/login", p.askLogIn, api.Public)
	api.Post(r, "/login", p.logIn, api.Public)
	api.Post(r, "/logout", p.logOut, api.Public)
	api.Get(r, "/settings", p.askSettings, users.Member)
	api.Post(r, "/settings", p.changeSettings, users.Member)
}

func (p *Pages) askRegister(_ context.Context, _ api.None, in *LookLogIn) (*web.Page, error) {
	return p.page("register", in.Visitor, enterView[RegisterForm]{Next: in.Next}), nil
}

func (p *Pages) register(ctx context.Context, d *db.DB, in *Register) (*web.Page, error) {
	var err error
	if form := &in.Form; form.Valid() {
		var u *users.User
		u, err = p.auth.Register(ctx, d, in.Visit, users.User{Username: form.Value.Username, Email: form.Value.Email}, form.Value.Password)
		if err == nil {
			page, err := p.enter(ctx, d, in.LookLogIn, in.Visit, u)
			if err != nil {
				return nil, err
			}
			return page.Flash("Welcome, " + u.Username + "!"), nil
		}
		if !wrong(form, err) {
			return nil, err
		}
	}
	return p.again("register", in.Visitor, enterView[RegisterForm]{in.Form, in.Next}).RetryAfter(err), nil
}

// enter logs a user in and leads them where they wanted to go.
func (p *Pages) enter(ctx context.Context, d *db.DB, in LookLogIn, v auth.Visit, u *users.User) (*web.Page, error) {
	cookie, err := p.auth.LogIn(ctx, d, v, u, in.Visitor.Login)
	return p.views.Redirect(web.Local(in.Next, "/")).Cookie(cookie), err
}

func (p *Pages) askLogIn(_ context.Context, _ api.None, in *LookLogIn) (*web.Page, error) {
	return p.page("login", in.Visitor, enterView[LogInForm]{Next: in.Next}), nil
}

func (p *Pages) logIn(ctx context.Context, d *db.DB, in *LogIn) (*web.Page, error) {
	var err error
	if form := &in.Form; form.Valid() {
		var u *users.User
		u, err = p.auth.Authenticate(ctx, d, form.Value.Email, form.Value.Password, in.Visit)
		if err == nil {
			return p.enter(ctx, d, in.LookLogIn, in.Visit, u)
		}
		if !wrong(form, err) {
			return nil, err
		}
	}
	return p.again("login", in.Visitor, enterView[LogInForm]{in.Form, in.Next}).RetryAfter(err), nil
}

func (p *Pages) logOut(ctx context.Context, s *db.Session, in *Look) (*web.Page, error) {
	cookie, err := p.auth.LogOut(ctx, s, in.Visitor.Login)
	return p.views.Redirect("/").Cookie(cookie).Flash("You are logged out."), err
}

func (p *Pages) askSettings(_ context.Context, _ api.None, in *Look) (*web.Page, error) {
	return p.page("settings", in.Visitor, web.Form[SettingsForm]{Value: newSettingsForm(in.Visitor.User)}), nil
}

func (p *Pages) changeSettings(ctx context.Context, d *db.DB, in *Settings) (*web.Page, error) {
	if form := &in.Form; form.Valid() {
		_, err := p.auth.Change(ctx, d, in.Visitor.ID, form.Value.changes(), in.Visitor.Login)
		if err == nil {
			return p.views.Redirect("/settings").Flash("Your settings are saved."), nil
		}
		if !wrong(form, err) {
			return nil, err
		}
	}
	return p.again("settings", in.Visitor, in.Form), nil
}
