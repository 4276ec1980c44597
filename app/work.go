package app

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/terem-go/terem/jobs"
)

var errNoJobs = errors.New("this application has no jobs")

// Work runs jobs and serves nothing until ctx ends. Then it takes no more jobs,
// lets those that run finish for Config.Stop, and cancels those that are left,
// which go back into the queue. A database that is down is waited for; one whose
// schema is behind is an error, unless Config.MigrateOnStart is set. The database
// stays open: Main closes it.
func (a *App) Work(ctx context.Context) error {
	if a.Workers() == nil || a.config.DB == nil {
		return errNoJobs
	}
	if err := a.check(); err != nil {
		return err
	}
	err := a.checkDatabase(ctx, "jobs wait until it does")
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
	stop, err := a.startJobs(ctx)
	if err != nil {
		return err
	}
	a.config.Logger.InfoContext(ctx, "working")
	<-ctx.Done()
	a.config.Logger.Info("stopping")
	stop()
	a.config.Logger.Info("stopped")
	return nil
}

// startJobs begins to run jobs, if there are any. The function that it returns
// stops that.
func (a *App) startJobs(ctx context.Context) (stop func(), err error) {
	w := a.Workers()
	if w == nil || a.config.DB == nil {
		return func() {}, nil
	}
	client, err := jobs.New(a.config.DB, w, a.config.Jobs)
	if err != nil {
		return nil, err
	}
	if err := client.Start(ctx); err != nil {
		return nil, err
	}
	return func() {
		ctx, cancel := context.WithTimeout(context.Background(), max(a.config.Stop, time.Second))
		defer cancel()
		if err := client.Stop(ctx); err != nil {
			a.config.Logger.Warn("jobs did not stop", slog.Any("error", err))
		}
	}, nil
}

type workerCommand struct{}

func (workerCommand) Run(ctx context.Context, a *App) error { return a.Work(ctx) }
