package structure

import (
	"go/ast"
	"go/types"
	"slices"
	"strings"
)

// deepest is how far a request is followed.
const deepest = 8

// walk follows a request, or a job, through the functions of the application.
type walk struct {
	*reader
	list  []*Step
	steps map[any]*Step // by the function, or by the literal
	seen  map[visit]bool
}

// visit is a function with what stands for its type parameters.
type visit struct {
	code  any
	types string
}

func (r *reader) walk() *walk {
	return &walk{reader: r, list: []*Step{}, steps: map[any]*Step{}, seen: map[visit]bool{}}
}

// steps notes what a request of a route runs through: its handler and what that
// calls, then its policy and its dependencies.
func (w way) steps(rt *Route, handler value, p policy, deps []types.Type) {
	k := w.walk()
	rt.Handler, rt.HandlerAt = k.start(w, handler)
	if len(k.list) == 0 && rt.Input != "" {
		w.miss(w.pkg(handler), handler.Pos(), "it cannot be told which function the handler %s is", rt.Handler)
	}
	k.policy(p)
	for _, d := range deps {
		if given := w.given[typeKey(d)]; given != nil {
			k.start(given.way, given.make)
		}
	}
	rt.Steps = k.list
}

// start follows a function value, and returns its name and place.
func (k *walk) start(w way, v value) (name string, at Place) {
	pkg := w.pkg(v)
	v.Expr = ast.Unparen(v.Expr)
	if c, ok := v.Expr.(*ast.CallExpr); ok && len(c.Args) == 1 && pkg.Info.Types[c.Fun].IsType() { // http.HandlerFunc(f)
		return k.start(w, value{c.Args[0], v.level})
	}
	if f := k.target(pkg, bare(v.Expr)); f != nil {
		k.enter(f, typeArgs(pkg, bare(v.Expr)), 0)
		return f.Name(), f.At()
	}
	at = pkg.Place(v.Expr.Pos())
	if lit, ok := v.Expr.(*ast.FuncLit); ok {
		name = "func"
		if fn := w.site(v.level).fn; fn != nil {
			name = "func in " + fn.Name()
		}
		k.run(lit, pkg, lit, &Step{Func: name, Room: pkg.Room, Role: pkg.Roles[pkg.File(lit.Pos())], At: at}, nil)
		return name, at
	}
	for _, c := range k.Calls(pkg, v.Expr) { // wrapped, as in audited(rt.get)
		k.enter(c.To, c.args, 0)
	}
	if t := pkg.Info.Types[v.Expr].Type; t != nil {
		if obj, _, _ := types.LookupFieldOrMethod(t, true, pkg.Types, "ServeHTTP"); obj != nil {
			f, _ := obj.(*types.Func)
			if f := k.Func(f); f != nil {
				k.enter(f, nil, 0)
			}
		}
	}
	return types.ExprString(v.Expr), at
}

// policy notes a policy of the application as a step.
func (k *walk) policy(p policy) {
	switch {
	case p.by != nil:
		k.enter(p.by, nil, 0)
	case len(p.needs) > 0:
		at := p.made.Pos()
		k.run(p.made, p.pkg, p.made, &Step{Func: unqualified(p.name), Room: p.pkg.Room, Role: p.pkg.Roles[p.pkg.File(at)], At: p.pkg.Place(at)}, nil)
	}
}

// enter follows a function.
func (k *walk) enter(f *Func, args []types.Type, depth int) {
	k.run(f.Obj, f.Package, f.Decl.Body, &Step{Func: f.Name(), Room: f.Package.Room, Role: f.Role, At: f.At(), Depth: depth}, bind(f.Obj, args))
}

// run notes a step and what its code calls. A function that is there already is
// followed again only if other types stand for its parameters.
func (k *walk) run(key any, pkg *Package, code ast.Node, s *Step, env bindings) {
	if k.seen[visit{key, env.key()}] {
		return
	}
	k.seen[visit{key, env.key()}] = true
	if first := k.steps[key]; first != nil {
		s = first
	} else {
		k.steps[key] = s
		k.list = append(k.list, s)
	}
	e := k.effects(pkg, code, env)
	s.Reads, s.Writes, s.Emits = union(s.Reads, e.reads), union(s.Writes, e.writes), union(s.Emits, e.emits)
	if s.Depth == deepest {
		return
	}
	for _, c := range e.calls {
		k.enter(c.To, env.all(c.args), s.Depth+1)
	}
}

// union returns both lists in order, each name once.
func union(a, b []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(slices.Concat(a, b))))
}

// bindings are what stands for type parameters.
type bindings map[*types.TypeParam]types.Type

// bind returns what stands for the type parameters of a function.
func bind(f *types.Func, args []types.Type) bindings {
	if len(args) == 0 {
		return nil
	}
	b := bindings{}
	sig, i := f.Origin().Signature(), 0
	for _, list := range []*types.TypeParamList{sig.RecvTypeParams(), sig.TypeParams()} {
		for p := range list.TypeParams() {
			if i < len(args) {
				b[p] = args[i]
			}
			i++
		}
	}
	return b
}

// key returns a text that tells bindings apart.
func (b bindings) key() string {
	if len(b) == 0 {
		return ""
	}
	var list []string
	for p, t := range b {
		list = append(list, p.Obj().Name()+"="+typeKey(t))
	}
	slices.Sort(list)
	return strings.Join(list, ",")
}

// of returns what stands for a type, if it is a parameter.
func (b bindings) of(t types.Type) types.Type {
	if p, ok := types.Unalias(t).(*types.TypeParam); ok && b[p] != nil {
		return b[p]
	}
	return t
}

func (b bindings) all(list []types.Type) []types.Type {
	bound := make([]types.Type, len(list))
	for i, t := range list {
		bound[i] = b.of(t)
	}
	return bound
}

// unqualified returns a name without its package.
func unqualified(name string) string { return name[strings.LastIndexByte(name, '.')+1:] }
