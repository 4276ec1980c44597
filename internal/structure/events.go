package structure

import (
	"cmp"
	"go/types"
	"slices"
	"strings"
)

// readEvents notes the sorts of events: those that are declared, published or heard.
func (r *reader) readEvents() {
	found := map[string]*Event{}
	event := func(s *site, t types.Type) *Event {
		name := r.constMethod(s, t, "EventName")
		if name == "" {
			return new(Event)
		}
		if found[name] == nil {
			e := &Event{Name: name, Type: typeName(t)}
			e.Room, e.At = r.whereIs(s, t)
			found[name] = e
			r.app.Events = append(r.app.Events, e)
		}
		return found[name]
	}
	for _, name := range []string{"events.Declare", "events.Subscribe"} {
		for _, s := range r.sites[name] {
			args := typeArgs(s.pkg, bare(s.call.Fun))
			if len(args) != 1 {
				continue
			}
			e := event(s, args[0])
			if name == "events.Subscribe" && len(s.call.Args) > 2 {
				subscriber, whole := r.constants(s.pkg, s.call.Args[1])
				if !whole {
					r.miss(s.pkg, s.call.Args[1].Pos(), "the name of a subscriber is no constant: %s", types.ExprString(s.call.Args[1]))
					subscriber = "<" + types.ExprString(s.call.Args[1]) + ">"
				}
				e.Subscribers = append(e.Subscribers, r.subscriber(s, subscriber))
			}
		}
	}
	for _, s := range r.sites["events.Publish"] {
		if t := enqueued(s.pkg, s.call); t != nil {
			e := event(s, t)
			e.Published = append(e.Published, s.pkg.Place(s.call.Pos()))
		}
	}
	for _, e := range r.app.Events {
		slices.SortFunc(e.Published, comparePlaces)
		slices.SortFunc(e.Subscribers, func(a, b Subscriber) int { return cmp.Or(strings.Compare(a.Name, b.Name), comparePlaces(a.At, b.At)) })
	}
	slices.SortFunc(r.app.Events, func(a, b *Event) int { return strings.Compare(a.Name, b.Name) })
}

// subscriber returns the subscriber that a call of events.Subscribe adds. Where
// main subscribes for a room that cannot import the event's, it is that room's.
func (r *reader) subscriber(s *site, name string) Subscriber {
	w, k := way{r, s, nil}, r.walk()
	f, _ := w.meant(value{s.call.Args[2], 0})
	sub := Subscriber{Name: name, Room: s.pkg.Room, At: s.pkg.Place(s.call.Pos())}
	sub.Func, sub.FuncAt = k.start(w, f)
	sub.Steps = k.list
	if i := slices.IndexFunc(sub.Steps, func(x *Step) bool { return x.Room != sub.Room }); i >= 0 && s.pkg.Types.Name() == "main" {
		sub.Room = sub.Steps[i].Room
	}
	return sub
}
