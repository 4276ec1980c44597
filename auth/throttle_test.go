package auth_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/auth"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/errs"
)

// clock is a clock that a test sets.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func throttle(t *testing.T, name string, c auth.ThrottleConfig) *auth.Throttle {
	t.Helper()
	th, err := auth.NewThrottle(name, c)
	if err != nil {
		t.Fatal(err)
	}
	return th
}

// wait returns what an error says about when to come back; 0 for no error.
func wait(t *testing.T, err error) time.Duration {
	t.Helper()
	if err == nil {
		return 0
	}
	var e *errs.Error
	if !errors.Is(err, auth.ErrTooMany) || !errors.As(err, &e) {
		t.Fatal(err)
	}
	return e.RetryAfter
}

func TestThrottle(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, auth.Migrations(), func(t *testing.T, d *db.DB) {
		c := &clock{now: time.Unix(1700000000, 0)}
		th := throttle(t, "login", auth.ThrottleConfig{Free: 3, First: time.Second, Most: 4 * time.Second, Forget: time.Hour, Now: c.Now})
		take := func(text string) time.Duration {
			t.Helper()
			_, err := auth.Take(t.Context(), d, th.Of(text))
			return wait(t, err)
		}
		var got []time.Duration
		for range 8 { // as fast as allowed
			w := take("ada")
			got = append(got, w)
			c.pass(w)
			if w > 0 {
				if again := take("ada"); again != 0 {
					t.Fatalf("refused after the wait: %s", again)
				}
			}
		}
		const s = time.Second
		if diff := cmp.Diff([]time.Duration{0, 0, 0, s, 2 * s, 4 * s, 4 * s, 4 * s}, got); diff != "" {
			t.Errorf("waits (-want +got):\n%s", diff)
		}
		if w := take("eve"); w != 0 {
			t.Errorf("somebody else waits %s", w)
		}
		if w := wait(t, func() error {
			_, err := auth.Take(t.Context(), d, throttle(t, "codes", auth.ThrottleConfig{Now: c.Now}).Of("ada"))
			return err
		}()); w != 0 {
			t.Errorf("attempts of something else wait %s", w)
		}

		if take("ada") == 0 {
			t.Fatal("not refused")
		}
		if err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error { return auth.Forgive(ctx, s, th.Of("ada")) }); err != nil {
			t.Fatal(err)
		}
		for range 3 {
			if w := take("ada"); w != 0 {
				t.Errorf("after one that was right: wait %s", w)
			}
		}
		c.pass(time.Hour + time.Second)
		for range 3 {
			if w := take("ada"); w != 0 {
				t.Errorf("after an hour of silence: wait %s", w)
			}
		}
	})
}

// What is refused by one counter counts at none.
func TestThrottleTogether(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, auth.Migrations(), func(t *testing.T, d *db.DB) {
		account := throttle(t, "account", auth.ThrottleConfig{Free: 2})
		place := throttle(t, "place", auth.ThrottleConfig{Free: 100})
		for i, want := range [][]int{{1, 1}, {2, 2}, nil, nil} {
			got, err := auth.Take(t.Context(), d, place.Of("192.0.2.1"), account.Of("ada"))
			if (err != nil) != (want == nil) || !cmp.Equal(got, want) {
				t.Errorf("attempt %d: %v, %v", i, got, err)
			}
		}
		if got, err := auth.Take(t.Context(), d, place.Of("192.0.2.1"), account.Of("eve")); err != nil || !cmp.Equal(got, []int{3, 1}) {
			t.Errorf("another account from there: %v, %v", got, err)
		}
	})
}

// Attempts at the same time are counted one by one.
func TestThrottleAtOnce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, auth.Migrations(), func(t *testing.T, d *db.DB) {
		a, b := throttle(t, "a", auth.ThrottleConfig{Free: 5, First: time.Hour, Most: time.Hour}), throttle(t, "b", auth.ThrottleConfig{Free: 5, First: time.Hour, Most: time.Hour})
		var mu sync.Mutex
		let := 0
		var all sync.WaitGroup
		for i := range 24 {
			all.Go(func() {
				counters := []auth.Throttled{a.Of("ada"), b.Of("ada")}
				if i%2 == 0 {
					counters[0], counters[1] = counters[1], counters[0]
				}
				_, err := auth.Take(context.WithoutCancel(t.Context()), d, counters...)
				if wait(t, err) == 0 {
					mu.Lock()
					let++
					mu.Unlock()
				}
			})
		}
		all.Wait()
		if let != 5 {
			t.Errorf("%d of 24 attempts were let through, want 5", let)
		}
	})
}

// Attempts that were right and are given back slow nobody down; others do.
func TestGiveBack(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, auth.Migrations(), func(t *testing.T, d *db.DB) {
		place := throttle(t, "place", auth.ThrottleConfig{Free: 3, First: time.Hour, Most: time.Hour}).Of("192.0.2.1")
		for i := range 10 {
			attempts, err := auth.Take(t.Context(), d, place)
			if err != nil || attempts[0] != 1+min(i/5, 1) {
				t.Fatalf("attempt %d: %v, %v", i, attempts, err)
			}
			if i == 4 { // a failure
				continue
			}
			if err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error { return auth.GiveBack(ctx, s, place) }); err != nil {
				t.Fatal(err)
			}
		}
		for i, want := range []bool{true, true, false} {
			if _, err := auth.Take(t.Context(), d, place); (err == nil) != want {
				t.Errorf("failure %d: %v", i+2, err)
			}
		}
		// One that was right after all, at the limit.
		if err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error { return auth.GiveBack(ctx, s, place) }); err != nil {
			t.Fatal(err)
		}
		if _, err := auth.Take(t.Context(), d, place); err != nil {
			t.Error(err)
		}
	})
}

func TestForgetAttempts(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, auth.Migrations(), func(t *testing.T, d *db.DB) {
		c := &clock{now: time.Unix(1700000000, 0)}
		th := throttle(t, "login", auth.ThrottleConfig{Now: c.Now})
		for _, who := range []string{"ada", "eve"} {
			if _, err := auth.Take(t.Context(), d, th.Of(who)); err != nil {
				t.Fatal(err)
			}
			c.pass(time.Hour)
		}
		err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
			n, err := auth.ForgetAttempts(ctx, s, c.Now().Add(-90*time.Minute))
			if n != 1 {
				t.Errorf("%d counters were forgotten, want 1", n)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := auth.Take(t.Context(), d, th.Of("ada"), th.Of("eve")); err != nil || !cmp.Equal(got, []int{1, 2}) {
			t.Errorf("attempts %v, %v", got, err)
		}
	})
}

func TestNewThrottle(t *testing.T) {
	t.Parallel()
	_, err := auth.NewThrottle("", auth.ThrottleConfig{Free: -1, Most: 25 * time.Hour})
	for _, want := range []string{"Free is -1", "1s, 25h0m0s and 24h0m0s", "needs a name"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want it to say %q", err, want)
		}
	}
}

func TestNetwork(t *testing.T) {
	t.Parallel()
	for from, want := range map[string]string{
		"192.0.2.1": "192.0.2.1", "::ffff:192.0.2.1": "192.0.2.1", "2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64", "fe80::1%eth0": "fe80::/64", "": "", "unix": "unix",
	} {
		if got := auth.Network(from); got != want {
			t.Errorf("%s stands for %s, want %s", from, got, want)
		}
	}
}
