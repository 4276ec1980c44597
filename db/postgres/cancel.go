package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
)

// cancelLimit is how long a statement that was cancelled may take to end before
// its connection is given up.
const cancelLimit = 2 * time.Second

// canceller cancels a statement at the server when its context ends, as pgx's
// CancelRequestContextWatcherHandler does, but waits for the request to be taken
// even if the statement has ended meanwhile: PgBouncer before 1.20 ends itself,
// and with it all its connections, when who asks for a cancel leaves first.
type canceller struct {
	conn *pgconn.PgConn
	done chan struct{}
}

var _ ctxwatch.Handler = (*canceller)(nil)

// HandleCancel implements ctxwatch.Handler.
func (c *canceller) HandleCancel(context.Context) {
	c.done = make(chan struct{})
	deadline := time.Now().Add(cancelLimit)
	_ = c.conn.Conn().SetDeadline(deadline)
	go func() {
		defer close(c.done)
		ctx, cancel := context.WithDeadline(context.Background(), deadline)
		defer cancel()
		_ = c.conn.CancelRequest(ctx)
		// The server has taken it, but may yet have to tell the process: it would
		// meet the next statement.
		time.Sleep(100 * time.Millisecond)
	}()
}

// HandleUnwatchAfterCancel implements ctxwatch.Handler.
func (c *canceller) HandleUnwatchAfterCancel() {
	<-c.done
	_ = c.conn.Conn().SetDeadline(time.Time{})
}
