package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/terem-go/terem/internal/listen"
)

// Serve listens and serves, and runs jobs unless Config.JobsApart is set, until
// ctx ends. Then it stops gracefully: it takes no more jobs, goes on serving for
// Config.Drain, takes no more connections, lets requests and jobs finish for
// Config.Stop, and cancels those that are left; such a job goes back into the
// queue. A database that is down is
// waited for; one whose schema is behind is an error, unless Config.MigrateOnStart
// is set. The database stays open: Main closes it.
//
// A request that the server has begun to read is answered, with 503 if it was
// cancelled. One that arrives in the very moment in which the server closes its
// connection, as a new one or after a tenth of a second without a request, is
// not read: its client sees the connection close before the first byte of an
// answer.
func (a *App) Serve(ctx context.Context) error {
	h, err := a.Handler()
	if err != nil {
		return err
	}
	err = a.checkDatabase(ctx, "serving 503 until it does")
	switch {
	case ctx.Err() != nil: // a signal has come already
		return nil
	case err != nil:
		return err
	}
	stopAdmin, err := a.startAdmin(ctx)
	if err != nil {
		return err
	}
	defer stopAdmin()
	l, err := listen.TCP(ctx, "ADDR", a.config.Addr)
	if err != nil {
		return err
	}
	stopJobs := func() {}
	if !a.config.JobsApart {
		if stopJobs, err = a.startJobs(ctx); err != nil {
			return errors.Join(err, l.Close())
		}
	}
	requests, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	defer cancel(nil)
	srv := &http.Server{
		Handler:           a.ending(requests, h),
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(a.config.Logger.Handler(), slog.LevelWarn),
		BaseContext:       func(net.Listener) context.Context { return requests },
	}
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(l) }()
	a.config.Logger.InfoContext(ctx, "serving", slog.String("url", "http://"+l.Addr().String()))

	select {
	case err := <-failed:
		stopJobs()
		return fmt.Errorf("serving on %s: %w", l.Addr(), err)
	case <-ctx.Done():
	}
	var stopping sync.WaitGroup
	stopping.Go(stopJobs)
	a.stop(l, srv, cancel)
	stopping.Wait()
	a.config.Logger.Info("stopped")
	return nil
}

type serveCommand struct{}

func (serveCommand) Run(ctx context.Context, a *App) error { return a.Serve(ctx) }
