package auth

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/errs"
)

// ErrTooMany says that somebody tries too often. Its RetryAfter says when the next
// attempt counts.
var ErrTooMany = errs.New(errs.TooMany, "auth.too_many", "Too many attempts. Wait a moment and try again.")

// ThrottleConfig says how often somebody may try. The zero value is for the
// passwords of one account from one place.
type ThrottleConfig struct {
	Free   int           // attempts without a delay; default 5
	First  time.Duration // the delay after that; it doubles with each further attempt; default 1 s
	Most   time.Duration // the longest delay; default 15 minutes
	Forget time.Duration // after which an account without attempts starts afresh; default 24 hours; more than Most

	Now func() time.Time // the clock; default time.Now
}

// Throttle slows down who guesses: passwords of one account, accounts from one
// place, codes. It counts in the database, so that it holds across processes and
// restarts. It may be used by many goroutines at once.
type Throttle struct {
	name string
	cfg  ThrottleConfig
}

// NewThrottle returns a throttle, or an error that names every field of c that is
// out of its range. The name, such as "login from an address", keeps its counts
// apart from those of others.
func NewThrottle(name string, c ThrottleConfig) (*Throttle, error) {
	c.Free = cmp.Or(c.Free, 5)
	c.First = cmp.Or(c.First, time.Second)
	c.Most = cmp.Or(c.Most, 15*time.Minute)
	c.Forget = cmp.Or(c.Forget, 24*time.Hour)
	if c.Now == nil {
		c.Now = time.Now
	}
	var wrong []error
	if c.Free < 1 {
		wrong = append(wrong, fmt.Errorf("auth: ThrottleConfig.Free is %d: use at least 1, or 0 for the default", c.Free))
	}
	if c.First < time.Millisecond || c.Most < c.First || c.Forget <= c.Most {
		wrong = append(wrong, fmt.Errorf("auth: ThrottleConfig.First, Most and Forget are %s, %s and %s: each must be longer than the one before, or 0 for the default", c.First, c.Most, c.Forget))
	}
	if name == "" {
		wrong = append(wrong, errors.New("auth: a throttle needs a name"))
	}
	return &Throttle{name, c}, errors.Join(wrong...)
}

// Throttled is what a throttle counts the attempts of.
type Throttled struct {
	throttle *Throttle
	key      string
}

// Of returns the counter of a text, such as an address. What is stored is a hash
// of it.
func (t *Throttle) Of(text string) Throttled {
	return Throttled{t, HashToken(t.name + "\x00" + text)}
}

// Take counts an attempt before it is made, so that attempts at the same time are
// counted too. It returns how many each counter has by now, this one included. When
// one of them says that it is too soon, it returns ErrTooMany, and the attempt
// counts nowhere. It opens a session of its own.
func Take(ctx context.Context, d *db.DB, counters ...Throttled) (attempts []int, err error) {
	order := order(counters)
	err = d.Do(ctx, func(ctx context.Context, s *db.Session) error {
		attempts = make([]int, len(counters))
		for _, i := range order {
			if attempts[i], err = counters[i].take(ctx, s); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return attempts, nil
}

// order returns in which order counters are changed: the same for everybody, so that
// nobody waits in a circle. It is that of the names of their throttles, and so the same
// whether some are forgiven and others given back, or all are taken.
func order(counters []Throttled) []int {
	list := make([]int, len(counters))
	for i := range list {
		list[i] = i
	}
	slices.SortFunc(list, func(a, b int) int {
		x, y := counters[a], counters[b]
		return cmp.Or(strings.Compare(x.throttle.name, y.throttle.name), strings.Compare(x.key, y.key))
	})
	return list
}

func (c Throttled) take(ctx context.Context, s *db.Session) (int, error) {
	t := c.throttle.cfg
	now := t.Now().UnixMilli()
	var attempts, againAt, lastAt int64
	// The upsert locks the row, so that its values are those of this attempt.
	err := s.QueryRow(ctx, `INSERT INTO terem_throttle (key, attempts, again_at, last_at) VALUES ($1, 0, 0, $2)
		ON CONFLICT (key) DO UPDATE SET key = excluded.key RETURNING attempts, again_at, last_at`, c.key, now).Scan(&attempts, &againAt, &lastAt)
	if err != nil {
		return 0, err
	}
	if againAt > now {
		return 0, ErrTooMany.Here().After(time.Duration(againAt-now) * time.Millisecond)
	}
	if lastAt < now-t.Forget.Milliseconds() {
		attempts = 0
	}
	attempts++
	if over := attempts - int64(t.Free); over >= 0 {
		againAt = now + delay(t.First, t.Most, over).Milliseconds()
	}
	_, err = s.Exec(ctx, "UPDATE terem_throttle SET attempts = $2, again_at = $3, last_at = $4 WHERE key = $1", c.key, attempts, againAt, now)
	return int(attempts), err
}

// delay is first, doubled n times, and most at most.
func delay(first, most time.Duration, n int64) time.Duration {
	for ; n > 0 && first < most; n-- {
		first *= 2
	}
	return min(first, most)
}

// Forgive forgets all attempts: one of them was right.
func Forgive(ctx context.Context, x db.Execer, counters ...Throttled) error {
	for _, i := range order(counters) {
		if _, err := x.Exec(ctx, "DELETE FROM terem_throttle WHERE key = $1", counters[i].key); err != nil {
			return err
		}
	}
	return nil
}

// GiveBack takes one attempt back, which was right: for a counter of many people,
// such as a place, where one who is right says nothing of the others.
func GiveBack(ctx context.Context, x db.Execer, counters ...Throttled) error {
	for _, i := range order(counters) {
		c := counters[i]
		_, err := x.Exec(ctx, `UPDATE terem_throttle SET attempts = attempts - 1, again_at = CASE WHEN attempts <= $2 THEN 0 ELSE again_at END
			WHERE key = $1 AND attempts > 0`, c.key, c.throttle.cfg.Free)
		if err != nil {
			return err
		}
	}
	return nil
}

// ForgetAttempts deletes counters without attempts since a time, and returns how
// many. Call it from a daily task, with a time further back than every Forget.
func ForgetAttempts(ctx context.Context, x db.Execer, since time.Time) (int64, error) {
	return x.Exec(ctx, "DELETE FROM terem_throttle WHERE last_at < $1", since.UnixMilli())
}

// Network returns whom a client's address stands for when attempts are counted:
// itself, or the network of 64 bits that one customer has of IPv6.
func Network(client string) string {
	a, err := netip.ParseAddr(client)
	if err != nil {
		return client
	}
	if a = a.Unmap(); a.Is6() {
		p, _ := a.WithZone("").Prefix(64) // never fails
		return p.String()
	}
	return a.String()
}
