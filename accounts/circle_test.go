package accounts_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/terem-go/terem/db"
)

// again counts attempts that follow a conflict. One that lost its place in a
// transaction that it shared, for it was slow, waited for nobody.
type again struct{ n atomic.Int64 }

var _ db.Observer = (*again)(nil)

func (a *again) Begin(ctx context.Context, at *db.Attempt) context.Context {
	if at.Last != nil {
		if e := (*db.Error)(nil); !errors.As(at.Last.Err, &e) || !e.Displaced {
			a.n.Add(1)
		}
	}
	return ctx
}
func (*again) Before(ctx context.Context, _ *db.Attempt) (context.Context, error) { return ctx, nil }
func (*again) After(context.Context, *db.Attempt, error)                          {}
func (*again) End(context.Context, *db.Attempt)                                   {}

// Of many logins of one account at once none waits for another in a circle, which a
// database ends after a second.
func TestLoginsAtOnceDoNotBlockEachOther(t *testing.T) {
	each(t, nil, func(h *house) {
		h.ada()
		var seen again
		h.d.Observe(&seen)
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				for range 4 {
					_ = h.in(home, password, "") // some come too soon
				}
			})
		}
		all.Wait()
		if n := seen.n.Load(); n > 0 {
			h.t.Errorf("%d sessions were tried again", n)
		}
	})
}
