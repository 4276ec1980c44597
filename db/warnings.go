package db

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"time"
)

// What is worth a warning.
const (
	idleLimit   = 100 * time.Millisecond // between two statements of a transaction
	slowLimit   = 200 * time.Millisecond // of one statement, without its wait for a connection
	repeatLimit = 10                     // of one statement in one unit
)

// idleness is an observer that warns of transactions that were left idle: others
// wait for what they have locked, on SQLite all that write.
type idleness struct{ log *slog.Logger }

func (*idleness) Begin(ctx context.Context, _ *Attempt) context.Context { return ctx }
func (*idleness) After(context.Context, *Attempt, error)                {}
func (*idleness) End(context.Context, *Attempt)                         {}

func (i *idleness) Before(ctx context.Context, a *Attempt) (context.Context, error) {
	if a.Keeps && !a.Ended.IsZero() && a.Sent.Sub(a.Ended) > idleLimit {
		i.log.WarnContext(ctx, "a transaction was left idle: do what takes long before its first statement, between two units of work, or in a job",
			slog.Duration("idle", a.Sent.Sub(a.Ended)), slog.String("after", short(a.Previous)), slog.String("before", short(a.SQL)), slog.String("place", place()))
	}
	return ctx, nil
}

// habits is an observer that warns of slow statements and of repeated ones.
type habits struct {
	log   *slog.Logger
	units sync.Map // of *Attempt: *habit
}

// habit is what one attempt has done so far.
type habit struct {
	waited time.Duration
	times  map[string]int
	most   string // the statement that was sent most often, once that is worth a warning
	place  string // of it
}

func (h *habits) Begin(ctx context.Context, a *Attempt) context.Context {
	h.units.Store(a, &habit{times: map[string]int{}})
	return ctx
}

func (h *habits) of(a *Attempt) *habit {
	u, _ := h.units.Load(a)
	return u.(*habit)
}

func (h *habits) Before(ctx context.Context, a *Attempt) (context.Context, error) {
	if strings.HasSuffix(a.SQL, savepoint) || strings.Contains(a.SQL, "), (") {
		return ctx, nil // of Nested, or of many rows
	}
	u := h.of(a)
	u.times[a.SQL]++
	if n := u.times[a.SQL]; n > repeatLimit && n > u.times[u.most] {
		u.most, u.place = a.SQL, place()
	}
	return ctx, nil
}

func (h *habits) After(ctx context.Context, a *Attempt, _ error) {
	u := h.of(a)
	took := a.Ended.Sub(a.Sent) - (a.Waited - u.waited)
	u.waited = a.Waited
	if took > slowLimit {
		h.log.WarnContext(ctx, "a statement took long",
			slog.Duration("took", took), slog.String("statement", short(a.SQL)), slog.String("place", place()))
	}
}

func (h *habits) End(ctx context.Context, a *Attempt) {
	u := h.of(a)
	h.units.Delete(a)
	if u.most != "" {
		h.log.WarnContext(ctx, "a unit of work repeats a statement: one statement for all rows is faster",
			slog.Int("times", u.times[u.most]), slog.String("statement", short(u.most)), slog.String("place", u.place))
	}
}

// short returns a statement's text on one line, cut off after 200 bytes or so.
func short(sql string) string {
	var b strings.Builder
	for word := range strings.FieldsSeq(sql) {
		if b.Len() > 200 {
			b.WriteString(" …")
			break
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(word)
	}
	return b.String()
}
