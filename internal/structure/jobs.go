package structure

import (
	"cmp"
	"go/ast"
	"go/constant"
	"go/types"
	"slices"
	"strings"
)

// readJobs notes the sorts of jobs: those that have a worker, are enqueued, or have
// a schedule.
func (r *reader) readJobs() {
	found := map[string]*Job{}
	job := func(s *site, args types.Type) *Job {
		kind := r.constMethod(s, args, "Kind")
		if kind == "" {
			return new(Job) // which is in Missing
		}
		if found[kind] == nil {
			j := &Job{Kind: kind, Args: typeName(args)}
			j.Room, j.At = r.whereIs(s, args)
			found[kind] = j
			r.app.Jobs = append(r.app.Jobs, j)
		}
		return found[kind]
	}
	for _, s := range r.sites["jobs.Add"] {
		w := way{r, s, nil}
		worker, _ := w.meant(value{s.call.Args[1], 0})
		sig := signature(w.info(worker), worker.Expr)
		if sig == nil || sig.Params().Len() != 3 {
			continue
		}
		if n := namedOf(sig.Params().At(2).Type()); n != nil && n.TypeArgs().Len() == 1 {
			j := job(s, n.TypeArgs().At(0))
			name, at := r.named(w, worker)
			j.Worker, j.WorkerAt = name, &at
		}
	}
	for _, s := range r.sites["(*jobs.Workers).Periodically"] {
		j := job(s, s.pkg.Info.Types[s.call.Args[1]].Type)
		j.Schedule = types.ExprString(s.call.Args[0])
	}
	for _, name := range []string{"jobs.Enqueue", "jobs.EnqueueMany"} {
		for _, s := range r.sites[name] {
			if t := enqueued(s.pkg, s.call); t != nil {
				j := job(s, t)
				j.From = append(j.From, s.pkg.Place(s.call.Pos()))
			}
		}
	}
	for _, j := range r.app.Jobs {
		slices.SortFunc(j.From, comparePlaces)
		j.From = slices.Compact(j.From)
	}
	slices.SortFunc(r.app.Jobs, func(a, b *Job) int { return strings.Compare(a.Kind, b.Kind) })
}

// enqueued returns the type of what a call enqueues or publishes: its third
// argument, or what that is a list of.
func enqueued(pkg *Package, c *ast.CallExpr) types.Type {
	if len(c.Args) < 3 {
		return nil
	}
	t := pkg.Info.Types[c.Args[2]].Type
	if s, ok := t.Underlying().(*types.Slice); ok {
		t = s.Elem()
	}
	return t
}

// emitted returns the kind of the job or the name of the event that a call of jobs
// or events sends off.
func (r *reader) emitted(pkg *Package, c *ast.CallExpr, f *types.Func, env bindings) string {
	method := "Kind"
	switch f.Name() {
	case "Enqueue", "EnqueueMany":
	case "Publish":
		method = "EventName"
	default:
		return ""
	}
	t := enqueued(pkg, c)
	if t == nil || f.Signature().Recv() != nil {
		return ""
	}
	return r.constMethod(&site{pkg: pkg, call: c}, env.of(t), method)
}

// constMethod returns the constant that a method of a type returns: the kind of a
// job, the name of an event. What is no constant is missing, and "".
func (r *reader) constMethod(s *site, t types.Type, method string) string {
	obj, _, _ := types.LookupFieldOrMethod(t, true, s.pkg.Types, method)
	m, _ := obj.(*types.Func)
	f := r.Func(m)
	if f == nil {
		r.miss(s.pkg, s.call.Pos(), "it cannot be told which job or event this is: %s is not a type of the application", typeName(t))
		return ""
	}
	text := ""
	for _, statement := range f.Decl.Body.List {
		if ret, ok := statement.(*ast.ReturnStmt); ok && len(ret.Results) == 1 {
			if c := f.Package.Info.Types[ret.Results[0]].Value; c != nil && c.Kind() == constant.String {
				text = constant.StringVal(c)
			}
		}
	}
	if text == "" {
		r.miss(f.Package, f.Decl.Pos(), "%s does not return a constant", f.Name())
	}
	return text
}

// whereIs returns the room and the place of a type, or of a call if it is none of
// the application's.
func (r *reader) whereIs(s *site, t types.Type) (room string, at Place) {
	if n := namedOf(t); n != nil && n.Obj().Pkg() != nil {
		if pkg := r.Package(n.Obj().Pkg().Path()); pkg != nil {
			return pkg.Room, pkg.Place(n.Obj().Pos())
		}
	}
	return s.pkg.Room, s.pkg.Place(s.call.Pos())
}

// named returns the name and the place of a function value.
func (r *reader) named(w way, v value) (string, Place) {
	if f := r.target(w.pkg(v), bare(v.Expr)); f != nil {
		return f.Name(), f.At()
	}
	name := "func"
	if _, ok := v.Expr.(*ast.FuncLit); !ok {
		name = types.ExprString(v.Expr)
	} else if fn := w.site(v.level).fn; fn != nil {
		name = "func in " + fn.Name()
	}
	return name, w.pkg(v).Place(v.Expr.Pos())
}

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
			if name == "events.Subscribe" && len(s.call.Args) > 1 {
				subscriber, whole := r.constants(s.pkg, s.call.Args[1])
				if !whole {
					r.miss(s.pkg, s.call.Args[1].Pos(), "the name of a subscriber is no constant")
				}
				e.Subscribers = append(e.Subscribers, Subscriber{Name: subscriber, Room: s.pkg.Room, At: s.pkg.Place(s.call.Pos())})
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
