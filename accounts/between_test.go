package accounts_test

import (
	"context"
	"testing"
	"time"

	"github.com/terem-go/terem/accounts"
	"github.com/terem-go/terem/auth"
	"github.com/terem-go/terem/db"
)

// Whoever was let in by a password that is another one before they are logged in, is not.
func TestPasswordsThatChangeBetweenProofAndLogin(t *testing.T) {
	each(t, nil, func(h *house) {
		p := h.ada()
		in := func(password string) *person {
			h.t.Helper()
			u, err := h.Authenticate(h.ctx(), h.d, home, p.Email, password, "")
			h.must(err)
			return u
		}
		u := in(password)
		h.must(h.ChangePassword(h.ctx(), h.d, home, h.row(p), 0, password, fresh))
		_, err := h.LogIn(h.ctx(), h.d, home, u, 0, false)
		h.want("a browser", err, auth.ErrWrongPassword)
		_, err = h.Start(h.ctx(), h.d, home, u)
		h.want("a program", err, auth.ErrWrongPassword)

		u = in(fresh)
		h.must(h.do(func(ctx context.Context, s *db.Session) error { return h.EndLogins(ctx, s, home, u, 0) }))
		_, err = h.LogIn(h.ctx(), h.d, home, u, 0, false)
		h.want("after others were logged out", err, nil)

		u = in(fresh)
		h.must(h.do(func(ctx context.Context, s *db.Session) error { return h.people.Delete(ctx, s, p.ID) }))
		_, err = h.LogIn(h.ctx(), h.d, home, u, 0, false)
		h.want("who is deleted", err, auth.ErrWrongPassword)
	})
}

// slow is a table of users where a password that was set waits before it is committed.
type slow struct {
	people
	set chan struct{}
	end chan error
}

func (s slow) SetPassword(ctx context.Context, x db.Execer, subject, hash string) error {
	err := s.people.SetPassword(ctx, x, subject, hash)
	s.set <- struct{}{}
	select {
	case <-s.end:
	case <-time.After(200 * time.Millisecond): // who logs in waits for this session
	}
	return err
}

// The same while the other password is being written.
func TestLoginsThatBeginWhileThePasswordChanges(t *testing.T) {
	change := func(c *accounts.Config[*person]) {
		c.Users = slow{c.Users.(people), make(chan struct{}), make(chan error, 1)}
	}
	each(t, change, func(h *house) {
		table := h.table.(slow)
		p := h.ada()
		u, err := h.Authenticate(h.ctx(), h.d, home, p.Email, password, "")
		h.must(err)
		changed := make(chan error)
		go func() { changed <- h.ChangePassword(h.ctx(), h.d, home, h.row(p), 0, password, fresh) }()
		<-table.set
		_, err = h.LogIn(h.ctx(), h.d, home, u, 0, false)
		table.end <- err
		h.must(<-changed)
		h.want("a browser", err, auth.ErrWrongPassword)
		h.must(h.d.Read(h.ctx(), func(ctx context.Context, r *db.Reader) error {
			if list, err := h.Logins(ctx, r, u); err != nil || len(list) > 0 {
				h.t.Errorf("logins that remain: %v, %v", list, err)
			}
			return nil
		}))
	})
}
