package accounts_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/accounts"
	"github.com/terem-go/terem/auth"
	"github.com/terem-go/terem/db"
)

func (h *house) confirm(link string) error {
	return h.do(func(ctx context.Context, s *db.Session) error { return h.Confirm(ctx, s, home, link) })
}

func TestConfirm(t *testing.T) {
	each(t, nil, func(h *house) {
		p := h.ada()
		_, err := h.register("eve@example.com")
		h.must(err)
		to := func(what, email string) string {
			return h.link(accounts.Mail{What: what, Email: email, Subject: p.Account().Subject})
		}
		before := to(accounts.MailWelcome, p.Email)
		link := to(accounts.MailWelcome, p.Email)
		for what, link := range map[string]string{"nothing": "", "nonsense": "x", "one before the last": before, "one for something else": h.link(accounts.Mail{What: accounts.MailReset, Email: p.Email})} {
			h.want(what, h.confirm(link), auth.ErrLinkOver)
		}
		h.must(h.confirm(link))
		h.want("a second time", h.confirm(link), auth.ErrLinkOver)
		if !h.row(p).Confirmed {
			h.t.Error("the address is not confirmed")
		}
		h.must(h.confirm(to(accounts.MailConfirm, "new@example.com")))
		if now := h.row(p).Email; now != "new@example.com" {
			h.t.Errorf("the address is %s", now)
		}
		link = to(accounts.MailConfirm, "eve@example.com")
		h.want("an address that somebody else has by now", h.confirm(link), errTaken)
		h.pass(accounts.ConfirmFor)
		h.want("after three days", h.confirm(link), auth.ErrLinkOver)
		link = to(accounts.MailConfirm, "newer@example.com")
		h.must(h.do(func(ctx context.Context, s *db.Session) error { return h.people.Delete(ctx, s, p.ID) }))
		h.want("of a user who is gone", h.confirm(link), auth.ErrLinkOver)
		if diff := cmp.Diff([]string{"registered", "registered", "email_confirmed", "email_confirmed"}, h.actions()); diff != "" {
			h.t.Errorf("audit log (-want +got):\n%s", diff)
		}
	})
}

func TestAskEmail(t *testing.T) {
	each(t, nil, func(h *house) {
		p := h.ada()
		h.want("without the password", h.AskEmail(h.ctx(), h.d, home, p, wrong, "new@example.com"), accounts.ErrWrongPassword)
		h.must(h.AskEmail(h.ctx(), h.d, home, p, password, "new@example.com"))
		if now := h.row(p); *now != *p {
			h.t.Errorf("before it is confirmed, %+v became %+v", p, now)
		}
		if diff := cmp.Diff([]string{"welcome ada@example.com", "confirm new@example.com", "notice ada@example.com"}, h.mails()); diff != "" {
			h.t.Errorf("mails (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]string{"registered", "proof_refused", "email_asked"}, h.actions()); diff != "" {
			h.t.Errorf("audit log (-want +got):\n%s", diff)
		}
	})
}

// Mails that users ask for are counted for the user, wherever they are, and for the
// place, whoever is there; and nobody else waits.
func TestMailsAreSlowedDown(t *testing.T) {
	each(t, nil, func(h *house) {
		p := h.ada()
		for n := range 5 {
			if n%2 == 0 {
				h.must(h.AskConfirm(h.ctx(), h.d, from(n), p))
			} else {
				h.must(h.AskEmail(h.ctx(), h.d, from(n), p, password, "new@example.com"))
			}
		}
		h.want("the sixth", h.AskConfirm(h.ctx(), h.d, from(6), p), auth.ErrTooMany)
		h.want("the sixth, to another address", h.AskEmail(h.ctx(), h.d, from(6), p, password, "new@example.com"), auth.ErrTooMany)
		before := len(h.mails())
		if before != 1+3+2*2 {
			h.t.Errorf("mails %v", h.mails())
		}
		h.pass(time.Second)
		h.must(h.AskConfirm(h.ctx(), h.d, from(6), p))
		h.want("and the next", h.AskConfirm(h.ctx(), h.d, from(7), p), auth.ErrTooMany)
		if after := len(h.mails()); after != before+1 {
			h.t.Errorf("%d mails after %d", after, before)
		}
		var err error
		for n := range 101 {
			err = h.AskConfirm(h.ctx(), h.d, from(100), &person{ID: int64(100 + n), Email: "x@example.com"})
			if n == 99 {
				h.must(err)
			}
		}
		h.want("a place with many users", err, auth.ErrTooMany)
		h.must(h.AskConfirm(h.ctx(), h.d, from(101), &person{ID: 500, Email: "x@example.com"}))
	})
}

// A mail for nobody is none.
func TestLetterForNobody(t *testing.T) {
	each(t, nil, func(h *house) {
		h.ada()
		for _, m := range []accounts.Mail{{What: accounts.MailReset, Email: "nobody@example.com"}, {What: accounts.MailWelcome, Email: "ada@example.com", Subject: "99"}, {What: accounts.MailNotice, Email: "nobody@example.com"}} {
			h.must(h.do(func(ctx context.Context, s *db.Session) error {
				_, token, found, err := h.Letter(ctx, s, m)
				if token != "" || found {
					h.t.Errorf("%+v: %q, %t", m, token, found)
				}
				return err
			}))
		}
		h.must(h.do(func(ctx context.Context, s *db.Session) error {
			u, token, found, err := h.Letter(ctx, s, accounts.Mail{What: accounts.MailNotice, Email: "ADA@example.com", Text: "x"})
			if u == nil || token != "" || !found {
				h.t.Errorf("a notice: %v, %q, %t", u, token, found)
			}
			return err
		}))
	})
}
