package postgres

import (
	"context"
	"errors"
	"io"
	"net"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
	"github.com/jackc/pgx/v5/pgproto3"
)

// link is what the engine knows of one connection besides what pgx does.
type link struct {
	ahead        *ahead
	mode         pgx.QueryExecMode
	question     *command    // what a transaction is, once it writes; nil: it is not asked
	committing   atomic.Bool // COMMIT is under way, or broke the connection
	limit        *time.Timer // of a COMMIT, after which the connection is closed
	unreplicated atomic.Bool // the server stopped waiting for a standby
}

const linkName = "terem" // in the connection's CustomData

func linkOf(c *pgx.Conn) *link { return c.PgConn().CustomData()[linkName].(*link) }

var errNoCancel = errors.New("postgres: COMMIT is not cancelled")

// watch gives a connection that is about to be made its link. Statements whose
// context ends are cancelled at the server, so that the connection lives on;
// a COMMIT is not, since one that waits for a standby would then return as if
// it were safe there. pgx asks for a cancel whenever a connection breaks, too.
func watch(c *pgx.ConnConfig) {
	l := &link{mode: c.DefaultQueryExecMode}
	build := c.BuildFrontend
	c.BuildFrontend = func(r io.Reader, w io.Writer) *pgproto3.Frontend {
		// One for each server of several that is tried: pgx may still be saying
		// farewell to the one before.
		a := &ahead{r: r, w: w, named: l.mode == pgx.QueryExecModeCacheStatement, prepared: map[*command]bool{}}
		f := build(a, a)
		a.unread = f.ReadBufferLen
		l.ahead = a
		return f
	}
	dial, notice, after := c.DialFunc, c.OnNotice, c.Config.AfterConnect
	c.DialFunc = func(ctx context.Context, network, addr string) (net.Conn, error) {
		if l.committing.Load() {
			return nil, errNoCancel
		}
		return dial(ctx, network, addr)
	}
	c.OnNotice = func(p *pgconn.PgConn, n *pgconn.Notice) {
		// Its text depends on the language of the server; the place it comes from does not.
		if n.Code == "01000" && n.Routine == "SyncRepWaitForLSN" {
			l.unreplicated.Store(true)
		}
		if notice != nil {
			notice(p, n)
		}
	}
	c.Config.AfterConnect = func(ctx context.Context, p *pgconn.PgConn) error {
		p.CustomData()[linkName] = l
		if after != nil {
			return after(ctx, p)
		}
		return nil
	}
	c.BuildContextWatcherHandler = func(p *pgconn.PgConn) ctxwatch.Handler {
		return &canceller{conn: p}
	}
}
