package api

import (
	"net/http"
	"time"
)

// stallTimeout limits the wait for a client that neither sends nor takes
// anything: for a piece of a streamed body, a piece of a response, and the rest
// of a body that was refused, which net/http reads before it answers.
const stallTimeout = 30 * time.Second

// writePiece is how much of a response has a deadline of its own.
const writePiece = 64 << 10

// writable gives the next piece of a response its time to be taken. Each response
// needs that anew: behind each, net/http takes the deadline of the connection back.
func (x *exchange) writable() {
	_ = http.NewResponseController(x.ResponseWriter).SetWriteDeadline(time.Now().Add(stallTimeout))
}
