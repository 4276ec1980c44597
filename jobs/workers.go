package jobs

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/terem-go/terem/db"
)

// Workers are the functions that run jobs, each for one kind of them, and the
// times at which jobs are enqueued by themselves. They are put together by one
// goroutine and may then be used by many clients.
type Workers struct {
	list     []entry
	schedule []periodic
}

// entry is one worker, whatever the types of its function.
type entry struct {
	kind     string
	session  bool // its function takes a session
	declared bool // with Idempotent
	harmless string
	unit     []db.Option
	timeout  time.Duration
	backoff  func(failed int) time.Duration // nil for the client's
	hidden   []string
	run      func(ctx context.Context, d *db.DB, row *rivertype.JobRow) error
}

// NewWorkers returns Workers without any.
func NewWorkers() *Workers { return new(Workers) }

// Join returns Workers that have what all of the list have. A nil one has
// nothing.
func Join(list ...*Workers) *Workers {
	all := NewWorkers()
	for _, w := range list {
		if w != nil {
			all.list = append(all.list, w.list...)
			all.schedule = append(all.schedule, w.schedule...)
		}
	}
	return all
}

// WorkerOption changes a setting of one worker.
type WorkerOption func(*entry)

// Timeout limits each run of a worker's jobs, in place of Config.Timeout.
func Timeout(d time.Duration) WorkerOption { return func(a *entry) { a.timeout = d } }

// Unit sets options of the unit of work of a worker that takes a *db.Session,
// such as db.Serializable.
func Unit(opts ...db.Option) WorkerOption {
	return func(a *entry) { a.unit = append(a.unit, opts...) }
}

// Idempotent declares why a second run of a job does no harm, in words for those
// who read the code, such as "all attempts have the same Message-ID". Every
// worker that takes a *db.DB needs it; for one that takes a *db.Session it is
// refused, since what that writes happens once.
func Idempotent(because string) WorkerOption {
	return func(a *entry) { a.declared, a.harmless = true, because }
}

// scope is what a worker takes for its work with the database.
type scope interface {
	*db.Session | *db.DB
}

// Add adds a worker: the function that runs the jobs whose arguments are a T. Its
// second parameter says what a second run of a job would find.
//
// One that takes a *db.Session runs in a unit of work of its own, which is run
// again when it conflicts with another. The job is completed in it, so what the
// worker writes happens exactly once: it is committed with the job's completion,
// or not at all.
//
// One that takes a *db.DB opens units of work itself and calls the outside
// between them. It happens at least once, and must declare with the option
// Idempotent why that does no harm; Once helps.
//
// The context ends when the job takes too long and when the client is stopped.
func Add[S scope, T Args](w *Workers, f func(ctx context.Context, x S, job *Job[T]) error, opts ...WorkerOption) {
	var args T
	AddKind(w, args.Kind(), f, opts...)
}

// AddKind is Add for arguments of a type that has several kinds: Kind depends on
// their value. Each kind has a worker of its own.
func AddKind[S scope, T Args](w *Workers, kind string, f func(ctx context.Context, x S, job *Job[T]) error, opts ...WorkerOption) {
	a := entry{kind: kind}
	_, a.session = any(*new(S)).(*db.Session)
	for _, opt := range opts {
		opt(&a)
	}
	a.run = runner(f, a.unit)
	w.list = append(w.list, a)
}

// Check returns everything that is wrong with the workers and their schedule.
func (w *Workers) Check() error {
	var problems []error
	kinds := map[string]bool{}
	for _, a := range w.list {
		if kinds[a.kind] {
			problems = append(problems, fmt.Errorf("jobs: there are two workers for %s", a.kind))
		}
		kinds[a.kind] = true
		problems = append(problems, a.check())
	}
	if len(kinds) == 0 {
		problems = append(problems, errors.New("jobs: there are no workers: add one with jobs.Add"))
	}
	for _, p := range w.schedule {
		if !kinds[p.args.Kind()] {
			problems = append(problems, fmt.Errorf("jobs: %s is enqueued periodically but has no worker: add one with jobs.Add", p.args.Kind()))
		}
		if err := p.check(); err != nil {
			problems = append(problems, fmt.Errorf("jobs: the schedule of %s: %w", p.args.Kind(), err))
		}
	}
	return errors.Join(problems...)
}

func (a entry) check() error {
	switch {
	case a.timeout < 0:
		return fmt.Errorf("jobs: the timeout of the worker for %s is negative", a.kind)
	case a.session && a.declared:
		return fmt.Errorf("jobs: the worker for %s takes a *db.Session, so what it writes happens once: leave out jobs.Idempotent, or take a *db.DB if it calls the outside", a.kind)
	case !a.session && strings.TrimSpace(a.harmless) == "":
		return fmt.Errorf("jobs: the worker for %s takes a *db.DB, so a job may be run twice: say why that does no harm with jobs.Idempotent(\"…\"), or take a *db.Session, whose writes happen once", a.kind)
	case !a.session && len(a.unit) > 0:
		return fmt.Errorf("jobs: the worker for %s takes a *db.DB and opens units of work itself: name the options of jobs.Unit there", a.kind)
	}
	return nil
}

// longest returns the longest time that a job may run.
func (w *Workers) longest(timeout time.Duration) time.Duration {
	for _, a := range w.list {
		timeout = max(timeout, a.timeout)
	}
	return timeout
}

// Kinds returns the kinds of jobs that there are workers for, in order.
func (w *Workers) Kinds() []string {
	kinds := make([]string, len(w.list))
	for i, a := range w.list {
		kinds[i] = a.kind
	}
	slices.Sort(kinds)
	return kinds
}

// find returns the worker for a kind.
func (w *Workers) find(kind string) (entry, bool) {
	i := slices.IndexFunc(w.list, func(a entry) bool { return a.kind == kind })
	if i < 0 {
		return entry{}, false
	}
	return w.list[i], true
}

// on returns the workers as River has them, for a database. They are checked.
func (w *Workers) on(d *db.DB, observers []Observer) *river.Workers {
	to := river.NewWorkers()
	for _, a := range w.list {
		// It takes the kind from a value, for all workers have arguments of one type.
		river.AddWorkerArgs(to, args{kind: a.kind}, &worker{entry: a, db: d, observers: observers})
	}
	return to
}
