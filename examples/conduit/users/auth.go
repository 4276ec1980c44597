package users

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/terem-go/terem/auth"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/errs"
	"github.com/terem-go/terem/web"

	"github.com/terem-go/terem/examples/conduit/utils"
)

// Auth is how users register and log in, and how they are known afterwards: clients of
// the API by a token, and browsers by a cookie.
type Auth struct {
	users     Repository
	passwords *auth.Passwords
	tokens    *auth.Tokens
	attempts  *auth.Throttle
	arrivals  *auth.Throttle // registrations from a place, whether they succeed or not
	logins    *auth.Logins
	cookie    web.Cookie
}

func newAuth(c Config, users Repository) (*Auth, error) {
	var keys [][]byte
	for _, secret := range c.Secrets {
		key, err := auth.DeriveKey(secret, "access tokens")
		if err != nil {
			return nil, err
		}
		keys = append(keys, key)
	}
	tokens, err := auth.NewTokens(auth.TokenConfig{Keys: keys, Issuer: c.Name, Audience: c.Name, Lifetime: c.TokenLifetime})
	passwords, err2 := auth.NewPasswords(c.Passwords)
	attempts, err3 := auth.NewThrottle("login", auth.ThrottleConfig{})
	arrivals, err4 := auth.NewThrottle("registrations", auth.ThrottleConfig{Free: cmp.Or(c.Registrations, 30), Most: 5 * time.Minute})
	return &Auth{
		users: users, passwords: passwords, tokens: tokens, attempts: attempts, arrivals: arrivals,
		logins: auth.NewLogins(auth.LoginsConfig{}), cookie: web.Cookie{Name: "login", Secure: c.Secure},
	}, errors.Join(err, err2, err3, err4)
}

// Register creates a user. It returns ErrUsernameTaken or ErrEmailTaken, and an
// errs.Invalid that names the fields that are wrong. The specification asks nothing
// of a password but that there is one. Who registers too many from one place gets
// auth.ErrTooMany; a visit without a client is from the machine itself.
func (a *Auth) Register(ctx context.Context, d *db.DB, v auth.Visit, u User, password string) (*User, error) {
	var wrong utils.Wrong
	wrong.Blank("password", password)
	if err := wrong.Join(u.tidy()); err != nil {
		return nil, err
	}
	if v.Client != "" {
		if _, err := auth.Take(ctx, d, a.arrivals.Of(auth.Network(v.Client))); err != nil {
			return nil, err
		}
	}
	hash, err := a.passwords.Hash(ctx, password)
	if err != nil {
		return nil, err
	}
	created := new(User)
	err = d.Do(ctx, func(ctx context.Context, s *db.Session) error {
		*created = u // every attempt starts afresh
		created.PasswordHash = hash
		return a.users.Create(ctx, s, created)
	})
	return created, err
}

// Authenticate returns the user with an address and a password, or
// ErrWrongPassword after as much time for an address that nobody has registered.
// Who guesses gets auth.ErrTooMany.
func (a *Auth) Authenticate(ctx context.Context, d *db.DB, email, password string, v auth.Visit) (*User, error) {
	guesses := a.attempts.Of(utils.Email(email) + " " + auth.Network(v.Client))
	if _, err := auth.Take(ctx, d, guesses); err != nil {
		return nil, err
	}
	u := new(User)
	err := d.Read(ctx, func(ctx context.Context, r *db.Reader) error {
		found, err := a.users.ByEmail(ctx, r, email)
		if errs.HasKind(err, errs.NotFound) {
			return nil // a user without a hash, whose password nobody knows
		}
		if err == nil {
			u = found
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	_, err = a.passwords.Verify(ctx, u.PasswordHash, password)
	if errors.Is(err, auth.ErrWrongPassword) {
		return nil, ErrWrongPassword.Wrap(err)
	}
	if err != nil {
		return nil, err
	}
	return u, d.Do(ctx, func(ctx context.Context, s *db.Session) error { return auth.Forgive(ctx, s, guesses) })
}

// Hash returns a password as it is stored.
func (a *Auth) Hash(ctx context.Context, password string) (string, error) {
	return a.passwords.Hash(ctx, password)
}

// Change changes a user. With another password every browser is logged out but one
// (0 for none), which is that of who asks; tokens stay good. It returns ErrUsernameUsed
// or ErrEmailUsed, and an errs.Invalid that names the fields that are wrong.
func (a *Auth) Change(ctx context.Context, d *db.DB, user int64, c *UpdateUser, but int64) (*User, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	hash := ""
	if c.Password.Set {
		var err error
		if hash, err = a.passwords.Hash(ctx, c.Password.Value); err != nil {
			return nil, err
		}
	}
	var row *User
	err := d.Do(ctx, func(ctx context.Context, s *db.Session) (err error) {
		if row, err = a.users.Get(ctx, s, user); err != nil {
			return err
		}
		if err = a.users.Change(ctx, s, row, c.apply(row, hash)...); err == nil && hash != "" {
			_, err = a.logins.EndAll(ctx, s, row.subject(), but)
		}
		return err
	})
	return row, err
}

// Issue returns a token by which a user is known.
func (a *Auth) Issue(u *User) (string, error) {
	token, _, err := a.tokens.Issue(u.subject(), 0)
	return token, err
}

// current finds the user whose token the request carries.
func (a *Auth) current(ctx context.Context, q db.Querier, r *http.Request) (Current, error) {
	token, err := auth.Credentials(r, Token.Scheme)
	if errors.Is(err, auth.ErrRequired) {
		return Current{}, ErrTokenMissing.Wrap(err)
	}
	var claims auth.Claims
	if err == nil {
		claims, err = a.tokens.Parse(token)
	}
	if err != nil {
		return Current{}, ErrTokenInvalid.Wrap(err)
	}
	u, err := a.bySubject(ctx, q, claims.Subject)
	if errs.HasKind(err, errs.NotFound) {
		return Current{}, ErrTokenInvalid.Wrap(err)
	}
	return Current{u, token}, err
}

// bySubject returns the user whom a token or a login names.
func (a *Auth) bySubject(ctx context.Context, q db.Querier, subject string) (*User, error) {
	id, _ := strconv.ParseInt(subject, 10, 64) // 0, which nobody has, for what is none
	return a.users.Get(ctx, q, id)
}

// viewer finds the user whose token the request carries, if there is one.
func (a *Auth) viewer(ctx context.Context, q db.Querier, r *http.Request) (Viewer, error) {
	u, err := a.current(ctx, q, r)
	switch {
	case errors.Is(err, ErrTokenMissing):
		return Viewer{}, nil
	case errors.Is(err, ErrTokenInvalid):
		return Viewer{refused: err}, nil
	}
	return Viewer{User: u.User}, err
}
