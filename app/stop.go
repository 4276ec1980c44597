package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"
)

// linger is how long the server goes on after a signal at least. By then the
// clients that are busy have been told to close their connections, and few are
// left to send a request into the moment in which idle ones are closed.
const linger = 100 * time.Millisecond

// stop ends the server without dropping a request that it has begun to read.
func (a *App) stop(srv *http.Server, cancel func()) {
	a.stopping.Store(true)
	a.config.Logger.Info("stopping", slog.Duration("drain", a.config.Drain))
	time.Sleep(max(a.config.Drain, linger))
	ctx, done := context.WithTimeout(context.Background(), a.config.Stop)
	defer done()
	if srv.Shutdown(ctx) == nil {
		return
	}
	a.config.Logger.Warn("requests did not finish in time and are cancelled", slog.Duration("after", a.config.Stop))
	cancel()
	// A COMMIT that has begun keeps its 5 s.
	ctx, done = context.WithTimeout(context.Background(), 6*time.Second)
	defer done()
	if srv.Shutdown(ctx) != nil {
		_ = srv.Close()
	}
}

// ending asks clients to close their connections once the server stops. A
// request that the end of ctx, the server's, left without an answer gets none:
// net/http would send 200 otherwise.
func (a *App) ending(ctx context.Context, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		reply := &reply{ResponseWriter: w, app: a}
		next.ServeHTTP(reply, r)
		if !reply.begun && ctx.Err() != nil {
			panic(http.ErrAbortHandler)
		}
	})
}

// reply is a response whose header is written as late as it can be, when it is
// known whether the server stops.
type reply struct {
	http.ResponseWriter
	app   *App
	begun bool
}

// WriteHeader implements http.ResponseWriter.
func (r *reply) WriteHeader(status int) {
	r.begin()
	r.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (r *reply) Write(b []byte) (int, error) {
	r.begin()
	return r.ResponseWriter.Write(b)
}

func (r *reply) begin() {
	if !r.begun && r.app.stopping.Load() {
		r.Header().Set("Connection", "close")
	}
	r.begun = true
}

// Unwrap lets http.ResponseController reach the connection.
func (r *reply) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// close waits for what runs after commits and closes the database. It gives up
// on a handler that nothing can stop: the process ends all the same.
func (a *App) close() error {
	if a.config.DB == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	closed := make(chan error, 1)
	go func() { closed <- a.config.DB.Close(ctx) }()
	var err error
	select {
	case err = <-closed:
	case <-time.After(12 * time.Second):
		err = errors.New("a unit of work does not end")
	}
	if err != nil {
		return fmt.Errorf("closing the database: %w", err)
	}
	return nil
}
