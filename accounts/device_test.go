package accounts_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/terem-go/terem/accounts"
	"github.com/terem-go/terem/auth"
)

// besiege guesses from so many places that the account itself is slowed down, and
// returns how many guesses it took.
func (h *house) besiege() int {
	h.t.Helper()
	for n := 1; n < 200; n++ {
		switch err := h.in(from(n), wrong, ""); {
		case err == nil:
			h.t.Fatal("a wrong password was right")
		case n > 50 && strings.Contains(err.Error(), auth.ErrTooMany.Code):
			return n
		}
	}
	h.t.Fatal("nobody was slowed down")
	return 0
}

// known logs a browser in and returns where it comes from, as it is known later.
func (h *house) known(p *person, v auth.Visit) auth.Visit {
	h.t.Helper()
	cookies, err := h.LogIn(h.ctx(), h.d, v, h.row(p), 0, false)
	h.must(err)
	if len(cookies) != 2 || !strings.HasSuffix(cookies[1].Name, "device") || cookies[1].MaxAge < 3600*24*365 || !cookies[1].HttpOnly {
		h.t.Fatalf("cookies %v", cookies)
	}
	v.Known = cookies[1].Value
	return v
}

// However many guess from however many places, the browsers of the owner are let in
// at once, also from a place where others guess; and no other browser is.
func TestGuessesFromManyPlaces(t *testing.T) {
	each(t, nil, func(h *house) {
		p := h.ada()
		laptop := h.known(p, home)
		eve, err := h.register("eve@example.com")
		h.must(err)
		others := h.known(eve, home)
		h.besiege()
		for range 6 {
			_ = h.in(home, wrong, "") // from behind the same router
		}
		h.want("a browser that is not known", h.in(from(1000), password, ""), auth.ErrTooMany)
		h.want("one that somebody else's account knows", h.in(others, password, ""), auth.ErrTooMany)
		for what, token := range map[string]string{"made up": "x", "changed": changed(laptop.Known), "cut off": laptop.Known[:20]} {
			h.want(what, h.in(auth.Visit{Client: "192.0.2.99", Known: token}, password, ""), auth.ErrTooMany)
		}
		h.want("the owner's laptop", h.in(laptop, password, ""), nil)
		laptop.Client = "203.0.113.7"
		h.want("the owner's laptop, elsewhere", h.in(laptop, password, ""), nil)
		h.want("which proves the password", h.Prove(h.ctx(), h.d, laptop, p, password), nil)
		h.want("a browser that is not known, still", h.in(from(1000), password, ""), auth.ErrTooMany)

		// Whoever steals it guesses no faster than from one place.
		for range 5 {
			h.want("a guess", h.in(laptop, wrong, ""), auth.ErrWrongPassword)
		}
		h.want("with a stolen cookie", h.in(laptop, password, ""), auth.ErrTooMany)
		h.pass(time.Second)
		h.want("after a second", h.in(laptop, password, ""), nil)
	})
}

// Who had the password may have kept many cookies. A new password does not end them,
// but together they guess no faster than strangers do.
func TestGuessesFromKnownBrowsers(t *testing.T) {
	each(t, nil, func(h *house) {
		p := h.ada()
		kept := make([]auth.Visit, 15)
		for i := range kept {
			kept[i] = h.known(p, from(i))
		}
		h.must(h.ChangePassword(h.ctx(), h.d, home, p, 0, password, fresh))
		laptop := h.known(p, home)
		guesses := 0
		for i := range 4 * len(kept) { // each browser by itself may do more
			err := h.in(kept[i%len(kept)], wrong, "")
			if errors.Is(err, auth.ErrTooMany) {
				break
			}
			h.want("a guess", err, auth.ErrWrongPassword)
			guesses++
		}
		if guesses != 50 {
			h.t.Errorf("%d guesses with the cookies of %d browsers, want 50", guesses, len(kept))
		}
		h.want("a browser that is known", h.in(laptop, fresh, ""), auth.ErrTooMany)
		h.want("one that is not known", h.in(home, fresh, ""), nil)
		h.pass(time.Second)
		h.want("a guess after a second", h.in(kept[14], wrong, ""), auth.ErrWrongPassword)
		link := h.link(accounts.Mail{What: accounts.MailReset, Email: p.Email})
		_, err := h.Reset(h.ctx(), h.d, from(1000), link, fresh+"!")
		h.must(err)
		h.want("the owner's laptop, after a new password by mail", h.in(laptop, fresh+"!", ""), nil)
	})
}

// Who can read the mail of the address gets in, also with a browser that is new.
func TestResetUnderSiege(t *testing.T) {
	each(t, nil, func(h *house) {
		p := h.ada()
		h.besiege()
		phone := from(1000)
		h.want("a browser that is not known", h.in(phone, password, ""), auth.ErrTooMany)
		link := h.link(accounts.Mail{What: accounts.MailReset, Email: p.Email})
		h.link(accounts.Mail{What: accounts.MailReset, Email: p.Email}) // which somebody else asks for
		cookie, err := h.Reset(h.ctx(), h.d, phone, link, fresh)
		h.must(err)
		h.want("a program, at once", h.in(from(1001), fresh, ""), nil)
		h.besiege()
		h.want("a browser that is not known", h.in(phone, fresh, ""), auth.ErrTooMany)
		phone.Known = cookie.Value
		h.want("the browser of the reset", h.in(phone, fresh, ""), nil)
	})
}

// A browser that is known waits for no others to get a mail, either.
func TestAskResetUnderSiege(t *testing.T) {
	each(t, nil, func(h *house) {
		laptop := h.known(h.ada(), home)
		var err error
		for n := 1; n <= 51; n++ {
			err = h.AskReset(h.ctx(), h.d, from(n), "ada@example.com")
		}
		h.want("from many places", err, auth.ErrTooMany)
		h.want("the owner's laptop", h.AskReset(h.ctx(), h.d, laptop, "ada@example.com"), nil)
	})
}
