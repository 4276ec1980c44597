package pages

import (
	"context"
	"errors"
	"net/http"

	"github.com/terem-go/terem/accounts"
	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/auth"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/errs"
	"github.com/terem-go/terem/internal/scaffold/app/users"
	"github.com/terem-go/terem/web"
)

// routes registers the routes. A form that is wrong is shown again, with status
// 422, or 429 after too many attempts.
func (p *Pages) routes(r *api.Router) {
	api.Get(r, "/{$}", p.home, api.Public)
	api.Get(r, "/signup", p.askSignUp, api.Public)
	api.Post(r, "/signup", p.signUp, api.Public)
	api.Get(r, "/login", p.askLogIn, api.Public)
	api.Post(r, "/login", p.logIn, api.Public)
	api.Post(r, "/logout", p.logOut, api.Public)
	api.Get(r, "/forgot", p.askForgot, api.Public)
	api.Post(r, "/forgot", p.forgot, api.Public)
	api.Get(r, "/reset", p.askReset, api.Public)
	api.Post(r, "/reset", p.reset, api.Public)
	api.Get(r, "/confirm", p.askConfirm, api.Public)
	api.Post(r, "/confirm", p.confirm, api.Public)
	p.accountRoutes(r)
}

// page returns a page that is shown to the visitor.
func (p *Pages) page(name string, v users.Visitor, data any) *web.Page {
	return p.views.Page(name, data).For(v.User)
}

// again shows a page whose form was wrong.
func (p *Pages) again(name string, v users.Visitor, data any) *web.Page {
	return p.page(name, v, data).Status(http.StatusUnprocessableEntity)
}

// wrong says what is wrong with a form, beside its fields or above them, and reports
// whether people can do something about it.
func wrong[T any](f *web.Form[T], err error) bool {
	if f.Check(err) {
		return true
	}
	var e *errs.Error
	if !errors.As(err, &e) || e.Kind == errs.Internal || e.Kind == errs.Timeout {
		return false
	}
	f.Fail("", e.Message)
	return true
}

// submit does what a form asks for, or shows its page again.
func submit[T any](p *Pages, name string, in *Send[T], do func(typed T) (*web.Page, error)) (page *web.Page, err error) {
	if in.Form.Valid() {
		if page, err = do(in.Form.Value); err == nil || !wrong(&in.Form, err) {
			return page, err
		}
	}
	return p.again(name, in.Visitor, in.Form).RetryAfter(err), nil
}

func (p *Pages) home(_ context.Context, _ api.None, in *Look) (*web.Page, error) {
	return p.page("home", in.Visitor, nil), nil
}

func (p *Pages) askSignUp(_ context.Context, _ api.None, in *Look) (*web.Page, error) {
	return p.page("signup", in.Visitor, web.Form[SignUpForm]{}), nil
}

// signUp takes the database instead of a session: the password is hashed while
// no transaction is open. Where accounts are hidden nobody is logged in at once.
func (p *Pages) signUp(ctx context.Context, database *db.DB, in *Send[SignUpForm]) (*web.Page, error) {
	return submit(p, "signup", in, func(f SignUpForm) (*web.Page, error) {
		u, err := p.auth.Register(ctx, database, in.Visit, users.User{Name: f.Name, Email: f.Email, Role: users.RoleMember}, f.Password)
		if err != nil {
			return nil, err
		}
		if p.auth.Hides(in.Visit) {
			return p.views.Redirect("/login").Flash("Look into your mail: what to do next is there."), nil
		}
		cookies, err := p.auth.LogIn(ctx, database, in.Visit, u, in.Visitor.Login, false)
		return p.views.Redirect("/account").Cookie(cookies...).Flash("Welcome, " + u.Name + "!"), err
	})
}

func (p *Pages) askLogIn(_ context.Context, _ api.None, in *LookLogIn) (*web.Page, error) {
	return p.page("login", in.Visitor, logInView{Form: web.Form[LogInForm]{}}), nil
}

// logIn takes the database instead of a session because of the password, too.
func (p *Pages) logIn(ctx context.Context, database *db.DB, in *LogIn) (*web.Page, error) {
	form := &in.Form
	if !form.Valid() {
		return p.again("login", in.Visitor, logInView{Form: *form}), nil
	}
	u, err := p.auth.Authenticate(ctx, database, in.Visit, form.Value.Email, form.Value.Password, form.Value.Code)
	if err != nil {
		if wrong(form, err) {
			return p.again("login", in.Visitor, logInView{*form, errors.Is(err, accounts.ErrCodeNeeded) || errors.Is(err, auth.ErrWrongCode)}).RetryAfter(err), nil
		}
		return nil, err
	}
	cookies, err := p.auth.LogIn(ctx, database, in.Visit, u, in.Visitor.Login, form.Value.Remember)
	return p.views.Redirect(web.Local(in.Next, "/account")).Cookie(cookies...), err
}

func (p *Pages) logOut(ctx context.Context, s *db.Session, in *Look) (*web.Page, error) {
	cookie, err := p.auth.LogOut(ctx, s, in.Visitor.User, in.Visitor.Login)
	if err != nil {
		return nil, err
	}
	return p.views.Redirect("/").Cookie(cookie).Flash("You are logged out."), nil
}

func (p *Pages) askForgot(_ context.Context, _ api.None, in *Look) (*web.Page, error) {
	return p.page("forgot", in.Visitor, web.Form[ForgotForm]{}), nil
}

// forgot answers the same for an address that nobody has registered.
func (p *Pages) forgot(ctx context.Context, database *db.DB, in *Send[ForgotForm]) (*web.Page, error) {
	return submit(p, "forgot", in, func(f ForgotForm) (*web.Page, error) {
		err := p.auth.AskReset(ctx, database, in.Visit, f.Email)
		return p.views.Redirect("/login").Flash("If this address is registered, a mail with a link is on its way to it."), err
	})
}

func (p *Pages) askReset(ctx context.Context, r *db.Reader, in *LookLink) (*web.Page, error) {
	if err := p.auth.CheckReset(ctx, r, in.Token); err != nil {
		return p.dead(in.Visitor, err)
	}
	return p.page("reset", in.Visitor, web.Form[ResetForm]{Value: ResetForm{Token: in.Token}}), nil
}

// dead shows what there is to do when a link no longer works.
func (p *Pages) dead(v users.Visitor, err error) (*web.Page, error) {
	if !errors.Is(err, auth.ErrLinkOver) {
		return nil, err
	}
	form := web.Form[ForgotForm]{}
	form.Fail("", auth.ErrLinkOver.Message)
	return p.again("forgot", v, form), nil
}

func (p *Pages) reset(ctx context.Context, database *db.DB, in *Send[ResetForm]) (*web.Page, error) {
	return submit(p, "reset", in, func(f ResetForm) (*web.Page, error) {
		cookie, err := p.auth.Reset(ctx, database, in.Visit, f.Token, f.Password)
		if errors.Is(err, auth.ErrLinkOver) {
			return p.dead(in.Visitor, err)
		}
		return p.views.Redirect("/login").Cookie(cookie).Flash("Your password is changed. Log in with the new one."), err
	})
}

// askConfirm shows a button: programs that look at mails open links, too.
func (p *Pages) askConfirm(_ context.Context, _ api.None, in *LookLink) (*web.Page, error) {
	return p.page("confirm", in.Visitor, web.Form[ConfirmForm]{Value: ConfirmForm{Token: in.Token}}), nil
}

// confirm opens its session itself: where it fails, the form is shown again.
func (p *Pages) confirm(ctx context.Context, database *db.DB, in *Send[ConfirmForm]) (*web.Page, error) {
	return submit(p, "confirm", in, func(f ConfirmForm) (*web.Page, error) {
		err := database.Do(ctx, func(ctx context.Context, s *db.Session) error { return p.auth.Confirm(ctx, s, in.Visit, f.Token) })
		return p.views.Redirect("/account").Flash("Your address is confirmed."), err
	})
}
