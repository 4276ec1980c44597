package pages

import (
	"context"

	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/web"

	"github.com/terem-go/terem/examples/conduit/users"
)

// accountRoutes registers the routes for what is a user's own.
func (p *Pages) accountRoutes(r *api.Router) {
	api.Get(r, "/account", p.account, users.Member)
	api.Post(r, "/account", p.changeAccount, users.Member)
	api.Get(r, "/account/password", p.askPassword, users.Member)
	api.Post(r, "/account/password", p.changePassword, users.Member)
	api.Get(r, "/account/email", p.askEmail, users.Member)
	api.Post(r, "/account/email", p.changeEmail, users.Member)
	api.Post(r, "/account/email/again", p.confirmAgain, users.Member)
	api.Post(r, "/account/logins/end", p.endLogins, users.Member)
	api.Post(r, "/account/logins/{id}/end", p.endLogin, users.Member)
	api.Get(r, "/account/factor", p.askFactor, users.Member)
	api.Post(r, "/account/factor", p.beginFactor, users.Member)
	api.Post(r, "/account/factor/confirm", p.confirmFactor, users.Member)
	api.Get(r, "/account/factor/end", p.askEndFactor, users.Member)
	api.Post(r, "/account/factor/end", p.endFactor, users.Member)
}

// account shows what is known of a user, and where they are logged in.
func (p *Pages) account(ctx context.Context, r *db.Reader, in *Look) (*web.Page, error) {
	view, err := p.accountView(ctx, r, in.Visitor)
	if err != nil {
		return nil, err
	}
	view.Form.Value.Name = in.Visitor.Name
	return p.page("account", in.Visitor, view), nil
}

func (p *Pages) accountView(ctx context.Context, q db.Querier, v users.Visitor) (view accountView, err error) {
	view = accountView{User: v.User, Here: v.Login}
	if view.Factor, err = p.auth.HasFactor(ctx, q, v.User); err != nil {
		return view, err
	}
	view.Logins, err = p.auth.Logins(ctx, q, v.User)
	return view, err
}

func (p *Pages) changeAccount(ctx context.Context, s *db.Session, in *Send[AccountForm]) (*web.Page, error) {
	form := &in.Form
	if form.Valid() {
		u, err := p.users.Get(ctx, s, in.Visitor.ID)
		if err != nil {
			return nil, err
		}
		u.Name = form.Value.Name
		err = p.users.Change(ctx, s, u, "name")
		if err == nil {
			return p.views.Redirect("/account").Flash("Your name is changed."), nil
		}
		if !wrong(form, err) {
			return nil, err
		}
	}
	view, err := p.accountView(ctx, s, in.Visitor)
	if err != nil {
		return nil, err
	}
	view.Form = *form
	return p.again("account", in.Visitor, view), nil
}

func (p *Pages) askPassword(_ context.Context, _ api.None, in *Look) (*web.Page, error) {
	return p.page("password", in.Visitor, web.Form[PasswordForm]{}), nil
}

func (p *Pages) changePassword(ctx context.Context, database *db.DB, in *Send[PasswordForm]) (*web.Page, error) {
	return submit(p, "password", in, func(f PasswordForm) (*web.Page, error) {
		err := p.auth.ChangePassword(ctx, database, in.Visit, in.Visitor.User, in.Visitor.Login, f.CurrentPassword, f.Password)
		return p.views.Redirect("/account").Flash("Your password is changed. Everywhere else you are logged out."), err
	})
}

func (p *Pages) askEmail(_ context.Context, _ api.None, in *Look) (*web.Page, error) {
	return p.page("email", in.Visitor, web.Form[EmailForm]{}), nil
}

func (p *Pages) changeEmail(ctx context.Context, database *db.DB, in *Send[EmailForm]) (*web.Page, error) {
	return submit(p, "email", in, func(f EmailForm) (*web.Page, error) {
		err := p.auth.AskEmail(ctx, database, in.Visit, in.Visitor.User, f.CurrentPassword, f.Email)
		return p.views.Redirect("/account").Flash("Look into the mail of the new address: a link there confirms it."), err
	})
}

func (p *Pages) confirmAgain(ctx context.Context, s *db.Session, in *Look) (*web.Page, error) {
	if err := p.auth.Welcome(ctx, s, in.Visitor.User); err != nil {
		return nil, err
	}
	return p.views.Redirect("/account").Flash("A mail with a link is on its way."), nil
}

func (p *Pages) endLogins(ctx context.Context, s *db.Session, in *Look) (*web.Page, error) {
	if err := p.auth.EndLogins(ctx, s, in.Visit, in.Visitor.User, in.Visitor.Login); err != nil {
		return nil, err
	}
	return p.views.Redirect("/account").Flash("Everywhere else you are logged out."), nil
}

func (p *Pages) endLogin(ctx context.Context, s *db.Session, in *LoginByID) (*web.Page, error) {
	if err := p.auth.EndLogin(ctx, s, in.Visit, in.Visitor.User, in.ID); err != nil {
		return nil, err
	}
	return p.views.Redirect("/account").Flash("There you are logged out."), nil
}

func (p *Pages) askFactor(_ context.Context, _ api.None, in *Look) (*web.Page, error) {
	return p.page("factor", in.Visitor, web.Form[ProofForm]{}), nil
}

// beginFactor shows the secret once. Whoever loses the page begins again.
func (p *Pages) beginFactor(ctx context.Context, database *db.DB, in *Send[ProofForm]) (*web.Page, error) {
	return submit(p, "factor", in, func(f ProofForm) (*web.Page, error) {
		secret, uri, err := p.auth.BeginFactor(ctx, database, in.Visit, in.Visitor.User, f.CurrentPassword)
		if err != nil {
			return nil, err
		}
		code, err := web.QR(uri, "QR code for your authenticator app")
		return p.page("factor_confirm", in.Visitor, factorView{Secret: secret, QR: code}), err
	})
}

func (p *Pages) confirmFactor(ctx context.Context, s *db.Session, in *Send[CodeForm]) (*web.Page, error) {
	form := &in.Form
	if form.Valid() {
		codes, err := p.auth.ConfirmFactor(ctx, s, in.Visit, in.Visitor.User, form.Value.Code)
		if err == nil {
			return p.page("recovery", in.Visitor, codes), nil
		}
		if !wrong(form, err) {
			return nil, err
		}
	}
	return p.again("factor_confirm", in.Visitor, factorView{Form: *form}), nil
}

func (p *Pages) askEndFactor(_ context.Context, _ api.None, in *Look) (*web.Page, error) {
	return p.page("factor_end", in.Visitor, web.Form[ProofForm]{}), nil
}

func (p *Pages) endFactor(ctx context.Context, database *db.DB, in *Send[ProofForm]) (*web.Page, error) {
	return submit(p, "factor_end", in, func(f ProofForm) (*web.Page, error) {
		err := p.auth.EndFactor(ctx, database, in.Visit, in.Visitor.User, f.CurrentPassword)
		return p.views.Redirect("/account").Flash("Your authenticator app is no longer asked for."), err
	})
}
