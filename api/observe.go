package api

import (
	"context"
	"net/http"
	"time"
)

// Observer is told of requests. Metrics and traces are made of it. Its methods
// are called by many goroutines at the same time, and requests wait for them.
type Observer interface {
	// Begin is called when a request has come, before all middleware. The
	// context that it returns is the request's.
	Begin(ctx context.Context, r *Request) context.Context

	// End is called when the request was answered, with its context.
	End(ctx context.Context, r *Request)
}

// Request is one request, as observers see it. It may be read within an
// observer's methods only.
type Request struct {
	HTTP    *http.Request // as it came, but for RemoteAddr, which is the client's
	Trusted bool          // a trusted proxy has sent it

	// Of a request that was answered:
	Route  string // the path of its route, such as /users/{id}; "" if none was reached
	Status int    // 499 if the client was gone; 0 if no handler has written anything
	Bytes  int64  // of the body, before compression
	Took   time.Duration
}

// watch tells the observers that a request has come, and returns its context.
func (x *exchange) watch(ctx context.Context, r *http.Request, trusted bool) context.Context {
	if len(x.api.config.Observers) == 0 {
		return ctx
	}
	x.seen = &Request{HTTP: r, Trusted: trusted}
	for _, o := range x.api.config.Observers {
		ctx = o.Begin(ctx, x.seen)
	}
	return ctx
}

// report tells them how it was answered.
func (x *exchange) report(ctx context.Context, took time.Duration) {
	if x.seen == nil {
		return
	}
	if x.route != nil {
		x.seen.Route = x.route.path
	}
	x.seen.Status, x.seen.Bytes, x.seen.Took = x.status, x.bytes, took
	for _, o := range x.api.config.Observers {
		o.End(ctx, x.seen)
	}
}
