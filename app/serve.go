package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"syscall"
	"time"

	"github.com/terem-go/terem/db"
)

// Serve listens and serves until ctx ends, and then stops gracefully: it goes
// on for Config.Drain, takes no more connections, lets requests finish for
// Config.Stop, and cancels those that are left. A database that is down is
// waited for; one whose schema is behind is an error. The database stays open:
// Main closes it.
func (a *App) Serve(ctx context.Context) error {
	h, err := a.Handler()
	if err != nil {
		return err
	}
	if err := a.checkDatabase(ctx); err != nil {
		return err
	}
	l, err := a.listen(ctx)
	if err != nil {
		return err
	}
	requests, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	srv := &http.Server{
		Handler:           a.closing(h),
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(a.config.Logger.Handler(), slog.LevelDebug),
		BaseContext:       func(net.Listener) context.Context { return requests },
	}
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(l) }()
	a.config.Logger.InfoContext(ctx, "serving", slog.String("url", "http://"+l.Addr().String()))

	select {
	case err := <-failed:
		return fmt.Errorf("serving on %s: %w", l.Addr(), err)
	case <-ctx.Done():
	}
	a.stop(srv, cancel)
	a.config.Logger.Info("stopped")
	return nil
}

// checkDatabase refuses to serve a schema that is behind. A database that does
// not answer is only reported: it may come up, and /readyz tells until then.
func (a *App) checkDatabase(ctx context.Context) error {
	if a.config.DB == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	err := a.checkMigrated(ctx)
	switch {
	case errors.Is(err, errBehind):
		return fmt.Errorf("the database's schema is behind the program (%w). Run: go run . migrate up", errors.Unwrap(err))
	case db.ClassOf(err) == db.Unreachable, errors.Is(err, context.DeadlineExceeded):
		a.config.Logger.WarnContext(ctx, "the database does not answer; serving 503 until it does", slog.Any("error", err))
		return nil
	}
	return err
}

func (a *App) listen(ctx context.Context) (net.Listener, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", a.config.Addr)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("cannot listen on %s: another program does. Stop it, or set ADDR to another port", a.config.Addr)
	case errors.Is(err, syscall.EACCES):
		return nil, fmt.Errorf("cannot listen on %s: not permitted. Set ADDR to a port above 1023", a.config.Addr)
	case err != nil:
		return nil, fmt.Errorf("cannot listen on %s: %w. ADDR is a host and a port, such as 127.0.0.1:8000", a.config.Addr, err)
	}
	return l, nil
}

// stop ends the server without dropping a request that it has begun to read.
// From the signal on every response asks its client to close the connection,
// so that fewer are left idle when idle connections are closed.
func (a *App) stop(srv *http.Server, cancel func()) {
	a.stopping.Store(true)
	a.config.Logger.Info("stopping", slog.Duration("drain", a.config.Drain))
	time.Sleep(a.config.Drain)
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

// closing asks clients to close their connections once the server stops.
func (a *App) closing(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if a.stopping.Load() {
			w.Header().Set("Connection", "close")
		}
		next.ServeHTTP(w, r)
	})
}

// close waits for what runs after commits and closes the database.
func (a *App) close() error {
	if a.config.DB == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := a.config.DB.Close(ctx); err != nil {
		return fmt.Errorf("closing the database: %w", err)
	}
	return nil
}
