package structure

import (
	"go/ast"
	"go/constant"
	"go/types"
	"slices"
	"strings"
)

// readJobs notes the sorts of jobs: those that have a worker, are enqueued, or have
// a schedule.
func (r *reader) readJobs() {
	l := jobList{r, map[string]*Job{}}
	for _, s := range r.sites["jobs.Add"] {
		l.worker(s, "", s.call.Args[1])
	}
	for _, s := range r.sites["jobs.AddKind"] {
		if kind, whole := r.constants(s.pkg, s.call.Args[1]); whole {
			l.worker(s, kind, s.call.Args[2])
		} else {
			r.miss(s.pkg, s.call.Args[1].Pos(), "the kind of a job is no constant: %s", types.ExprString(s.call.Args[1]))
		}
	}
	for _, s := range r.sites["(*jobs.Workers).Periodically"] {
		schedule, _ := way{r, s, nil}.meant(value{s.call.Args[0], 0})
		l.job(s, "", s.pkg.Info.Types[s.call.Args[1]].Type).Schedule = types.ExprString(schedule.Expr)
	}
	for _, name := range []string{"jobs.Enqueue", "jobs.EnqueueMany"} {
		for _, s := range r.sites[name] {
			if t := enqueued(s.pkg, s.call); t != nil {
				j := l.job(s, "", t)
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

// jobList are the jobs that were found, by their kinds.
type jobList struct {
	*reader
	found map[string]*Job
}

// job returns the job of a kind, or of the kind that its arguments tell.
func (l jobList) job(s *site, kind string, args types.Type) *Job {
	if kind == "" {
		if kind = l.constMethod(s, args, "Kind"); kind == "" {
			return new(Job) // which is in Missing
		}
	}
	if l.found[kind] == nil {
		j := &Job{Kind: kind, Args: typeName(args)}
		j.Room, j.At = l.whereIs(s, args)
		l.found[kind] = j
		l.app.Jobs = append(l.app.Jobs, j)
	}
	return l.found[kind]
}

// worker notes what runs a job.
func (l jobList) worker(s *site, kind string, f ast.Expr) {
	w := way{l.reader, s, nil}
	worker, _ := w.meant(value{f, 0})
	sig := signature(w.info(worker), worker.Expr)
	if sig == nil || sig.Params().Len() != 3 {
		return
	}
	n := namedOf(sig.Params().At(2).Type()) // *jobs.Job[T]
	if n == nil || n.TypeArgs().Len() != 1 {
		return
	}
	j, k := l.job(s, kind, n.TypeArgs().At(0)), l.walk()
	name, at := k.start(w, worker)
	j.Worker, j.WorkerAt, j.Steps = name, &at, k.list
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
	if n := namedOf(t); f == nil && m != nil && n != nil && !types.IsInterface(n) && r.Package(n.Obj().Pkg().Path()) == nil {
		return typeName(t) // of a library, whose source is not read: its name tells it from others
	}
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
