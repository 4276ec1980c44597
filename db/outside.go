package db

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
)

// ErrOutside is returned by Outside where a unit of work holds its transaction.
var ErrOutside = errors.New("db: a transaction must not wait for the outside, for others wait for it meanwhile: call before its first statement, between two units of work (in a route on *db.DB), or in a job")

// Outside is called before something that takes its time and is not the
// database: a call to another system, the hashing of a password. What says which,
// such as "sending a mail". Inside a unit of work that holds its transaction it
// logs a warning with the place of the call, and returns ErrOutside if
// Config.Strict is set; else it returns nil.
func Outside(ctx context.Context, what string) error {
	m, ok := ctx.Value(insideKey{}).(*mark)
	if !ok || !m.holds.Load() {
		return nil
	}
	at := place()
	if m.db.config.Strict {
		return fmt.Errorf("%w (%s at %s)", ErrOutside, what, at)
	}
	m.db.config.Logger.WarnContext(ctx, "a transaction waits for the outside: call before its first statement, between two units of work, or in a job",
		slog.String("what", what), slog.String("place", at))
	return nil
}
