package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// linger is how long the server goes on serving open connections after it takes
// no new ones. Clients that are busy meanwhile are told to close theirs, so that
// few are left to send a request into the moment in which idle ones are closed.
const linger = 100 * time.Millisecond

// stop ends the server without dropping a request that it has begun to read.
//
// The listener is closed before any client is told to close its connection: a
// client that is told opens another one at once, and those that the system has
// accepted and the server has not yet are reset when the listener closes.
func (a *App) stop(l net.Listener, srv *http.Server, cancel context.CancelCauseFunc) {
	a.config.Logger.Info("stopping", slog.Duration("drain", a.config.Drain))
	a.stopping.Store(true)
	time.Sleep(a.config.Drain)
	a.closing.Store(true)
	_ = l.Close() // nothing depends on it: Shutdown closes it again
	time.Sleep(linger)
	ctx, done := context.WithTimeout(context.Background(), a.config.Stop)
	defer done()
	if srv.Shutdown(ctx) == nil {
		return
	}
	a.config.Logger.Warn("requests did not finish in time and are cancelled", slog.Duration("after", a.config.Stop))
	cancel(errStopping) // which tells package api that it was not the client
	// A COMMIT that has begun keeps its 5 s.
	ctx, done = context.WithTimeout(context.Background(), 6*time.Second)
	defer done()
	if srv.Shutdown(ctx) != nil {
		_ = srv.Close()
	}
}

// ending asks clients to close their connections once the server will. A
// handler that returns without an answer because ctx, the server's, has ended
// has its connection closed: net/http would send 200 otherwise.
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
// known whether the server closes its connections.
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
	if !r.begun && r.app.closing.Load() {
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
