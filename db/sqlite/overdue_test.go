package sqlite_test

import (
	"context"
	"slices"
	"testing"

	"github.com/terem-go/terem/db"
)

// A unit whose function does not return when its context ends keeps others waiting
// for max_wait and no longer: what it wrote is rolled back, and they go on. One
// whose context has not ended keeps the writer.
func TestUnitHangs(t *testing.T) {
	t.Parallel()
	d, _ := counter(t, "max_wait=100ms")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	began, release, ended := make(chan bool), make(chan bool), make(chan error)
	go func() {
		ended <- d.Do(ctx, func(ctx context.Context, s *db.Session) error {
			err := adds(1)(ctx, s)
			began <- true
			<-release
			if err == nil {
				if err := adds(2)(context.WithoutCancel(ctx), s); err == nil {
					t.Error("it writes after its turn was taken")
				}
			}
			return err
		})
	}()
	<-began
	if err := d.Do(t.Context(), adds(3)); db.ClassOf(err) != db.Busy {
		t.Errorf("beside a unit that works another one gets %v, want one of class Busy", err)
	}
	cancel()
	if err := d.Do(t.Context(), adds(4)); err != nil {
		t.Errorf("beside a unit that hangs another one gets %v", err)
	}
	close(release)
	if err := <-ended; err == nil {
		t.Error("the one that hung is told that it was committed")
	}
	if got := arrived(t, d); !slices.Equal(got, []int{4}) {
		t.Errorf("there are %v, want 4 alone", got)
	}
}
