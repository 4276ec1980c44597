package operator

import (
	"context"
	"errors"
	"fmt"

	"github.com/terem-go/terem/auth"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/jobs"
	"github.com/terem-go/terem/web"
)

// Inputs of the routes that change something.
type (
	actOnJob struct {
		Guard   guard
		Visitor visitor
		Visit   auth.Visit
		ID      int64 `path:"id" minimum:"1"`
	}
	actOnQueue struct {
		Guard   guard
		Visitor visitor
		Visit   auth.Visit
		Name    string `path:"name" maxLength:"200"`
	}
)

func (p *Pages) retry(ctx context.Context, s *db.Session, in *actOnJob) (*web.Page, error) {
	info, err := jobs.Get(ctx, s, in.ID)
	if err != nil {
		return nil, err
	}
	to := p.views.Redirect(fmt.Sprintf("%s/jobs/%d", p.config.Path, in.ID))
	if err := jobs.Retry(ctx, s, in.ID); errors.Is(err, jobs.ErrNotWaiting) {
		return to.Alert("It is done, runs at this moment, or is unique and another one like it waits or runs, so it is not run again."), nil
	} else if err != nil {
		return nil, err
	}
	if err := p.note(ctx, s, in, "jobs.retried", info); err != nil {
		return nil, err
	}
	return to.Flash("It is run as soon as a worker is free."), nil
}

func (p *Pages) cancel(ctx context.Context, s *db.Session, in *actOnJob) (*web.Page, error) {
	info, err := jobs.Get(ctx, s, in.ID)
	if err != nil {
		return nil, err
	}
	to := p.views.Redirect(fmt.Sprintf("%s/jobs/%d", p.config.Path, in.ID))
	if info.EndedAt != nil {
		return to.Alert("It has ended already."), nil
	}
	if err := jobs.Cancel(ctx, s, in.ID); err != nil {
		return nil, err
	}
	if err := p.note(ctx, s, in, "jobs.cancelled", info); err != nil {
		return nil, err
	}
	if info.State == jobs.StateRunning {
		return to.Flash("It is told to stop, and is cancelled once its worker returns."), nil
	}
	return to.Flash("It is cancelled: nobody runs it any more."), nil
}

// note writes what was done to a job into the audit log.
func (p *Pages) note(ctx context.Context, s *db.Session, in *actOnJob, action string, info *jobs.Info) error {
	return p.config.Audit.Write(ctx, s, in.Visit, auth.Event{Actor: in.Visitor.subject, Action: action,
		Object: fmt.Sprintf("jobs/%d", info.ID), Detail: info.Kind})
}

func (p *Pages) pause(ctx context.Context, s *db.Session, in *actOnQueue) (*web.Page, error) {
	return p.onQueue(ctx, s, in, jobs.Pause, "jobs.queue_paused", "No more of its jobs are begun.")
}

func (p *Pages) resume(ctx context.Context, s *db.Session, in *actOnQueue) (*web.Page, error) {
	return p.onQueue(ctx, s, in, jobs.Resume, "jobs.queue_resumed", "Its jobs are run again.")
}

func (p *Pages) onQueue(ctx context.Context, s *db.Session, in *actOnQueue,
	do func(context.Context, *db.Session, string) error, action, done string) (*web.Page, error) {
	if err := do(ctx, s, in.Name); err != nil {
		return nil, err
	}
	err := p.config.Audit.Write(ctx, s, in.Visit, auth.Event{Actor: in.Visitor.subject, Action: action, Object: "queues/" + in.Name})
	return p.views.Redirect(p.config.Path).Flash(fmt.Sprintf("Queue %s: %s", in.Name, done)), err
}
