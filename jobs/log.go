package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// riverLog is the handler of River's own logger. What River tells of its own
// accord is a matter for debugging. Each of its parts reports the same outage
// again and again: an error of one text is logged once in a while.
type riverLog struct {
	slog.Handler
	errors *lately
}

func newRiverLog(log *slog.Logger) *slog.Logger {
	return slog.New(riverLog{log.Handler(), &lately{at: map[string]time.Time{}}})
}

// while is how long an error is not repeated.
const while = 30 * time.Second

// Enabled implements slog.Handler.
func (h riverLog) Enabled(ctx context.Context, l slog.Level) bool {
	return h.Handler.Enabled(ctx, lowered(l))
}

// Handle implements slog.Handler.
func (h riverLog) Handle(ctx context.Context, r slog.Record) error {
	r.Level = lowered(r.Level)
	if strings.HasSuffix(r.Message, ": Unhandled job kind") {
		r.Level = slog.LevelDebug // failures says it with a way out
	}
	if r.Level >= slog.LevelError && h.errors.said(r.Message, r.Time) {
		r.Level = slog.LevelDebug
	}
	if !h.Handler.Enabled(ctx, r.Level) {
		return nil
	}
	return h.Handler.Handle(ctx, r)
}

func lowered(l slog.Level) slog.Level {
	if l == slog.LevelInfo {
		return slog.LevelDebug
	}
	return l
}

// lately remembers when messages were logged. River has a fixed number of them.
type lately struct {
	mu sync.Mutex
	at map[string]time.Time
}

// said reports whether a message was logged lately, and takes note of it if not.
func (l *lately) said(message string, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if last, ok := l.at[message]; ok && now.Sub(last) < while {
		return true
	}
	l.at[message] = now
	return false
}

// WithAttrs implements slog.Handler.
func (h riverLog) WithAttrs(attrs []slog.Attr) slog.Handler {
	return riverLog{h.Handler.WithAttrs(attrs), h.errors}
}

// WithGroup implements slog.Handler.
func (h riverLog) WithGroup(name string) slog.Handler {
	return riverLog{h.Handler.WithGroup(name), h.errors}
}

// failures logs jobs that failed.
type failures struct{ log *slog.Logger }

var _ river.ErrorHandler = failures{}

// HandleError implements river.ErrorHandler.
func (f failures) HandleError(ctx context.Context, j *rivertype.JobRow, err error) *river.ErrorHandlerResult {
	if _, ok := errors.AsType[*rivertype.UnknownJobKindError](err); ok {
		err = unknown(j.Kind)
	}
	p, stack := errors.AsType[*panicked](err)
	if stack {
		err = p // without the stack, which the queue keeps
	}
	attrs := []slog.Attr{
		slog.String("kind", j.Kind), slog.Int64("job", j.ID), slog.String("queue", j.Queue),
		slog.Int("attempt", j.Attempt), slog.Int("of", j.MaxAttempts), slog.Any("error", err),
	}
	if stack {
		attrs = append(attrs, slog.String("stack", string(p.stack)))
	}
	level, message := slog.LevelWarn, "a job failed and will be tried again"
	if j.Attempt >= j.MaxAttempts {
		level, message = slog.LevelError, "a job failed for the last time and is given up"
	}
	f.log.LogAttrs(ctx, level, message, attrs...)
	return nil
}

// unknown is the error of a job that no worker runs.
func unknown(kind string) error {
	return fmt.Errorf("no worker of this program runs %s: jobs.Add was forgotten, or such jobs were in the queue when it was removed or renamed, or a newer program enqueued them"+
		" (publish: is an event that nobody declares, deliver: a subscriber)", kind)
}

// HandlePanic implements river.ErrorHandler. Panics of workers are errors here.
func (f failures) HandlePanic(ctx context.Context, j *rivertype.JobRow, value any, trace string) *river.ErrorHandlerResult {
	return f.HandleError(ctx, j, &panicked{value, []byte(trace)})
}
