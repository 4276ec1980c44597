package auth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"fmt"
	"time"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"github.com/terem-go/terem/db"
)

// Passwords hashes passwords with argon2id and compares them. It may be used by
// many goroutines at once.
//
// Equal passwords that are typed on different systems differ in their bytes: й
// is one code point or two. So the text is brought into the normal form NFC
// before it is hashed or counted, as NIST SP 800-63B-4 (section 3.1.1.2) and
// RFC 8265 (section 4.2) ask. Nothing else is changed, and nothing is cut off.
type Passwords struct {
	minLength int
	wait      time.Duration
	slots     chan struct{}
	nobody    phc // of the configured parameters; matches no password
}

// Hash returns the password as a string to store, in the PHC format and with a
// random salt: $argon2id$v=19$m=…,t=…,p=…$salt$sum, 97 bytes at default
// parameters and at most 100. Never call it inside a transaction: see db.Outside.
//
// It does not apply the policy, so that an old password can be hashed anew:
// call Check for a new one. It returns ErrPasswordTooLong over 1024 bytes,
// ErrBusy when its turn does not come in time, or the context's error.
func (p *Passwords) Hash(ctx context.Context, password string) (string, error) {
	if len(password) > maxPassword {
		return "", errTooLong()
	}
	h := p.nobody
	h.salt = make([]byte, saltBytes)
	rand.Read(h.salt) // never fails: it ends the program instead
	var err error
	if h.sum, err = p.sum(ctx, h, password); err != nil {
		return "", err
	}
	return h.encode(), nil
}

// Verify compares a password with a stored hash, in constant time, and returns
// nil when they match. Then outdated says that the hash was made with weaker
// parameters than are configured now: store a new one from Hash. Never call it
// inside a transaction: see db.Outside.
//
// An empty hash stands for nobody: an unknown login, or an account without a
// password. It costs what a hash of the configured parameters costs and never
// matches, so that the time of the answer does not tell which logins exist.
//
// It returns ErrWrongPassword when they do not match, ErrBusy when its turn does
// not come in time, the context's error, or another error when the stored hash
// is not one of argon2id or asks for more than 256 MiB, 16 passes or 16 threads.
func (p *Passwords) Verify(ctx context.Context, hash, password string) (outdated bool, err error) {
	if len(password) > maxPassword { // nobody has it: Hash refuses it
		return false, ErrWrongPassword.Here()
	}
	h := p.nobody
	if hash != "" {
		if h, err = parsePHC(hash); err != nil {
			return false, fmt.Errorf("read a stored password hash: %w", err)
		}
	}
	sum, err := p.sum(ctx, h, password)
	if err != nil {
		return false, err
	}
	if subtle.ConstantTimeCompare(sum, h.sum) != 1 {
		return false, ErrWrongPassword.Here()
	}
	return h.weakerThan(p.nobody), nil
}

// sum computes the hash of a password with h's parameters, salt and length of
// sum, once it is this call's turn.
func (p *Passwords) sum(ctx context.Context, h phc, password string) ([]byte, error) {
	if err := db.Outside(ctx, "hashing a password"); err != nil {
		return nil, err
	}
	if err := p.acquire(ctx); err != nil {
		return nil, err
	}
	defer p.release()
	text := norm.NFC.String(password)
	return argon2.IDKey([]byte(text), h.salt, h.time, h.memory, h.threads, uint32(len(h.sum))), nil
}

// acquire takes one of the slots. Whoever waits is served in order of arrival:
// a slot that becomes free goes straight to the goroutine that has been blocked
// in its send for the longest.
func (p *Passwords) acquire(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("hash a password: %w", err)
	}
	select {
	case p.slots <- struct{}{}:
		return nil
	default: // wait
	}
	late := time.NewTimer(p.wait)
	defer late.Stop()
	select {
	case p.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait to hash a password: %w", ctx.Err())
	case <-late.C:
		return ErrBusy.Here().After(p.wait)
	}
}

func (p *Passwords) release() { <-p.slots }
