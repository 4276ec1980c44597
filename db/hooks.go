package db

import (
	"context"
	"log/slog"
	"runtime/debug"
)

// Committed is what remains to be done after a unit of work was committed: the
// functions given to AfterCommit.
type Committed struct {
	db    *DB
	ctx   context.Context
	hooks []func(context.Context)
}

// After returns functions that wait for something else than a commit, such as a
// response that was sent. Each runs with a context of its own, which has the values
// of ctx; none that panics harms the others.
func (d *DB) After(ctx context.Context, hooks ...func(context.Context)) Committed {
	return Committed{db: d, ctx: ctx, hooks: hooks}
}

// Any reports whether there are any.
func (c Committed) Any() bool { return len(c.hooks) > 0 }

// Run runs the functions one after the other, each with a context of its own.
func (c Committed) Run() {
	for _, f := range c.hooks {
		c.one(f)
	}
}

// Go runs the functions in a goroutine that DB.Close waits for. Without any it
// does nothing.
func (c Committed) Go() {
	if c.Any() {
		c.db.hooks.Go(c.Run)
	}
}

func (c Committed) one(f func(context.Context)) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.ctx), c.db.config.HookTimeout)
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			c.db.config.Logger.ErrorContext(ctx, "a function given to AfterCommit panicked",
				slog.Any("panic", p), slog.String("stack", string(debug.Stack())))
		}
	}()
	f(ctx)
}
