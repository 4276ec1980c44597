package auth_test

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/auth"
	"github.com/terem-go/terem/errs"
)

// one lets one hash be computed at a time; others wait 2 s.
var one = auth.PasswordConfig{Memory: 1024, Time: 1, Concurrent: 1, Wait: 2 * time.Second}

func occupy(t *testing.T, p *auth.Passwords) (free func()) {
	t.Helper()
	free, err := p.Occupy(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return free
}

// The tests of waiting run on synctest's clock: it moves on only when
// everybody waits.
func TestWaitingEndsWithBusy(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := passwords(t, one)
		free := occupy(t, p)
		for name, call := range map[string]func() error{
			"Hash":             func() error { _, err := p.Hash(t.Context(), "password"); return err },
			"Verify":           func() error { _, err := p.Verify(t.Context(), good, "password"); return err },
			"Verify of nobody": func() error { _, err := p.Verify(t.Context(), "", "password"); return err },
		} {
			start := time.Now()
			err := call()
			if waited := time.Since(start); waited != 2*time.Second {
				t.Errorf("%s: waited %s, want 2s", name, waited)
			}
			if e := errs.From(err); !errors.Is(err, auth.ErrBusy) || e.Kind != errs.Unavailable || e.RetryAfter != 2*time.Second {
				t.Errorf("%s: %v, retry after %s", name, err, e.RetryAfter)
			}
		}
		free()
		hash(t, p, "password") // nobody who gave up took a slot along
	})
}

func TestWaitingEndsWithTheContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := passwords(t, one)
		free := occupy(t, p)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start := time.Now()
		_, err := p.Hash(ctx, "password")
		if waited := time.Since(start); waited != time.Second || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("waited %s, error %v", waited, err)
		}
		free()
		if _, err := p.Hash(ctx, "password"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a context that ended before: %v", err)
		}
		hash(t, p, "password")
	})
}

func TestWhoWaitsLongestIsNext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := passwords(t, one)
		free := occupy(t, p)
		var got, want []int // appended to by whoever holds the only slot
		var wg sync.WaitGroup
		for i := range 20 {
			want = append(want, i)
			wg.Go(func() {
				free, err := p.Occupy(t.Context())
				if err != nil {
					t.Error(err)
					return
				}
				defer free()
				got = append(got, i)
			})
			synctest.Wait() // until i stands in the queue
		}
		free()
		wg.Wait()
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("order of service (-want +got):\n%s", d)
		}
	})
}

// Not parallel: it counts the hashes of the whole process, by the stacks of its
// goroutines.
func TestOnlySoManyHashesAreComputedAtOnce(t *testing.T) {
	const limit, calls, looks = 2, 8, 100
	p := passwords(t, auth.PasswordConfig{Memory: 4096, Time: 2, Concurrent: limit, Wait: time.Minute})
	var stop atomic.Bool
	var all sync.WaitGroup
	for range calls {
		all.Go(func() {
			for !stop.Load() {
				if _, err := p.Hash(t.Context(), "password"); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	stacks := make([]byte, 1<<20)
	most := 0
	for look := 0; most < limit || look < looks; look++ {
		n := runtime.Stack(stacks, true)
		most = max(most, strings.Count(string(stacks[:n]), "argon2.IDKey("))
	}
	stop.Store(true)
	all.Wait()
	if most > limit {
		t.Errorf("%d hashes were computed at once, want up to %d", most, limit)
	}
}
