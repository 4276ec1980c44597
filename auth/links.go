package auth

import (
	"context"
	"errors"
	"time"

	"github.com/terem-go/terem/dao"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/errs"
)

// ErrLinkOver says that a link has expired, was used, or never was.
var ErrLinkOver = errs.New(errs.Invalid, "auth.link_over", "This link has expired or was used. Ask for a new one.")

// Links makes links that are mailed to somebody and work once: to confirm an
// address, to choose a new password. They are kept in a table of the library, as
// hashes. It may be used by many goroutines at once.
type Links struct {
	table dao.Table[link]
	now   func() time.Time
}

// link is a row of terem_links.
type link struct {
	Hash      string    `db:"hash,pk"`
	Purpose   string    `db:"purpose"`
	Subject   string    `db:"subject"`
	Data      string    `db:"data"`
	ExpiresAt time.Time `db:"expires_at"`
}

// NewLinks returns Links. The clock is time.Now if now is nil.
func NewLinks(now func() time.Time) *Links {
	if now == nil {
		now = time.Now
	}
	return &Links{dao.Of[link]("terem_links"), now}
}

// Make returns the token for a link, which works for a while. The purpose, such as
// "reset", is what it is for; the subject is whose it is, such as a user's id; the
// data comes back with it, such as the address that it confirms. Links that were made
// before go on working: otherwise, where anybody can ask for a link, they could keep its
// owner from using one. Call Cancel first where that is not wanted.
func (l *Links) Make(ctx context.Context, x db.Execer, purpose, subject, data string, lasts time.Duration) (token string, err error) {
	token, hash := RandomToken()
	return token, l.table.Insert(ctx, x, &link{Hash: hash, Purpose: purpose, Subject: subject, Data: data, ExpiresAt: l.now().UTC().Add(lasts)})
}

// Cancel ends all links of a purpose and a subject.
func (l *Links) Cancel(ctx context.Context, x db.Execer, purpose, subject string) error {
	_, err := x.Exec(ctx, "DELETE FROM terem_links WHERE purpose = $1 AND subject = $2", purpose, subject)
	return err
}

// Look returns whose link a token is and its data, and leaves the link as it is:
// for the page that it leads to, since mail programs open links, too. It returns
// ErrLinkOver when it no longer works.
func (l *Links) Look(ctx context.Context, q db.Querier, purpose, token string) (subject, data string, err error) {
	row, err := l.table.One(ctx, q, dao.Eq("hash", HashToken(token)), dao.Eq("purpose", purpose))
	if errs.HasKind(err, errs.NotFound) || err == nil && !row.ExpiresAt.After(l.now()) {
		return "", "", ErrLinkOver.Wrap(err)
	}
	if err != nil {
		return "", "", err
	}
	return row.Subject, row.Data, nil
}

// Use is Look, and ends the link, in one session with what it allows: of two
// requests at once one gets ErrLinkOver.
func (l *Links) Use(ctx context.Context, s *db.Session, purpose, token string) (subject, data string, err error) {
	if subject, data, err = l.Look(ctx, s, purpose, token); err != nil {
		return "", "", err
	}
	n, err := s.Exec(ctx, "DELETE FROM terem_links WHERE hash = $1", HashToken(token))
	if err == nil && n == 0 {
		err = ErrLinkOver.Wrap(errors.New("another request used it at the same time"))
	}
	if err != nil {
		return "", "", err
	}
	return subject, data, nil
}

// Forget deletes links that have expired, and returns how many. Call it from a
// daily task.
func (l *Links) Forget(ctx context.Context, x db.Execer) (int64, error) {
	return x.Exec(ctx, "DELETE FROM terem_links WHERE expires_at <= $1", l.now().UTC())
}
