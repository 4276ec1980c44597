package pgserver

import (
	"context"
	"sync"
)

var shared = sync.OnceValues(func() (*Server, error) { return Start(context.Background(), Options{}) })

// Shared returns a server that all users in this process share: one with
// default Options, started at the first call, that lives until the process ends.
// They must not stop, kill or restart it. An error of the start is returned to
// all; an end of ctx ends the wait of this caller only.
func Shared(ctx context.Context) (*Server, error) {
	started := make(chan struct{})
	go func() {
		defer close(started)
		_, _ = shared()
	}()
	select {
	case <-started:
		return shared()
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}
