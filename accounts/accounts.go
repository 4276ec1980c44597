// Package accounts has what every application does with the accounts of its users:
// registering, logging in by browsers and by programs, second factors, passwords
// and addresses that change by mailed links, attempts that are slowed down, an audit
// log. The users, their routes and their pages are the application's own.
//
// It puts together what package auth has, and fixes the order in which things
// happen: passwords are hashed while no session is open, attempts are counted before
// they are made, whatever a session decides is written, noted and told in that
// session, and mails are jobs.
package accounts

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/terem-go/terem/auth"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/errs"
	"github.com/terem-go/terem/web"
)

// The errors of this package that a client sees, besides those of package auth.
var (
	ErrWrongPassword = errs.New(errs.Invalid, "accounts.wrong_password", "The current password is wrong.").
				With(errs.Field{In: "body", Name: "current_password", Message: "expected the current password"})
	ErrCodeNeeded = errs.New(errs.Unauthenticated, "accounts.code_needed", "Type the code that your authenticator app shows, or a recovery code.")
	ErrNoLogin    = errs.New(errs.NotFound, "accounts.no_login", "This login is not there: it has ended, or was never yours.")
)

// Account is what these flows know of a user.
type Account struct {
	Subject      string // names the user in tokens, logins, links and the audit log, such as their id
	Email        string // in the one form in which it is stored
	Name         string
	PasswordHash string // "" for nobody: no password matches
	Generation   int64  // of their access tokens: how often these were made worthless
}

// User is an application's user: a pointer to a row, which knows its account.
type User interface{ Account() Account }

// Store is the application's table of users. ByEmail, BySubject and Lock return an
// error of the kind errs.NotFound when there is no such user.
type Store[U User] interface {
	// ByEmail finds the user with an address, in whatever form it was typed.
	ByEmail(ctx context.Context, q db.Querier, email string) (U, error)
	BySubject(ctx context.Context, q db.Querier, subject string) (U, error)
	// Lock is BySubject in a session that others wait for who change the user: what is
	// decided by the row holds until the session ends.
	Lock(ctx context.Context, s *db.Session, subject string) (U, error)
	SetPassword(ctx context.Context, x db.Execer, subject, hash string) error
	// SetEmail sets an address, which is confirmed. It returns an error of the kind
	// errs.Conflict when somebody else has it.
	SetEmail(ctx context.Context, x db.Execer, subject, email string) error
	// LogOut adds one to the generation.
	LogOut(ctx context.Context, x db.Execer, subject string) error
}

// Config are the settings of accounts.
type Config[U User] struct {
	Users Store[U]
	// Name is the application's, as authenticator apps show it and access tokens
	// say who issued them.
	Name string
	// Secrets are what keys are made from, each of at least 32 random characters.
	// The first signs and encrypts, all are read: to replace one, put the new one
	// first, and drop the old one when the longest login is over. A second factor is
	// locked with the first when a code of the app is used; whoever has used none
	// meanwhile logs in by a recovery code.
	Secrets []string
	// TokenLifetime is how long an access token is valid; default 30 minutes.
	TokenLifetime time.Duration
	// Login is how long those are logged in who want to be remembered, and
	// programs; the defaults are those of auth.Lifetime.
	Login auth.Lifetime
	// Hide keeps from those who register whether an address is registered: its
	// owner is told by mail. By default they are told, which is clearer.
	Hide bool
	// Registrations says how many may register from one place: an address, or the
	// network of an IPv6 customer. By default 30 without a delay, and after that one in
	// at most five minutes, until nobody has registered from there for 24 hours.
	Registrations auth.ThrottleConfig
	// Secure says that browsers reach the application by https.
	Secure bool
	// Passwords says how passwords are hashed and what is asked of them.
	Passwords auth.PasswordConfig
	Now       func() time.Time // the clock; default time.Now
}

// Accounts are the accounts of an application's users. They may be used by many
// goroutines at once.
type Accounts[U User] struct {
	users     Store[U]
	passwords *auth.Passwords
	tokens    *auth.Tokens
	logins    *auth.Logins
	links     *auth.Links
	factors   *auth.Factors
	audit     *auth.Audit
	devices   *auth.Vault
	cookie    web.Cookie
	device    web.Cookie
	lifetime  auth.Lifetime
	name      string
	hide      bool
	now       func() time.Time

	// Attempts are counted for an account and a place together, and, with more
	// patience, for each alone; those of a browser that is known, by itself and, with
	// more patience, with all others that the account knows. No delay of an account
	// alone is long: nobody can lock out somebody else.
	pair, account, place, known *auth.Throttle
	registrations               *auth.Throttle // of a place, whether they succeed or not
}

// brief is how long a browser stays logged in that should not remember.
var brief = auth.Lifetime{Idle: 2 * time.Hour, Most: 24 * time.Hour}

// New returns Accounts, or says what is wrong with their settings.
func New[U User](c Config[U]) (*Accounts[U], error) {
	if c.Now == nil {
		c.Now = time.Now
	}
	a := &Accounts[U]{
		users: c.Users, links: auth.NewLinks(c.Now), audit: auth.NewAudit(c.Now), lifetime: c.Login, name: c.Name, hide: c.Hide, now: c.Now,
		cookie: web.Cookie{Name: "login", Secure: c.Secure}, device: web.Cookie{Name: "device", Secure: c.Secure, MaxAge: knownFor},
	}
	var problems []error
	check := func(err error) { problems = append(problems, err) }
	keys := func(purpose string) (list [][]byte) {
		for _, secret := range c.Secrets {
			key, err := auth.DeriveKey(secret, purpose)
			check(err)
			list = append(list, key)
		}
		return list
	}
	access, refresh, locks, devices := keys("access tokens"), keys("refresh tokens"), keys("second factors"), keys("devices")
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	check(c.Login.Check())
	throttle := func(name string, t auth.ThrottleConfig) *auth.Throttle {
		t.Now = c.Now
		th, err := auth.NewThrottle(name, t)
		check(err)
		return th
	}
	a.pair = throttle("account and place", auth.ThrottleConfig{})
	a.account = throttle("account", auth.ThrottleConfig{Free: 50, Most: 30 * time.Second})
	a.place = throttle("place", auth.ThrottleConfig{Free: 100})
	c.Registrations.Free = cmp.Or(c.Registrations.Free, 30)
	c.Registrations.Most = cmp.Or(c.Registrations.Most, 5*time.Minute)
	a.registrations = throttle("registrations", c.Registrations)
	a.known = throttle("known browsers", auth.ThrottleConfig{Free: 50, Most: 30 * time.Second})
	var err error
	a.passwords, err = auth.NewPasswords(c.Passwords)
	check(err)
	a.tokens, err = auth.NewTokens(auth.TokenConfig{Keys: access, Issuer: c.Name, Audience: c.Name, Lifetime: c.TokenLifetime, Now: c.Now})
	check(err)
	rotating, err := auth.NewRefresh(refresh...)
	check(err)
	vault, err := auth.NewVault(locks...)
	check(err)
	a.devices, err = auth.NewVault(devices...)
	check(err)
	a.logins = auth.NewLogins(auth.LoginsConfig{Refresh: rotating, Now: c.Now})
	a.factors = auth.NewFactors(auth.FactorsConfig{Vault: vault, Issuer: c.Name, Now: c.Now})
	return a, errors.Join(problems...)
}

// Audit returns the audit log.
func (a *Accounts[U]) Audit() *auth.Audit { return a.audit }

// Note writes into the audit log, in the session of what it tells of, that somebody
// has done something to a user.
func (a *Accounts[U]) Note(ctx context.Context, s *db.Session, v auth.Visit, actor, object U, action string) error {
	return a.note(ctx, s, v, actor.Account(), object.Account(), action)
}

func (a *Accounts[U]) note(ctx context.Context, s *db.Session, v auth.Visit, actor, object Account, action string) error {
	return a.audit.Write(ctx, s, v, auth.Event{Actor: actor.Subject, Action: "accounts." + action, Object: "users/" + object.Subject})
}

// Forget deletes logins, links and counters that are over, and audit entries from
// before a time. Call it from a daily task.
func (a *Accounts[U]) Forget(ctx context.Context, s *db.Session, audit time.Time) error {
	_, err := a.logins.Forget(ctx, s)
	_, err2 := a.links.Forget(ctx, s)
	_, err3 := auth.ForgetAttempts(ctx, s, a.now().Add(-48*time.Hour))
	_, err4 := a.audit.Forget(ctx, s, audit)
	return errors.Join(err, err2, err3, err4)
}

// Remove ends the logins and the second factor of a user who is about to be deleted
// in the session.
func (a *Accounts[U]) Remove(ctx context.Context, s *db.Session, v auth.Visit, actor, u U) error {
	subject := u.Account().Subject
	if _, err := a.logins.EndAll(ctx, s, subject, 0); err != nil {
		return err
	}
	if err := a.factors.End(ctx, s, subject); err != nil {
		return err
	}
	return a.note(ctx, s, v, actor.Account(), u.Account(), "deleted")
}
