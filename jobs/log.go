package jobs

import (
	"context"
	"errors"
	"log/slog"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// riverLog makes what River tells of its own accord a matter for debugging.
type riverLog struct{ slog.Handler }

func lowered(l slog.Level) slog.Level {
	if l == slog.LevelInfo {
		return slog.LevelDebug
	}
	return l
}

// Enabled implements slog.Handler.
func (h riverLog) Enabled(ctx context.Context, l slog.Level) bool {
	return h.Handler.Enabled(ctx, lowered(l))
}

// Handle implements slog.Handler.
func (h riverLog) Handle(ctx context.Context, r slog.Record) error {
	r.Level = lowered(r.Level)
	return h.Handler.Handle(ctx, r)
}

// WithAttrs implements slog.Handler.
func (h riverLog) WithAttrs(attrs []slog.Attr) slog.Handler {
	return riverLog{h.Handler.WithAttrs(attrs)}
}

// WithGroup implements slog.Handler.
func (h riverLog) WithGroup(name string) slog.Handler { return riverLog{h.Handler.WithGroup(name)} }

// failures logs jobs that failed.
type failures struct{ log *slog.Logger }

var _ river.ErrorHandler = failures{}

// HandleError implements river.ErrorHandler.
func (f failures) HandleError(ctx context.Context, j *rivertype.JobRow, err error) *river.ErrorHandlerResult {
	attrs := []slog.Attr{
		slog.String("kind", j.Kind), slog.Int64("job", j.ID), slog.String("queue", j.Queue),
		slog.Int("attempt", j.Attempt), slog.Int("of", j.MaxAttempts), slog.Any("error", err),
	}
	if p, ok := errors.AsType[*panicked](err); ok {
		attrs = append(attrs, slog.String("stack", string(p.stack)))
	}
	level, message := slog.LevelWarn, "a job failed and will be tried again"
	if j.Attempt >= j.MaxAttempts {
		level, message = slog.LevelError, "a job failed for the last time and is given up"
	}
	f.log.LogAttrs(ctx, level, message, attrs...)
	return nil
}

// HandlePanic implements river.ErrorHandler. Panics of workers are errors here.
func (f failures) HandlePanic(ctx context.Context, j *rivertype.JobRow, value any, trace string) *river.ErrorHandlerResult {
	return f.HandleError(ctx, j, &panicked{value, []byte(trace)})
}
