package events

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/jobs"
)

// Registry knows the events of an application and who subscribes to them. It is
// put together by one goroutine: by domains that register. The zero value has
// none.
type Registry struct {
	events        map[string]reflect.Type
	subscriptions []subscription
	problems      []error
}

// subscription is one subscriber of one event.
type subscription struct {
	event, name string
	typ         reflect.Type // of the event
	work        func(ctx context.Context, s *db.Session, d delivery) error
	opts        []jobs.WorkerOption
}

// Declare adds an event to the registry: the domain that publishes it does so.
func Declare[E Event](r *Registry) {
	name, typ := named[E](r)
	if typ == nil {
		return
	}
	if other, ok := r.events[name]; ok {
		r.problem("%s and %s are both named %s: an event is declared once, by the domain that publishes it, and has a name of its own", other, typ, name)
		return
	}
	if r.events == nil {
		r.events = map[string]reflect.Type{}
	}
	r.events[name] = typ
}

// Subscribe has f called for every event that is an E, in a session of its own,
// after the one that published it was committed. What f writes is committed
// exactly once. If it fails, it is called again later, whatever becomes of other
// subscribers; a conflict with another session is tried again at once.
//
// The name says what the subscriber does, such as "orders.welcome_gift". It is
// stored with events that wait for it, so it must not change meanwhile. A call to
// another system does not belong into a session: f enqueues a job for it.
//
// The options are jobs.Timeout and jobs.Unit.
func Subscribe[E Event](r *Registry, name string, f func(ctx context.Context, s *db.Session, e E) error, opts ...jobs.WorkerOption) {
	event, typ := named[E](r)
	if typ == nil {
		return
	}
	r.subscriptions = append(r.subscriptions, subscription{event: event, name: name, typ: typ, opts: opts,
		work: func(ctx context.Context, s *db.Session, d delivery) error {
			var e E
			if err := json.Unmarshal(d.Data, &e); err != nil {
				return fmt.Errorf("events: %s for %s does not fit into a %s: %w", event, name, typ, err)
			}
			return f(ctx, s, e)
		}})
}

// nameForm is what events and subscribers may be named.
var nameForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_./-]{0,99}$`)

// named returns the name and the type of an event; nil if it cannot be one.
func named[E Event](r *Registry) (string, reflect.Type) {
	typ := reflect.TypeFor[E]()
	if typ.Kind() != reflect.Struct {
		r.problem("%s cannot be an event: take a struct, and not a pointer to one", typ)
		return "", nil
	}
	var e E
	name := e.EventName()
	if !nameForm.MatchString(name) {
		r.problem("%s is named %q: expected letters, digits and _-./, such as \"users.registered\"", typ, name)
	}
	return name, typ
}

func (r *Registry) problem(format string, args ...any) {
	r.problems = append(r.problems, fmt.Errorf("events: "+format, args...))
}

// Empty reports whether there are neither events nor subscribers.
func (r *Registry) Empty() bool {
	return len(r.events) == 0 && len(r.subscriptions) == 0 && len(r.problems) == 0
}

// Check returns everything that is wrong with the events and their subscribers.
func (r *Registry) Check() error {
	problems := slices.Clone(r.problems)
	names := map[string]subscription{}
	for _, s := range r.subscriptions {
		other, taken := names[s.name]
		names[s.name] = s
		declared, ok := r.events[s.event]
		var err error
		switch {
		case !nameForm.MatchString(s.name):
			err = fmt.Errorf("events: a subscriber of %s is named %q: expected letters, digits and _-./, such as \"orders.welcome_gift\"", s.event, s.name)
		case taken:
			err = fmt.Errorf("events: two subscribers are named %s, of %s and of %s: give one another name", s.name, other.event, s.event)
		case !ok:
			err = fmt.Errorf("events: %s subscribes to %s, which nobody declares: the domain that publishes it does so with events.Declare[%s], and must be registered", s.name, s.event, s.typ)
		case declared != s.typ:
			err = fmt.Errorf("events: %s subscribes to %s as a %s, which is declared as a %s", s.name, s.event, s.typ, declared)
		}
		problems = append(problems, err)
	}
	return errors.Join(problems...)
}

// Workers returns the workers that bring events to their subscribers.
func (r *Registry) Workers() *jobs.Workers {
	w := jobs.NewWorkers()
	for event := range r.events {
		jobs.AddKind(w, publishes+event, r.fanOut(event))
	}
	for _, sub := range r.subscriptions {
		jobs.AddKind(w, delivers+sub.name, func(ctx context.Context, s *db.Session, job *jobs.Job[delivery]) error {
			return sub.work(ctx, s, job.Args)
		}, sub.opts...)
	}
	return w
}

// fanOut returns the worker that enqueues an event for each of its subscribers.
func (r *Registry) fanOut(event string) func(context.Context, *db.Session, *jobs.Job[published]) error {
	var names []string
	for _, sub := range r.subscriptions {
		if sub.event == event {
			names = append(names, sub.name)
		}
	}
	return func(ctx context.Context, s *db.Session, job *jobs.Job[published]) error {
		list := make([]delivery, len(names))
		for i, name := range names {
			list[i] = delivery{subscriber: name, Event: event, Number: job.ID, Data: job.Args.data.(json.RawMessage)}
		}
		return jobs.EnqueueMany(ctx, s, list)
	}
}
