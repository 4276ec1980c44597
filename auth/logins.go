package auth

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/terem-go/terem/dao"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/errs"
)

// ErrLoginOver says that a login is not there: it has ended, was ended, or never
// was.
var ErrLoginOver = errs.New(errs.Unauthenticated, "auth.login_over", "You are logged out. Log in again.")

// Login is a place where somebody is logged in: a browser, or a program with a
// refresh token.
type Login struct {
	ID        int64     `db:"id,pk"`
	Subject   string    `db:"subject"` // who, such as a user's id
	Kind      string    `db:"kind"`    // Browser or Program
	TokenHash string    `db:"token_hash"`
	Number    int64     `db:"number"` // of the refresh token that is valid; 0 for a browser
	Device    string    `db:"device"` // what the client calls itself
	Client    string    `db:"client"` // the address it was last used from
	Idle      int64     `db:"idle"`   // how many seconds it lasts without being used
	CreatedAt time.Time `db:"created_at"`
	UsedAt    time.Time `db:"used_at"`    // within a minute
	EndsAt    time.Time `db:"ends_at"`    // however much it is used
	ExpiresAt time.Time `db:"expires_at"` // if it is not used any more
}

// The kinds of logins.
const (
	Browser = "browser" // keeps a cookie
	Program = "program" // keeps a refresh token
)

// Lifetime says how long a login lasts. The zero value is for people who want to
// be remembered.
type Lifetime struct {
	Idle time.Duration // without being used; default 30 days
	Most time.Duration // however much it is used; default 180 days; at least Idle
}

func (l Lifetime) orDefault() Lifetime {
	return Lifetime{Idle: cmp.Or(l.Idle, 30*24*time.Hour), Most: cmp.Or(l.Most, 180*24*time.Hour)}
}

// Check reports what is wrong with a lifetime.
func (l Lifetime) Check() error {
	if l = l.orDefault(); l.Idle < time.Minute || l.Most < l.Idle {
		return fmt.Errorf("auth: a login that lasts %s without being used and %s in all: use at least a minute, and as much or more in all; or 0 for the defaults", l.Idle, l.Most)
	}
	return nil
}

// Visit is where a request comes from. One without Client and Request is none: what is
// done at the machine itself, by a command.
type Visit struct {
	Device  string // the User-Agent header; up to 200 characters are kept
	Client  string // the address
	Request string // the request's id, for the audit log
	Known   string // the token by which a browser is known again, if it has one; see package accounts
}

// Logins keeps who is logged in where, in a table of the library. Tokens are kept
// as hashes. It may be used by many goroutines at once.
type Logins struct {
	table   dao.Table[Login]
	refresh *Refresh
	now     func() time.Time
}

// LoginsConfig is what logins need.
type LoginsConfig struct {
	Refresh *Refresh         // for programs; nil where only browsers log in
	Now     func() time.Time // the clock; default time.Now
}

// NewLogins returns Logins.
func NewLogins(c LoginsConfig) *Logins {
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Logins{table: dao.Of[Login]("terem_logins"), refresh: c.Refresh, now: c.Now}
}

// Begin logs a browser in, and returns the token for its cookie. Every login has a
// token of its own: what a browser had before is worth nothing afterwards, so that
// nobody can make others log in by a token that they know.
func (l *Logins) Begin(ctx context.Context, x db.Execer, subject string, v Visit, last Lifetime) (token string, login *Login, err error) {
	token, hash := RandomToken()
	login = l.new(subject, Browser, v, last)
	login.TokenHash = hash
	return token, login, l.table.Insert(ctx, x, login)
}

func (l *Logins) new(subject, kind string, v Visit, last Lifetime) *Login {
	now := l.now().UTC()
	last = last.orDefault()
	return &Login{
		Subject: subject, Kind: kind, Device: clip(v.Device), Client: v.Client, Idle: int64(last.Idle / time.Second),
		CreatedAt: now, UsedAt: now, EndsAt: now.Add(last.Most), ExpiresAt: now.Add(last.Idle),
	}
}

// clip returns the first 200 characters of a text that others have made up.
func clip(text string) string {
	if !utf8.ValidString(text) {
		return ""
	}
	n := 0
	for i := range text {
		if n++; n > 200 {
			return text[:i]
		}
	}
	return text
}

// Find returns the login of a browser's token, or ErrLoginOver.
func (l *Logins) Find(ctx context.Context, q db.Querier, token string) (*Login, error) {
	login, err := l.table.One(ctx, q, dao.Eq("token_hash", HashToken(token)), dao.Eq("kind", Browser))
	return l.open(login, err)
}

// open refuses a login that is over.
func (l *Logins) open(login *Login, err error) (*Login, error) {
	if errs.HasKind(err, errs.NotFound) || err == nil && !login.ExpiresAt.After(l.now()) {
		return nil, ErrLoginOver.Wrap(err)
	}
	return login, err
}

// Stale reports whether a login's last use is over a minute ago, so that Used would
// write it.
func (l *Logins) Stale(login *Login) bool { return l.now().Sub(login.UsedAt) >= time.Minute }

// Used notes that a login is used, and from where; at most once a minute. It lasts
// on from now. Call it after the response: see api.Later.
func (l *Logins) Used(ctx context.Context, d *db.DB, login *Login, client string) error {
	if !l.Stale(login) {
		return nil
	}
	now := l.now().UTC()
	return d.Do(ctx, func(ctx context.Context, s *db.Session) error {
		err := l.table.Patch(ctx, s, login.ID, dao.Set("used_at", now), dao.Set("client", client), dao.Set("expires_at", login.until(now)))
		if errs.HasKind(err, errs.NotFound) { // ended meanwhile
			err = nil
		}
		return err
	})
}

// until is when a login ends that was used last at a time.
func (l *Login) until(used time.Time) time.Time {
	if idle := used.Add(time.Duration(l.Idle) * time.Second); idle.Before(l.EndsAt) {
		return idle
	}
	return l.EndsAt
}

// Of returns the logins of a subject that are not over, the last used first.
func (l *Logins) Of(ctx context.Context, q db.Querier, subject string) ([]Login, error) {
	return l.table.Find(ctx, q, dao.Eq("subject", subject), dao.Where("expires_at > $1", l.now().UTC()), dao.OrderBy("-used_at", "-id"))
}

// End ends a login of a subject. It returns ErrLoginOver when there is none with
// the id, or it is somebody else's.
func (l *Logins) End(ctx context.Context, x db.Execer, subject string, id int64) error {
	err := l.table.Scope("subject", subject).Delete(ctx, x, id)
	if errs.HasKind(err, errs.NotFound) {
		return ErrLoginOver.Wrap(err)
	}
	return err
}

// Leave ends a login, whoever's it is: one that a browser has shown the token of. One
// that is over already is no error.
func (l *Logins) Leave(ctx context.Context, x db.Execer, id int64) error {
	_, err := x.Exec(ctx, "DELETE FROM terem_logins WHERE id = $1", id)
	return err
}

// EndAll ends the logins of a subject but for one, such as that of who asks (0 for
// none), and returns how many.
func (l *Logins) EndAll(ctx context.Context, x db.Execer, subject string, but int64) (int64, error) {
	return x.Exec(ctx, "DELETE FROM terem_logins WHERE subject = $1 AND id <> $2", subject, but)
}

// Forget deletes the logins that are over, and returns how many. Call it from a
// daily task.
func (l *Logins) Forget(ctx context.Context, x db.Execer) (int64, error) {
	return x.Exec(ctx, "DELETE FROM terem_logins WHERE expires_at <= $1", l.now().UTC())
}

// BeginProgram logs a program in, and returns its first refresh token.
func (l *Logins) BeginProgram(ctx context.Context, s *db.Session, subject string, v Visit, last Lifetime) (token string, login *Login, err error) {
	if l.refresh == nil {
		return "", nil, errors.New("auth: LoginsConfig.Refresh is nil: programs cannot log in")
	}
	login = l.new(subject, Program, v, last)
	_, login.TokenHash = RandomToken() // until its id is known
	if err := l.table.Insert(ctx, s, login); err != nil {
		return "", nil, err
	}
	login.Number = 1
	token, login.TokenHash = l.refresh.Issue(login.ID, login.Number)
	return token, login, l.table.Update(ctx, s, login, "number", "token_hash")
}

// Renew takes a refresh token and returns the next one. Of two requests with the
// same one, one gets it. The other is given an old token, and so are all who come
// later: then nobody can tell the owner from a thief, the login is ended, and the
// error is ErrRefreshReused, whose login says whose it was; the session must be
// committed, as the returned error says by db.Keep. Otherwise the error is
// ErrRefreshInvalid.
func (l *Logins) Renew(ctx context.Context, s *db.Session, token string, v Visit) (next string, login *Login, err error) {
	if l.refresh == nil {
		return "", nil, ErrRefreshInvalid.Here()
	}
	t, err := l.refresh.Parse(token)
	if err != nil {
		return "", nil, err
	}
	login, err = l.open(l.table.One(ctx, s, dao.Eq("id", t.Family), dao.Eq("kind", Program), dao.ForUpdate))
	if errors.Is(err, ErrLoginOver) {
		return "", nil, ErrRefreshInvalid.Wrap(err)
	}
	if err != nil {
		return "", nil, err
	}
	if login.TokenHash != t.Hash {
		if err := l.table.Delete(ctx, s, login.ID); err != nil {
			return "", nil, err
		}
		return "", login, db.Keep(ErrRefreshReused.Here())
	}
	now := l.now().UTC()
	login.Number++
	next, login.TokenHash = l.refresh.Issue(login.ID, login.Number)
	login.UsedAt, login.ExpiresAt, login.Client, login.Device = now, login.until(now), v.Client, clip(v.Device)
	return next, login, l.table.Update(ctx, s, login, "number", "token_hash", "used_at", "expires_at", "client", "device")
}

// EndProgram ends the login of a refresh token, and returns it. A token that is
// old, too: whoever has one logs out. It returns ErrRefreshInvalid when there is no
// such login.
func (l *Logins) EndProgram(ctx context.Context, s *db.Session, token string) (*Login, error) {
	if l.refresh == nil {
		return nil, ErrRefreshInvalid.Here()
	}
	t, err := l.refresh.Parse(token)
	if err != nil {
		return nil, err
	}
	login, err := l.table.One(ctx, s, dao.Eq("id", t.Family), dao.Eq("kind", Program))
	if err == nil {
		err = l.table.Delete(ctx, s, login.ID)
	}
	if errs.HasKind(err, errs.NotFound) {
		return nil, ErrRefreshInvalid.Wrap(err)
	}
	return login, err
}
