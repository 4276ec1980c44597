package auth

import (
	"context"
	"strings"
	"time"

	"github.com/terem-go/terem/dao"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/errs"
)

// ErrFactorOn and ErrFactorOff say that a second factor is there already, or is not.
var (
	ErrFactorOn  = errs.New(errs.Conflict, "auth.factor_on", "An authenticator app is set up already.")
	ErrFactorOff = errs.New(errs.Conflict, "auth.factor_off", "No authenticator app is being set up.")
)

// Factors keeps the second factors of people who log in: the secret that they share
// with an authenticator app, locked in a Vault, and ten recovery codes, as hashes.
// They are in a table of the library. It may be used by many goroutines at once.
type Factors struct {
	table  dao.Table[factor]
	vault  *Vault
	issuer string
	now    func() time.Time
}

// factor is a row of terem_factors.
type factor struct {
	Subject   string    `db:"subject,pk"`
	Secret    string    `db:"secret"`    // locked
	Confirmed bool      `db:"confirmed"` // the app has shown a right code once
	Step      int64     `db:"step"`      // of the last code that was used
	Recovery  string    `db:"recovery"`  // hashes of the codes that are left
	CreatedAt time.Time `db:"created_at"`
}

// FactorsConfig is what second factors need.
type FactorsConfig struct {
	Vault  *Vault
	Issuer string           // the application's name, as authenticator apps show it
	Now    func() time.Time // the clock; default time.Now
}

// NewFactors returns Factors.
func NewFactors(c FactorsConfig) *Factors {
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Factors{dao.Of[factor]("terem_factors"), c.Vault, c.Issuer, c.Now}
}

// On reports whether a subject has confirmed a second factor.
func (f *Factors) On(ctx context.Context, q db.Querier, subject string) (bool, error) {
	return f.table.Exists(ctx, q, dao.Eq("subject", subject), dao.Eq("confirmed", true))
}

// Begin makes a secret for a subject and returns the URI that their authenticator
// app reads from a QR code; the account is what it shows, such as an address. The
// factor is on when Confirm was given a code. It returns ErrFactorOn when one is.
func (f *Factors) Begin(ctx context.Context, s *db.Session, subject, account string) (secret, uri string, err error) {
	secret = NewTOTPSecret()
	// In one statement: another request may confirm at the same time, and nothing may turn that off.
	n, err := s.Exec(ctx, `INSERT INTO terem_factors (subject, secret, confirmed, step, recovery, created_at) VALUES ($1, $2, FALSE, 0, '', $3)
		ON CONFLICT (subject) DO UPDATE SET secret = excluded.secret, created_at = excluded.created_at WHERE terem_factors.confirmed = FALSE`,
		subject, f.vault.Lock(secret, place(subject)), f.now().UTC())
	if err == nil && n == 0 {
		err = ErrFactorOn.Here()
	}
	if err != nil {
		return "", "", err
	}
	return secret, TOTPURI(f.issuer, account, secret), nil
}

func place(subject string) string { return "terem_factors " + subject }

// Confirm turns a subject's factor on with a code of the app, and returns their
// recovery codes, which are shown once. It returns ErrWrongCode, ErrFactorOff when
// Begin was not called, or ErrFactorOn.
func (f *Factors) Confirm(ctx context.Context, s *db.Session, subject, code string) (recovery []string, err error) {
	row, err := f.table.Get(ctx, s, subject)
	switch {
	case errs.HasKind(err, errs.NotFound):
		return nil, ErrFactorOff.Wrap(err)
	case err != nil:
		return nil, err
	case row.Confirmed:
		return nil, ErrFactorOn.Here()
	}
	step, _, err := f.totp(row, code)
	if err != nil {
		return nil, err
	}
	codes, hashes := RecoveryCodes()
	n, err := s.Exec(ctx, "UPDATE terem_factors SET confirmed = TRUE, step = $2, recovery = $3 WHERE subject = $1 AND confirmed = FALSE AND secret = $4", subject, step, strings.Join(hashes, " "), row.Secret)
	if err == nil && n == 0 { // another request did it at the same time, or began anew
		return f.Confirm(ctx, s, subject, code)
	}
	return codes, err
}

// totp checks a code, and returns its step and the secret that it is of.
func (f *Factors) totp(row *factor, code string) (step int64, secret string, err error) {
	if secret, err = f.vault.Unlock(row.Secret, place(row.Subject)); err != nil {
		return 0, "", err
	}
	step, err = TOTP(secret, code, row.Step, f.now())
	return step, secret, err
}

// Check compares a code with what a subject's app shows, or with their recovery
// codes, and uses it up. It returns ErrWrongCode. Whoever has no second factor needs
// no code: see On. Count attempts by Take before.
func (f *Factors) Check(ctx context.Context, s *db.Session, subject, code string) error {
	row, err := f.table.One(ctx, s, dao.Eq("subject", subject), dao.Eq("confirmed", true))
	if errs.HasKind(err, errs.NotFound) {
		return ErrWrongCode.Wrap(err)
	}
	if err != nil {
		return err
	}
	var n int64
	if rest, found := without(row.Recovery, HashRecoveryCode(code)); found {
		n, err = s.Exec(ctx, "UPDATE terem_factors SET recovery = $2 WHERE subject = $1 AND recovery = $3", subject, rest, row.Recovery)
	} else {
		var step int64
		var secret string
		if step, secret, err = f.totp(row, code); err != nil {
			return err
		}
		// Locked anew with the key that counts now, so that the one before may go some day.
		n, err = s.Exec(ctx, "UPDATE terem_factors SET step = $2, secret = $3 WHERE subject = $1 AND step < $2 AND secret = $4", subject, step, f.vault.Lock(secret, place(subject)), row.Secret)
	}
	if err == nil && n == 0 { // another request used it at the same time
		err = ErrWrongCode.Here()
	}
	return err
}

// without returns a list of hashes without one of them.
func without(hashes, hash string) (rest string, found bool) {
	var left []string
	for _, h := range strings.Fields(hashes) {
		if h == hash {
			found = true
		} else {
			left = append(left, h)
		}
	}
	return strings.Join(left, " "), found
}

// End turns a subject's second factor off.
func (f *Factors) End(ctx context.Context, x db.Execer, subject string) error {
	_, err := x.Exec(ctx, "DELETE FROM terem_factors WHERE subject = $1", subject)
	return err
}
