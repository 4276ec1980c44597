package app

import (
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/events"
)

// eventsCommand is there where a domain declares events.
type eventsCommand struct {
	List    eventsList    `cmd:"" help:"List the events that have not reached a subscriber yet."`
	Deliver eventsDeliver `cmd:"" help:"Try again at once to deliver events that have failed."`
}

type eventsList struct {
	Failing bool `help:"Only those that have failed."`
	JSON    bool `help:"Print JSON."`
}

func (c *eventsList) Run(ctx context.Context, d *db.DB, out io.Writer) error {
	var list []events.Delivery
	err := d.Read(ctx, func(ctx context.Context, r *db.Reader) (err error) {
		list, err = events.Undelivered(ctx, r, c.Failing)
		return err
	})
	switch {
	case err != nil:
		return err
	case c.JSON:
		return printJSON(out, append([]events.Delivery{}, list...))
	case len(list) == 0:
		fmt.Fprintln(out, "every event is delivered")
		return nil
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tEVENT\tSUBSCRIBER\tSTATE\tATTEMPT\tDUE\tERROR")
	for _, e := range list {
		subscriber := e.Subscriber
		if subscriber == "" {
			subscriber = "(all)"
		}
		fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%d of %d\t%s\t%s\n", e.ID, e.Event, subscriber, e.State, e.Attempt, e.MaxAttempts,
			e.DueAt.UTC().Format("2006-01-02 15:04:05Z"), strings.Join(strings.Fields(e.Error), " "))
	}
	if err := w.Flush(); err != nil || len(list) < events.Most {
		return err
	}
	_, err = fmt.Fprintf(out, "these are the %d oldest; there may be more\n", events.Most)
	return err
}

type eventsDeliver struct {
	IDs []int64 `arg:"" optional:"" name:"id" help:"The numbers that list prints; all that have failed without any."`
}

func (c *eventsDeliver) Run(ctx context.Context, d *db.DB, out io.Writer) error {
	n := len(c.IDs)
	err := d.Do(ctx, func(ctx context.Context, s *db.Session) error {
		if len(c.IDs) > 0 {
			return events.Deliver(ctx, s, c.IDs...)
		}
		n = 0
		for { // what is delivered has not failed any more
			list, err := events.Undelivered(ctx, s, true)
			if err != nil || len(list) == 0 {
				return err
			}
			for _, e := range list {
				if err := events.Deliver(ctx, s, e.ID); err != nil {
					return err
				}
			}
			n += len(list)
		}
	})
	if err == nil {
		fmt.Fprintf(out, "%d to be delivered again, by the server or by the command worker\n", n)
	}
	return err
}
