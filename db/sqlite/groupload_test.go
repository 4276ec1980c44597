package sqlite_test

import (
	"context"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/sqlite"
)

// What was acknowledged is there, and nothing else, while units fail, panic, are
// slow, give up waiting and make SQLite roll back beside each other.
func TestGroupsUnderLoad(t *testing.T) {
	t.Parallel()
	const writers, each = 32, 30
	d, _ := counter(t, "?max_wait=1m")
	do(t, d, "CREATE TABLE other (id INTEGER PRIMARY KEY)", "INSERT INTO other VALUES (1)")
	var mu sync.Mutex
	acknowledged := []int{}
	one := func(who int) {
		defer func() { _ = recover() }()
		ctx := context.Background()
		kind := rand.IntN(8)
		if kind == 0 {
			limited, cancel := context.WithTimeout(ctx, rand.N(2*time.Millisecond))
			defer cancel()
			ctx = limited
		}
		err := d.Do(ctx, func(ctx context.Context, s *db.Session) error {
			if err := adds(who)(ctx, s); err != nil {
				return err
			}
			switch kind {
			case 1:
				return errPlain
			case 2:
				panic(errPlain)
			case 3:
				time.Sleep(rand.N(10 * time.Millisecond))
			case 4:
				return s.Nested(ctx, func(ctx context.Context, s *db.Session) error {
					_, err := s.Exec(ctx, "INSERT INTO other VALUES (NULL)")
					return err
				})
			case 5:
				if who%4 == 0 {
					_, err := s.Exec(ctx, "INSERT OR ROLLBACK INTO other VALUES (1)")
					return err
				}
			}
			return nil
		})
		if err == nil {
			mu.Lock()
			acknowledged = append(acknowledged, who)
			mu.Unlock()
		}
	}
	var group sync.WaitGroup
	for i := range writers {
		group.Go(func() {
			for j := range each {
				one(i*each + j)
			}
		})
	}
	group.Wait()
	if n := sqlite.Waiting(d); n != 0 {
		t.Errorf("%d units wait for ever", n)
	}
	got := arrived(t, d)
	slices.Sort(got)
	slices.Sort(acknowledged)
	if diff := cmp.Diff(acknowledged, got); diff != "" {
		t.Errorf("rows (-acknowledged +got):\n%s", diff)
	}
	if err := insert(t.Context(), d, 0); err != nil {
		t.Error(err)
	}
}

// Close waits for the COMMIT of those who have finished, and for those who wait.
func TestCloseWaitsForTheGroup(t *testing.T) {
	t.Parallel()
	d, path := patient(t, "")
	closed := make(chan error, 1)
	ended := meet(t, d, adds(1), func(ctx context.Context, s *db.Session) error {
		if err := adds(2)(ctx, s); err != nil {
			return err
		}
		go func() { closed <- d.Close(context.Background()) }()
		select {
		case err := <-closed:
			t.Errorf("it did not wait: %v", err)
		case <-time.After(50 * time.Millisecond):
		}
		return nil
	}, adds(3))
	for i, err := range ended {
		if err != nil {
			t.Errorf("unit %d: %v", i, err)
		}
	}
	if err := <-closed; err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff([]int{1, 2, 3}, arrived(t, open(t, path))); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}

// A unit whose context ends while it is given its turn ends the turn: it alone
// could answer those who have finished before. Whether the two meet is chance.
func TestGivingUp(t *testing.T) {
	t.Parallel()
	d, _ := patient(t, "")
	const rounds = 300
	for range rounds {
		ctx, leave := context.WithCancel(t.Context())
		var group sync.WaitGroup
		hold(t, d, func() {
			group.Go(func() {
				err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
					defer leave()
					return adds(0)(ctx, s)
				})
				if err != nil {
					t.Error(err)
				}
			})
			await(t, d, 1)
			group.Go(func() { _ = d.Do(ctx, adds(1)) })
			await(t, d, 2)
		})
		group.Wait()
	}
	if n := count(t, d, "SELECT count(*) FROM t WHERE who = 0"); n != rounds {
		t.Errorf("%d rows instead of %d", n, rounds)
	}
}
