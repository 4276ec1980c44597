package accounts_test

import (
	"context"
	"testing"

	"github.com/terem-go/terem/accounts"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/jobs/jobstest"
)

// Whoever has asked for another address with somebody's password gets no link once the
// owner has another password or address, also where the mail was still to be sent.
func TestMailsToBeSentEndWithThePassword(t *testing.T) {
	each(t, nil, func(h *house) {
		p := h.ada()
		asked := func(current string) (m accounts.Mail) {
			h.t.Helper()
			h.must(h.AskEmail(h.ctx(), h.d, home, h.row(p), current, "eve@example.com"))
			h.must(h.d.Read(h.ctx(), func(_ context.Context, r *db.Reader) error {
				for _, queued := range jobstest.Enqueued[accounts.Mail](h.t, r) {
					if queued.What == accounts.MailConfirm {
						m = queued
					}
				}
				return nil
			}))
			return m
		}
		m := asked(password)
		if h.link(m) == "" {
			h.t.Error("there is no link")
		}
		h.must(h.ChangePassword(h.ctx(), h.d, home, h.row(p), 0, password, fresh))
		if h.link(m) != "" {
			h.t.Error("what was asked for with the old password still gets a link")
		}
		m = asked(fresh)
		h.must(h.do(func(ctx context.Context, s *db.Session) error {
			return h.people.SetEmail(ctx, s, p.Account().Subject, "countess@example.com")
		}))
		if h.link(m) != "" {
			h.t.Error("what was asked for with the old address still gets a link")
		}
	})
}

// A user who was read before their password was changed, by another request or from a
// replica, does nothing with the old one.
func TestOldPasswordsOfUsersReadBefore(t *testing.T) {
	each(t, nil, func(h *house) {
		p := h.ada()
		h.must(h.ChangePassword(h.ctx(), h.d, home, p, 0, password, fresh))
		h.want("the old password", h.Prove(h.ctx(), h.d, home, p, password), accounts.ErrWrongPassword)
		h.want("to choose another", h.ChangePassword(h.ctx(), h.d, home, p, 0, password, "third horse battery"), accounts.ErrWrongPassword)
		h.want("the new one", h.in(home, fresh, ""), nil)
		h.must(h.do(func(ctx context.Context, s *db.Session) error { return h.people.Delete(ctx, s, p.ID) }))
		h.want("of nobody", h.Prove(h.ctx(), h.d, home, p, password), accounts.ErrWrongPassword)
	})
}

// behind is a table of users that is read by address as it was before they logged out.
type behind struct{ people }

func (b behind) ByEmail(ctx context.Context, q db.Querier, email string) (*person, error) {
	p, err := b.people.ByEmail(ctx, q, email)
	if err == nil {
		p.Generation--
	}
	return p, err
}

// Tokens are of the generation that counts, also where the user was found by a replica
// that lags.
func TestTokensAreOfTheLatestGeneration(t *testing.T) {
	change := func(c *accounts.Config[*person]) { c.Users = behind{c.Users.(people)} }
	each(t, change, func(h *house) {
		h.ada()
		u, err := h.Authenticate(h.ctx(), h.d, home, "ada@example.com", password, "")
		h.must(err)
		token, err := h.Start(h.ctx(), h.d, home, u)
		h.must(err)
		_, err = h.program(token.AccessToken)
		h.want("a fresh token", err, nil)
	})
}
