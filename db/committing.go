package db

import (
	"context"
	"sync"
	"time"
)

// committing makes l a context for COMMIT and ROLLBACK, which the end of the
// request does not cancel but Config.CommitTimeout does.
func (d *DB) committing(ctx context.Context, l *limited) *limited {
	l.Context, l.deadline = context.WithoutCancel(ctx), time.Now().Add(d.config.CommitTimeout)
	return l
}

// limited is a context with a deadline whose timer starts when somebody asks
// for Done. SQLite never does, and every unit of work would pay for the timer.
type limited struct {
	context.Context
	deadline time.Time

	mu    sync.Mutex
	timed context.Context // what keeps the deadline once Done was called
	stop  context.CancelFunc
}

// Deadline implements context.Context.
func (l *limited) Deadline() (time.Time, bool) { return l.deadline, true }

// Done implements context.Context.
func (l *limited) Done() <-chan struct{} { return l.start().Done() }

// Err implements context.Context.
func (l *limited) Err() error {
	l.mu.Lock()
	quiet := l.timed == nil && time.Now().Before(l.deadline)
	l.mu.Unlock()
	if quiet {
		return nil
	}
	return l.start().Err()
}

func (l *limited) start() context.Context {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.timed == nil {
		l.timed, l.stop = context.WithDeadline(l.Context, l.deadline)
	}
	return l.timed
}

func (l *limited) cancel() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.stop != nil {
		l.stop()
	}
}
