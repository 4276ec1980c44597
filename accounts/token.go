package accounts

import (
	"context"
	"errors"
	"net/http"

	"github.com/terem-go/terem/auth"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/errs"
)

// Token is what a program gets that has logged in (RFC 6749, section 5.1).
type Token struct {
	AccessToken  string `json:"access_token" doc:"To be sent as: Authorization: Bearer …"`
	TokenType    string `json:"token_type" enum:"bearer"`
	ExpiresIn    int    `json:"expires_in" doc:"How long it is valid, in seconds."`
	RefreshToken string `json:"refresh_token" doc:"For the next access token. Each is used once."`
}

// Start logs a program in. It returns auth.ErrWrongPassword as LogIn does.
func (a *Accounts[U]) Start(ctx context.Context, d *db.DB, v auth.Visit, u U) (t *Token, err error) {
	err = d.Do(ctx, func(ctx context.Context, s *db.Session) error {
		acc, err := a.still(ctx, s, u.Account())
		if err != nil {
			return err
		}
		refresh, _, err := a.logins.BeginProgram(ctx, s, acc.Subject, v, a.lifetime)
		if err != nil {
			return err
		}
		if t, err = a.issue(acc, refresh); err != nil {
			return err
		}
		return a.note(ctx, s, v, acc, acc, "logged_in")
	})
	return t, err
}

// Renew takes a refresh token and returns the next tokens. One that was used before
// ends all logins of its user, who is told by mail, and returns
// auth.ErrRefreshReused; auth.ErrRefreshInvalid is for whatever else is wrong.
func (a *Accounts[U]) Renew(ctx context.Context, s *db.Session, v auth.Visit, token string) (*Token, error) {
	next, l, err := a.logins.Renew(ctx, s, token, v)
	reused := errors.Is(err, auth.ErrRefreshReused)
	if err != nil && !reused {
		return nil, err
	}
	u, missing := a.users.BySubject(ctx, s, l.Subject)
	if errs.HasKind(missing, errs.NotFound) { // deleted since
		return nil, auth.ErrRefreshInvalid.Wrap(missing)
	}
	if missing != nil {
		return nil, missing
	}
	acc := u.Account()
	if !reused {
		return a.issue(acc, next)
	}
	if failed := a.logOutAll(ctx, s, acc, 0); failed != nil {
		return nil, failed
	}
	if failed := a.note(ctx, s, v, acc, acc, "refresh_reused"); failed != nil {
		return nil, failed
	}
	if failed := a.tell(ctx, s, acc, "An old refresh token of your account was used: somebody may have copied it. You were logged out everywhere."); failed != nil {
		return nil, failed
	}
	return nil, err
}

// Stop logs a program out by its refresh token, and makes its user's access tokens
// worthless: programs that are still logged in renew theirs. It returns
// auth.ErrRefreshInvalid.
func (a *Accounts[U]) Stop(ctx context.Context, s *db.Session, token string) error {
	l, err := a.logins.EndProgram(ctx, s, token)
	if err != nil {
		return err
	}
	return a.users.LogOut(ctx, s, l.Subject)
}

func (a *Accounts[U]) issue(of Account, refresh string) (*Token, error) {
	token, lifetime, err := a.tokens.Issue(of.Subject, of.Generation)
	if err != nil {
		return nil, err
	}
	return &Token{AccessToken: token, TokenType: "bearer", ExpiresIn: int(lifetime.Seconds()), RefreshToken: refresh}, nil
}

// Program returns the user whose access token a request carries. It returns
// auth.ErrRequired without one, auth.ErrTokenExpired, or auth.ErrTokenInvalid for
// whatever else is wrong with it, also when its user is gone or has logged out.
func (a *Accounts[U]) Program(ctx context.Context, q db.Querier, r *http.Request) (u U, err error) {
	var none U
	token, err := auth.Bearer(r)
	if err != nil {
		return none, err
	}
	claims, err := a.tokens.Parse(token)
	if err != nil {
		return none, err
	}
	u, err = a.users.BySubject(ctx, q, claims.Subject)
	if errs.HasKind(err, errs.NotFound) || err == nil && u.Account().Generation != claims.Generation {
		return none, auth.ErrTokenInvalid.Wrap(err)
	}
	if err != nil {
		return none, err
	}
	return u, nil
}
