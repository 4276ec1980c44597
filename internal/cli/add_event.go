package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/terem-go/terem/internal/application"
	"github.com/terem-go/terem/internal/change"
	"github.com/terem-go/terem/internal/scaffold/parts"
)

// addEvent is the verb add event.
type addEvent struct {
	Name string `arg:"" help:"The domain, a point and the event's type, such as orders.Paid."`
	To   string `placeholder:"DOMAIN" help:"A domain that subscribes to it."`

	addPart `embed:""`
}

// Help is shown below the flags' help.
func (addEvent) Help() string {
	return `It writes the event's type into the domain's events.go and a test beside main.go, which uses testApp of main_test.go, and has the domain declare it. The event is published in the session of what it tells of:

  err := events.Publish(ctx, s, Paid{OrderID: o.ID})

The subscriber is a method of the other domain's Domain. Of an event that is there already, the subscriber alone is written, and a test: terem add event users.Deleted --to orders. It imports the event; where that would be a cycle, main.go subscribes the method, which takes what the event says.`
}

// Run writes the event, or the subscriber of one that is there.
func (a *addEvent) Run(ctx context.Context, c *console) error {
	e, name, args := parts.Event{Name: a.Name, To: a.To}, a.Name, []string{a.Name}
	if a.To != "" {
		args = append(args, "--to", a.To)
	}
	if app, err := application.Open(a.Dir); err == nil { // else write says what is wrong
		name = e.Entry(app)
	}
	if err := a.write(ctx, c, "add event", name, args, e.Add); err != nil || a.DryRun {
		return err
	}
	if name != a.Name {
		c.say("The event %s was there already. Now %s subscribes to it, too.", a.Name, a.To)
		return nil
	}
	_, typ, _ := strings.Cut(a.Name, ".")
	c.say("Publish it in the session of what it tells of: err := events.Publish(ctx, s, %s{…})", typ)
	return nil
}

// removeEvent is the verb remove event.
type removeEvent struct {
	Name string `arg:"" help:"The event, such as orders.Paid."`
	To   string `placeholder:"DOMAIN" help:"Remove the subscriber that was added to an event which was there, and leave the event."`

	removePart `embed:""`
}

// Run removes the event, or a subscriber.
func (r *removeEvent) Run(ctx context.Context, c *console) error {
	if r.To == "" {
		return r.remove(ctx, c, "add event", r.Name)
	}
	name := parts.Subscription(r.Name, r.To)
	if s, err := change.Open(r.Dir); err == nil && s.Manifest().Entry("add event", name) == nil {
		if e := s.Manifest().Entry("add event", r.Name); e != nil && slices.Contains(e.Args, r.To) {
			return fmt.Errorf("nothing was changed: the event %s was added together with that subscriber, and is removed with it: terem remove event %[1]s", r.Name)
		}
	}
	return r.remove(ctx, c, "add event", name)
}
