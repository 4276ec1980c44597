package cli

import (
	"context"
	"time"

	"github.com/terem-go/terem/internal/scaffold/parts"
)

// addTask is the verb add task.
type addTask struct {
	Name  string        `arg:"" help:"The kind of its job: the domain, a point and what is done, such as orders.expire."`
	Every time.Duration `placeholder:"1h" help:"Run it at the whole multiples of an interval."`
	At    string        `placeholder:"03:30" help:"Run it once a day, at a time in UTC."`
	Cron  string        `placeholder:"LINE" help:"Run it as a line of crontab says, in UTC: '30 3 * * mon-fri'."`

	addPart `embed:""`
}

// Help is shown below the flags' help.
func (addTask) Help() string {
	return `It writes the arguments of the job into the domain's jobs.go, what runs it and its test into tasks/, and its registration into tasks.go; main.go hands tasks the domain's repository.

Without a schedule the job is run when the domain enqueues it in a session, and is about one row:

  err := jobs.Enqueue(ctx, s, SendReceipt{OrderID: o.ID})`
}

// Run writes the task.
func (a *addTask) Run(ctx context.Context, c *console) error {
	args := []string{a.Name}
	if a.Every != 0 {
		args = append(args, "--every", a.Every.String())
	}
	if a.At != "" {
		args = append(args, "--at", a.At)
	}
	if a.Cron != "" {
		args = append(args, "--cron="+a.Cron)
	}
	t := parts.Task{Name: a.Name, Schedule: parts.Schedule{Every: a.Every, At: a.At, Cron: a.Cron}}
	if err := a.write(ctx, c, "add task", a.Name, args, t.Add); err != nil || a.DryRun {
		return err
	}
	c.say("What it does is to be filled in, in tasks/.")
	if t.Schedule == (parts.Schedule{}) {
		c.say("Enqueue it in a session of the domain: err := jobs.Enqueue(ctx, s, …{…}), as its jobs.go has it.")
	}
	return nil
}

// removeTask is the verb remove task.
type removeTask struct {
	Name string `arg:"" help:"The kind of its job, such as orders.expire."`

	removePart `embed:""`
}

// Run removes the task.
func (r *removeTask) Run(ctx context.Context, c *console) error {
	return r.remove(ctx, c, "add task", r.Name)
}
