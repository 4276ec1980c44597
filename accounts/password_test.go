package accounts_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/accounts"
	"github.com/terem-go/terem/auth"
	"github.com/terem-go/terem/db"
)

func TestChangePassword(t *testing.T) {
	each(t, nil, func(h *house) {
		p := h.ada()
		cookies, err := h.LogIn(h.ctx(), h.d, home, p, 0, false)
		h.must(err)
		_, here, err := h.browser(cookies[0])
		h.must(err)
		elsewhere, token := h.known(p, home), h.start(p)
		link := h.link(accounts.Mail{What: accounts.MailReset, Email: p.Email})
		change := func(current, next string) error {
			return h.ChangePassword(h.ctx(), h.d, home, h.row(p), here.ID, current, next)
		}
		h.want("a wrong password", change(wrong, fresh), accounts.ErrWrongPassword)
		h.want("a short one", change(password, "short"), auth.ErrPasswordTooShort)
		h.want("a common one", change(password, "ada@example.com1"), auth.ErrPasswordCommon)
		h.must(change(password, fresh))
		h.want("the old one", h.in(elsewhere, password, ""), auth.ErrWrongPassword)
		h.want("the new one", h.in(elsewhere, fresh, ""), nil)
		if who, _, err := h.browser(cookies[0]); who == nil || err != nil {
			h.t.Errorf("the browser that asked is logged out: %v", err)
		}
		_, err = h.program(token.AccessToken)
		h.want("access tokens", err, auth.ErrTokenInvalid)
		_, err = h.renew(token.RefreshToken)
		h.want("refresh tokens", err, auth.ErrRefreshInvalid)
		_, err = h.Reset(h.ctx(), h.d, home, link, password)
		h.want("links for another one", err, auth.ErrLinkOver)
		if diff := cmp.Diff([]string{"registered", "logged_in", "logged_in", "logged_in", "proof_refused", "password_changed", "login_refused"}, h.actions()); diff != "" {
			h.t.Errorf("audit log (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]string{"welcome ada@example.com", "notice ada@example.com"}, h.mails()); diff != "" {
			h.t.Errorf("mails (-want +got):\n%s", diff)
		}
	})
}

func TestReset(t *testing.T) {
	each(t, nil, func(h *house) {
		p := h.ada()
		token := h.start(p)
		ask := accounts.Mail{What: accounts.MailReset, Email: " ADA@example.com"}
		check := func(link string) error {
			return h.d.Read(h.ctx(), func(ctx context.Context, r *db.Reader) error { return h.CheckReset(ctx, r, link) })
		}
		reset := func(link, password string) error {
			_, err := h.Reset(h.ctx(), h.d, home, link, password)
			return err
		}
		first, second, confirm := h.link(ask), h.link(ask), h.link(accounts.Mail{What: accounts.MailWelcome, Email: p.Email, Subject: p.Account().Subject})
		h.want("the page of a link", check(first), nil)
		for what, link := range map[string]string{"nothing": "", "nonsense": "x", "a link for something else": confirm} {
			h.want(what, check(link), auth.ErrLinkOver)
			h.want(what, reset(link, fresh), auth.ErrLinkOver)
		}
		h.want("a short password", reset(first, "short"), auth.ErrPasswordTooShort)
		h.want("a common one", reset(first, "ada@example.com1"), auth.ErrPasswordCommon)
		h.must(reset(first, fresh)) // though another was asked for since
		h.want("a second time", reset(first, password), auth.ErrLinkOver)
		h.want("the other one", reset(second, password), auth.ErrLinkOver)
		h.want("the old password", h.in(home, password, ""), auth.ErrWrongPassword)
		h.want("the new password", h.in(home, fresh, ""), nil)
		_, err := h.renew(token.RefreshToken)
		h.want("logins from before", err, auth.ErrRefreshInvalid)
		if !h.row(p).Confirmed {
			h.t.Error("who has read the mail has not confirmed the address")
		}
		late := h.link(ask)
		h.pass(accounts.ResetFor)
		h.want("after half an hour", reset(late, password), auth.ErrLinkOver)

		moved := h.link(ask)
		h.must(h.do(func(ctx context.Context, s *db.Session) error {
			return h.people.SetEmail(ctx, s, p.Account().Subject, "new@example.com")
		}))
		h.want("to an address that is no longer theirs", reset(moved, password), auth.ErrLinkOver)
		gone := h.link(accounts.Mail{What: accounts.MailReset, Email: "new@example.com"})
		h.must(h.do(func(ctx context.Context, s *db.Session) error { return h.people.Delete(ctx, s, p.ID) }))
		h.want("of a user who is gone", reset(gone, password), auth.ErrLinkOver)
		if diff := cmp.Diff([]string{"registered", "logged_in", "password_reset", "login_refused"}, h.actions()); diff != "" {
			h.t.Errorf("audit log (-want +got):\n%s", diff)
		}
	})
}

// Of many who use one link at once exactly one chooses the password.
func TestResetAtOnce(t *testing.T) {
	each(t, nil, func(h *house) {
		p := h.ada()
		link := h.link(accounts.Mail{What: accounts.MailReset, Email: p.Email})
		results := make(chan error)
		for range 6 {
			go func() {
				_, err := h.Reset(h.ctx(), h.d, home, link, fresh)
				results <- err
			}()
		}
		won := 0
		for range 6 {
			if err := <-results; err == nil {
				won++
			} else if !errors.Is(err, auth.ErrLinkOver) {
				h.t.Error(err)
			}
		}
		if won != 1 {
			h.t.Errorf("%d of 6 have used the link, want 1", won)
		}
	})
}

// A mail to reset is enqueued for every address alike, and not without end.
func TestAskReset(t *testing.T) {
	each(t, nil, func(h *house) {
		h.ada()
		for _, email := range []string{"ada@example.com", "nobody@example.com"} {
			for range 5 {
				h.must(h.AskReset(h.ctx(), h.d, home, email))
			}
			h.want(email, h.AskReset(h.ctx(), h.d, home, email), auth.ErrTooMany)
		}
		h.want("logins are counted by themselves", h.in(home, password, ""), nil)
		h.pass(time.Second)
		h.must(h.AskReset(h.ctx(), h.d, home, "ada@example.com"))
		if mails := h.mails(); len(mails) != 1+5+5+1 {
			h.t.Errorf("mails %v", mails)
		}
	})
}
