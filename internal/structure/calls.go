package structure

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// Func is a function or a method that the application declares, with its body.
type Func struct {
	Obj     *types.Func // not instantiated
	Decl    *ast.FuncDecl
	Package *Package
	Role    Role // of its file
}

// Name returns the function as it is declared: ByEmail, (Repository).ByEmail or
// (*Router).get.
func (f *Func) Name() string { return funcName(f.Obj) }

// At returns where the function is declared.
func (f *Func) At() Place { return f.Package.Place(f.Decl.Name.Pos()) }

// Call is a use of a function of the application in another: a call, or its name
// where it becomes a value.
type Call struct {
	To   *Func
	Expr *ast.CallExpr // nil for a value
	At   token.Pos
	args []types.Type // what stands for the type parameters of To, as the caller knows them
}

// calls is what the application's functions are and whom they call.
type calls struct {
	funcs map[*types.Func]*Func
	named []*types.Named // the application's types that are no interfaces
	impls map[string][]*types.Func
}

// Funcs returns the functions of the application by their objects.
func (p *Program) Funcs() map[*types.Func]*Func {
	p.once.Do(p.index)
	return p.calls.funcs
}

// Func returns the function of an object, instantiated or not, or nil if it is
// none of the application's.
func (p *Program) Func(obj *types.Func) *Func {
	if obj == nil {
		return nil
	}
	return p.Funcs()[obj.Origin()]
}

func (p *Program) index() {
	c := &calls{funcs: map[*types.Func]*Func{}, impls: map[string][]*types.Func{}}
	for _, pkg := range p.Packages {
		for _, f := range pkg.Files {
			for _, d := range f.Decls {
				decl, ok := d.(*ast.FuncDecl)
				if !ok || decl.Body == nil {
					continue
				}
				if obj, ok := pkg.Info.Defs[decl.Name].(*types.Func); ok {
					c.funcs[obj] = &Func{Obj: obj, Decl: decl, Package: pkg, Role: pkg.Roles[f]}
				}
			}
		}
		scope := pkg.Types.Scope()
		for _, name := range scope.Names() {
			t, ok := scope.Lookup(name).(*types.TypeName)
			if !ok || t.IsAlias() {
				continue
			}
			if n, ok := t.Type().(*types.Named); ok && n.TypeParams().Len() == 0 && !types.IsInterface(n) {
				c.named = append(c.named, n)
			}
		}
	}
	p.calls = c
}

// Calls returns the functions of the application that a piece of a package's code
// uses, in the order of the text: those that it calls, also by a method of an
// interface of the application that exactly one of its types implements, and those
// that it hands on as values. Function literals in it count as a part of it.
func (p *Program) Calls(pkg *Package, code ast.Node) []Call {
	var list []Call
	called := map[ast.Expr]*ast.CallExpr{}
	use := func(e ast.Expr, at token.Pos) {
		if to := p.target(pkg, e); to != nil {
			list = append(list, Call{To: to, Expr: called[e], At: at, args: typeArgs(pkg, e)})
		}
	}
	var visit func(ast.Node) bool
	visit = func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			called[bare(n.Fun)] = n
		case *ast.SelectorExpr:
			ast.Inspect(n.X, visit)
			use(n, n.Sel.Pos())
			return false
		case *ast.Ident:
			use(n, n.Pos())
		}
		return true
	}
	ast.Inspect(code, visit)
	return list
}

// Named returns the function of the application that an expression in a package
// names, or nil. A method of an interface of the application counts as that of the
// only type that implements it.
func (p *Program) Named(pkg *Package, e ast.Expr) *Func {
	p.once.Do(p.index)
	return p.target(pkg, bare(e))
}

// bare returns a called expression without parentheses and type arguments.
func bare(e ast.Expr) ast.Expr {
	switch x := ast.Unparen(e).(type) {
	case *ast.IndexExpr:
		return bare(x.X)
	case *ast.IndexListExpr:
		return bare(x.X)
	default:
		return x
	}
}

// funcOf returns the function or method that an expression names, or nil.
func funcOf(info *types.Info, e ast.Expr) *types.Func {
	switch e := bare(e).(type) {
	case *ast.Ident:
		f, _ := info.Uses[e].(*types.Func)
		return f
	case *ast.SelectorExpr:
		f, _ := info.Uses[e.Sel].(*types.Func)
		return f
	}
	return nil
}

// target returns the function of the application that an expression means.
func (p *Program) target(pkg *Package, e ast.Expr) *Func {
	obj := funcOf(pkg.Info, e)
	if obj == nil {
		return nil
	}
	if f := p.Func(obj); f != nil {
		return f
	}
	if s, ok := e.(*ast.SelectorExpr); ok && obj.Pkg() != nil && p.Package(obj.Pkg().Path()) != nil {
		if sel := pkg.Info.Selections[s]; sel != nil && types.IsInterface(sel.Recv()) {
			if list := p.implementations(sel.Recv(), obj); len(list) == 1 {
				return p.Func(list[0])
			}
		}
	}
	return nil
}

// implementations returns the methods that a call of an interface's method can
// reach: those of the application's types, which may come from elsewhere by
// embedding.
func (p *Program) implementations(of types.Type, method *types.Func) []*types.Func {
	iface, ok := of.Underlying().(*types.Interface)
	if !ok {
		return nil
	}
	key := types.TypeString(of, nil) + " " + types.TypeString(iface, nil) + " " + method.Name() // type parameters share names
	p.mu.Lock()
	defer p.mu.Unlock()
	list, known := p.calls.impls[key]
	if known {
		return list
	}
	for _, n := range p.calls.named {
		ptr := types.NewPointer(n)
		obj, _, _ := types.LookupFieldOrMethod(ptr, true, method.Pkg(), method.Name())
		if f, ok := obj.(*types.Func); ok && types.Implements(ptr, iface) && !slices.Contains(list, f) {
			list = append(list, f)
		}
	}
	p.calls.impls[key] = list
	return list
}

// typeArgs returns what stands for the type parameters of a function that an
// expression names, those of its receiver first.
func typeArgs(pkg *Package, e ast.Expr) []types.Type {
	var list []types.Type
	id, _ := e.(*ast.Ident)
	if s, ok := e.(*ast.SelectorExpr); ok {
		id = s.Sel
	}
	f, _ := pkg.Info.Uses[id].(*types.Func)
	if f == nil {
		return nil
	}
	if recv := f.Signature().Recv(); recv != nil {
		if n := namedOf(recv.Type()); n != nil {
			for t := range n.TypeArgs().Types() {
				list = append(list, t)
			}
		}
	}
	for t := range pkg.Info.Instances[id].TypeArgs.Types() {
		list = append(list, t)
	}
	return list
}

// namedOf returns the named type that a type is, or points to; or nil.
func namedOf(t types.Type) *types.Named {
	t = types.Unalias(t)
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	n, _ := t.(*types.Named)
	return n
}

// funcName returns a function's name as it is declared.
func funcName(f *types.Func) string {
	recv := f.Signature().Recv()
	if recv == nil {
		return f.Name()
	}
	n := namedOf(recv.Type())
	if n == nil {
		return f.Name()
	}
	var b strings.Builder
	b.WriteByte('(')
	if _, ok := types.Unalias(recv.Type()).(*types.Pointer); ok {
		b.WriteByte('*')
	}
	b.WriteString(n.Obj().Name() + ")." + f.Name())
	return b.String()
}
