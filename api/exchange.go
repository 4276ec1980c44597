package api

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/hex"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"time"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/internal/deadline"
)

// exchange is one request and its response, as the access log sees them.
type exchange struct {
	http.ResponseWriter
	api      *API
	request  *http.Request
	id       string
	route    *route
	status   int
	bytes    int64
	finished bool // the handler returned
	unrouted bool // the router has the request, and found no route yet
	mute     bool // it was answered, and the router's own text is dropped
	hijacked bool
	call     *call
	client   *db.Client // nil without replicas
	deadline deadline.Context
	after    db.Committed                          // what must wait until the response is sent
	later    []func(context.Context, *db.DB) error // the same, of Later
	seen     *Request                              // what observers see; nil without any
}

type exchangeKey struct{}

func exchangeOf(ctx context.Context) *exchange {
	x, _ := ctx.Value(exchangeKey{}).(*exchange)
	return x
}

// routeOf returns the route that the request has reached, or nil.
func routeOf(ctx context.Context) *route {
	if x := exchangeOf(ctx); x != nil {
		return x.route
	}
	return nil
}

// RequestID returns the id of the request that ctx belongs to, or "".
func RequestID(ctx context.Context) string {
	if x := exchangeOf(ctx); x != nil {
		return x.id
	}
	return ""
}

// WriteHeader implements http.ResponseWriter.
func (x *exchange) WriteHeader(status int) {
	if x.unrouted && (status == http.StatusNotFound || status == http.StatusMethodNotAllowed) {
		x.unrouted = false
		x.api.writeError(x, x.request, notRouted(status))
		x.mute = true
	}
	if x.mute {
		return
	}
	if x.status == 0 && status >= 200 {
		x.begin(status)
	}
	x.ResponseWriter.WriteHeader(status)
}

// begin notes the status, before the header is sent.
func (x *exchange) begin(status int) {
	x.status = status
	if x.client != nil {
		x.api.written.tell(x.Header(), x.client)
	}
}

// Write implements http.ResponseWriter. Each piece has a time of its own to be
// taken in.
func (x *exchange) Write(b []byte) (int, error) {
	if x.mute {
		return len(b), nil
	}
	if x.status == 0 {
		x.begin(http.StatusOK)
	}
	for written := 0; ; {
		piece := b[written:min(written+writePiece, len(b))]
		x.writable()
		n, err := x.ResponseWriter.Write(piece)
		written += n
		x.bytes += int64(n)
		if err != nil || written == len(b) {
			return written, err
		}
	}
}

// Flush implements http.Flusher. Where no status is written yet, it sends 200.
func (x *exchange) Flush() {
	if x.hijacked {
		return
	}
	if x.status == 0 {
		x.begin(http.StatusOK)
	}
	x.writable()
	_ = http.NewResponseController(x.ResponseWriter).Flush()
}

// Hijack implements http.Hijacker. The connection is the handler's from then on.
func (x *exchange) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	c, rw, err := http.NewResponseController(x.ResponseWriter).Hijack()
	x.hijacked = x.hijacked || err == nil
	return c, rw, err
}

// Unwrap lets http.ResponseController reach the connection.
func (x *exchange) Unwrap() http.ResponseWriter { return x.ResponseWriter }

// dispatch hands a request to the router.
func (a *API) dispatch(w http.ResponseWriter, r *http.Request) {
	exchangeOf(r.Context()).unrouted = true
	a.mux.ServeHTTP(w, r)
}

// observe gives every request an id, answers for handlers that panic and for
// paths that are not there, and writes the access log.
func (a *API) observe(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		id, trusted := a.trustProxy(r)
		x := &exchange{ResponseWriter: w, api: a, id: id}
		ctx := context.WithValue(r.Context(), exchangeKey{}, x)
		if a.written != nil {
			x.client = a.written.client(r)
			ctx = x.client.Context(ctx)
		}
		r = r.WithContext(x.watch(ctx, r, trusted))
		x.request = r
		w.Header().Set("X-Request-Id", x.id)
		defer func() {
			took := time.Since(start)
			a.logAccess(r, x, took)
			x.report(r.Context(), took)
		}()
		defer x.end()
		defer a.rescue(x)
		next.ServeHTTP(x, r)
		x.finished = true
		if x.status != 0 && x.bytes == 0 { // net/http sends the header now
			x.writable()
		}
	})
}

// end starts what must wait until the response was sent, and sends what is still
// held back of it.
func (x *exchange) end() {
	if !x.waiting() {
		return
	}
	x.Flush()
	x.after.Go()
	for _, f := range x.later {
		d := x.api.config.DB
		d.After(x.request.Context(), func(ctx context.Context) {
			if err := f(ctx, d); err != nil {
				x.api.config.Logger.WarnContext(ctx, "what was left for after the response has failed", slog.Any("error", err))
			}
		}).Go()
	}
}

// waiting reports whether anything waits for the response to be sent.
func (x *exchange) waiting() bool { return x.after.Any() || len(x.later) > 0 }

// Later runs f after the response to the request that ctx belongs to was sent, for
// what no client should wait for, and which may be lost when the process dies: when
// a login was last used. It is for dependencies and policies, which have no session
// to give to AfterCommit. f opens units of work on the database; its context is its
// own, with db.Config.HookTimeout, and its error is logged. A function that several
// attempts give runs as often. Outside of a request, or without a database, nothing
// is run.
func Later(ctx context.Context, f func(ctx context.Context, d *db.DB) error) {
	if x := exchangeOf(ctx); x != nil && x.api.config.DB != nil {
		x.later = append(x.later, f)
	}
}

func (a *API) logAccess(r *http.Request, x *exchange, took time.Duration) {
	if !a.config.Logger.Enabled(r.Context(), slog.LevelInfo) {
		return
	}
	route := ""
	if x.route != nil {
		route = x.route.pattern
	}
	a.config.Logger.LogAttrs(r.Context(), slog.LevelInfo, "request",
		slog.String("method", r.Method), slog.String("path", r.URL.Path), slog.String("route", route),
		slog.Int("status", x.status), slog.Duration("duration", took), slog.Int64("bytes", x.bytes),
		slog.String("client", r.RemoteAddr))
}

// trustProxy returns the request's id, and sets its RemoteAddr to the client's
// address without a port. Only a trusted proxy's word is taken for either.
func (a *API) trustProxy(r *http.Request) (id string, trusted bool) {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err == nil {
		r.RemoteAddr = peer.Addr().Unmap().String()
	}
	trusted = err == nil && a.trusted(peer.Addr())
	if trusted {
		if client, ok := a.forwardedFor(r.Header.Values("X-Forwarded-For")); ok {
			r.RemoteAddr = client
		}
		if id = r.Header.Get("X-Request-Id"); validID(id) {
			return id, true
		}
	}
	var b [12]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:]), trusted
}

// validID reports whether a request id is short and harmless in a log.
func validID(id string) bool {
	for _, c := range []byte(id) {
		if c != '-' && c != '_' && c != '.' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return id != "" && len(id) <= 64
}
