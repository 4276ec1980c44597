package accounts_test

import (
	"context"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/terem-go/terem/accounts"
	"github.com/terem-go/terem/auth/authtest"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/errs"
)

// Who runs the application ends a user's logins, and lets somebody in again who has
// lost their second factor.
func TestCommands(t *testing.T) {
	each(t, nil, func(h *house) {
		p := h.ada()
		secret, _, err := h.BeginFactor(h.ctx(), h.d, home, p, password)
		h.must(err)
		var out strings.Builder
		c := h.Commands()
		c.LogOut.Email, c.FactorOff.Email = p.Email, p.Email
		if err := c.FactorOff.Run(h.ctx(), h.d, &out); err == nil || !strings.Contains(err.Error(), "has no second factor") {
			h.t.Errorf("a second factor that is not confirmed was turned off: %v", err)
		}
		h.must(h.do(func(ctx context.Context, s *db.Session) error {
			_, err := h.ConfirmFactor(ctx, s, home, p, authtest.Code(h.t, secret, h.clock()))
			return err
		}))
		for _, run := range []func(context.Context, *db.DB, io.Writer) error{c.LogOut.Run, c.FactorOff.Run} {
			_, err := h.LogIn(h.ctx(), h.d, home, p, 0, true)
			h.must(err)
			token, err := h.Start(h.ctx(), h.d, home, h.row(p))
			h.must(err)
			before := h.row(p).Generation
			h.must(run(h.ctx(), h.d, &out))
			if h.row(p).Generation == before {
				h.t.Error("access tokens are still good")
			}
			err = h.do(func(ctx context.Context, s *db.Session) error {
				left, err := h.Logins(ctx, s, p)
				if len(left) != 0 {
					h.t.Errorf("%d logins are left", len(left))
				}
				if err == nil {
					_, err = h.Renew(ctx, s, home, token.RefreshToken)
				}
				return err
			})
			if !errs.HasKind(err, errs.Unauthenticated) {
				h.t.Errorf("the refresh token: %v", err)
			}
		}
		h.want("a login by the password alone", h.in(home, password, ""), nil)
		if got := h.actions(); !slices.Contains(got, "logins_ended") || !slices.Contains(got, "factor_off") {
			h.t.Errorf("the audit log has %v", got)
		}
		if n := strings.Count(strings.Join(h.mails(), "\n"), accounts.MailNotice+" "+p.Email); n != 3 { // and that it was set up
			h.t.Errorf("%d notices, want 3", n)
		}
		if want := "user 1, ada@example.com: logged out everywhere\nuser 1, ada@example.com: the second factor is off, and they are logged out everywhere\n"; out.String() != want {
			h.t.Errorf("printed %q, want %q", out.String(), want)
		}
		c.LogOut.Email = "nobody@example.com"
		if err := c.LogOut.Run(h.ctx(), h.d, &out); !errs.HasKind(err, errs.NotFound) {
			h.t.Errorf("nobody was logged out: %v", err)
		}
	})
}
