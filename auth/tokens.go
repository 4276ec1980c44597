package auth

import (
	"cmp"
	"crypto/rand"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/golang-jwt/jwt/v5"
)

// TokenConfig says how access tokens are signed and what they claim.
type TokenConfig struct {
	// Keys are the secrets, each of at least 32 random bytes, as DeriveKey makes
	// them. The first signs, all verify: to replace a key without logging
	// anybody out, put the new one first and keep the old one for a Lifetime.
	Keys [][]byte

	Issuer   string // who issues the tokens, such as the application's address
	Audience string // whom they are for; may equal Issuer

	// Lifetime is how long a token is accepted, in whole seconds; default 30
	// minutes. This is how long a stolen one is worth something, unless its
	// generation is over before.
	Lifetime time.Duration

	// Leeway is how far the clocks of the servers may differ, up to a minute:
	// a token is accepted that much before its time and after it; default 5 s.
	Leeway time.Duration

	Now func() time.Time // the clock; default time.Now
}

// Tokens issues and reads access tokens: JWTs (RFC 7519) signed with HS256 and
// nothing else. It may be used by many goroutines at once.
type Tokens struct {
	keys     map[string][]byte // by their id
	signing  string            // the id of the one that signs
	issuer   string
	audience jwt.ClaimStrings
	lifetime time.Duration
	now      func() time.Time
	parser   *jwt.Parser
}

// Claims are what a token says.
type Claims struct {
	Subject    string    // who is calling, as given to Issue
	Generation int64     // as given to Issue
	ID         string    // the token's own, random
	IssuedAt   time.Time // in seconds
	ExpiresAt  time.Time // in seconds; the Leeway comes on top
}

// claims are Claims as they are signed.
type claims struct {
	Generation int64 `json:"gen"`
	jwt.RegisteredClaims
}

// NewTokens returns Tokens, or an error that names every field of cfg that is
// missing or wrong.
func NewTokens(cfg TokenConfig) (*Tokens, error) {
	t := &Tokens{
		keys:     map[string][]byte{},
		issuer:   cfg.Issuer,
		audience: jwt.ClaimStrings{cfg.Audience},
		lifetime: cmp.Or(cfg.Lifetime, 30*time.Minute),
		now:      cfg.Now,
	}
	if t.now == nil {
		t.now = time.Now
	}
	leeway := cmp.Or(cfg.Leeway, 5*time.Second)

	var wrong []error
	for i, key := range cfg.Keys {
		id, err := keyID(key)
		if err != nil {
			wrong = append(wrong, fmt.Errorf("auth: TokenConfig.Keys[%d]: %w", i, err))
		}
		t.keys[id] = append([]byte(nil), key...)
		if i == 0 {
			t.signing = id
		}
	}
	if len(cfg.Keys) == 0 {
		wrong = append(wrong, errors.New("auth: TokenConfig.Keys is empty: at least one key is needed, see DeriveKey"))
	}
	if cfg.Issuer == "" {
		wrong = append(wrong, errors.New("auth: TokenConfig.Issuer is empty: tokens of others would be accepted"))
	}
	if cfg.Audience == "" {
		wrong = append(wrong, errors.New("auth: TokenConfig.Audience is empty: tokens for others would be accepted"))
	}
	if t.lifetime < time.Second || t.lifetime%time.Second != 0 {
		wrong = append(wrong, fmt.Errorf("auth: TokenConfig.Lifetime is %s: use whole seconds, at least one, or 0 for the default", t.lifetime))
	}
	if leeway < 0 || leeway > time.Minute {
		wrong = append(wrong, fmt.Errorf("auth: TokenConfig.Leeway is %s: use up to a minute, or 0 for the default", leeway))
	}
	if len(wrong) > 0 {
		return nil, errors.Join(wrong...)
	}
	t.parser = jwt.NewParser(
		jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}),
		jwt.WithIssuer(cfg.Issuer), jwt.WithAudience(cfg.Audience),
		jwt.WithExpirationRequired(), jwt.WithNotBeforeRequired(), jwt.WithIssuedAt(),
		jwt.WithLeeway(leeway), jwt.WithTimeFunc(t.now), jwt.WithStrictDecoding())
	return t, nil
}

// Issue returns a token for a subject, such as a user's id, and how long it
// lasts, which clients know as expires_in. It claims sub, gen, iss, aud, iat, nbf,
// exp and jti. Anybody can read a token: put no secret into the subject.
//
// A generation makes tokens worthless before their time: keep a number with the
// user, give it here, count it up when they log out, and refuse tokens of another.
// It is 0 where nobody does.
//
// An error is returned when the subject is empty, is not UTF-8, or makes the
// token longer than the 4096 bytes that Parse reads.
func (t *Tokens) Issue(subject string, generation int64) (token string, expiresIn time.Duration, err error) {
	if subject == "" || !utf8.ValidString(subject) {
		return "", 0, errors.New("issue an access token: the subject is empty or not UTF-8")
	}
	now := t.now()
	j := jwt.NewWithClaims(jwt.SigningMethodHS256, claims{generation, jwt.RegisteredClaims{
		Subject:   subject,
		Issuer:    t.issuer,
		Audience:  t.audience,
		IssuedAt:  jwt.NewNumericDate(now),
		NotBefore: jwt.NewNumericDate(now),
		ExpiresAt: jwt.NewNumericDate(now.Add(t.lifetime)),
		ID:        rand.Text(),
	}})
	j.Header["kid"] = t.signing
	token, err = j.SignedString(t.keys[t.signing])
	if err != nil {
		return "", 0, fmt.Errorf("issue an access token: %w", err)
	}
	if len(token) > maxToken {
		return "", 0, fmt.Errorf("issue an access token: it would have %d bytes, over %d: use a shorter subject", len(token), maxToken)
	}
	return token, t.lifetime, nil
}

// Parse returns what a token says, if one of the keys signed it, the issuer and
// the audience are ours, and its time has come and not passed. It returns
// ErrTokenExpired for a token of ours whose time has passed, and ErrTokenInvalid
// for whatever else is wrong; the cause of either is for the log.
func (t *Tokens) Parse(token string) (Claims, error) {
	if !wellFormed(token) {
		return Claims{}, ErrTokenInvalid.Wrap(errMalformed)
	}
	var c claims
	_, err := t.parser.ParseWithClaims(token, &c, t.key)
	switch {
	case errors.Is(err, jwt.ErrTokenExpired):
		return Claims{}, ErrTokenExpired.Wrap(err)
	case err != nil:
		return Claims{}, ErrTokenInvalid.Wrap(err)
	case c.Subject == "" || c.IssuedAt == nil:
		return Claims{}, ErrTokenInvalid.Wrap(errors.New("sub or iat is missing"))
	}
	return Claims{Subject: c.Subject, Generation: c.Generation, ID: c.ID, IssuedAt: c.IssuedAt.Time, ExpiresAt: c.ExpiresAt.Time}, nil
}

// key finds the key that a token says it was signed with.
func (t *Tokens) key(j *jwt.Token) (any, error) {
	id, _ := j.Header["kid"].(string)
	if key, ok := t.keys[id]; ok {
		return key, nil
	}
	return nil, errors.New("no key of this kid")
}
