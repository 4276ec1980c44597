package api

import (
	"context"
	"net"
	"net/http"
	"time"
)

// stallTimeout limits the wait for a client that neither sends nor takes
// anything: for a piece of a streamed body, a piece of a response, and the rest
// of a body that was refused, which net/http reads before it answers.
const stallTimeout = 30 * time.Second

// writePiece is how much of a response has a deadline of its own.
const writePiece = 64 << 10

// connection is what is known of a client's connection, one request after the
// other.
type connection struct {
	renewed time.Time // the deadline for what is written
}

type connectionKey struct{}

// ConnContext is for the field of that name of an http.Server that serves an
// API. With it a connection's deadline for writing is set every 10 s instead of
// for each response, which costs as much as a good part of a short one; a client
// that takes nothing has 20 s to 30 s then instead of 30 s.
func ConnContext(ctx context.Context, _ net.Conn) context.Context {
	return context.WithValue(ctx, connectionKey{}, &connection{})
}

// writable gives the next piece of a response its time to be taken.
func (x *exchange) writable() {
	now := time.Now()
	// The streams of an HTTP/2 connection have a deadline each.
	if c, ok := x.request.Context().Value(connectionKey{}).(*connection); ok && x.request.ProtoMajor == 1 {
		if now.Sub(c.renewed) < stallTimeout/3 {
			return
		}
		c.renewed = now
	}
	_ = http.NewResponseController(x.ResponseWriter).SetWriteDeadline(now.Add(stallTimeout))
}
