package rules

import (
	"fmt"
	"go/ast"
	"go/types"

	"github.com/terem-go/terem/internal/structure"
)

var sessionKept = &Rule{
	ID:    "session-kept",
	Title: "A session stays with the function that it was given to, and what that calls.",
	Reason: "A session ends with its function and belongs to one goroutine. In a field, a variable of the package, a channel, a context or a " +
		"goroutine it is used after its end (db.ErrEnded) or by two at the same time (db.ErrConcurrent), and what was written is rolled back.",
	WayOut: "pass it on as a parameter; work that outlives it needs a unit of its own (DB.Do) or a job",
	Package: func(p *structure.Package) []Finding {
		k := kept{Package: p}
		for _, file := range p.Files {
			ast.Inspect(file, k.visit)
		}
		return k.list
	},
}

// kept finds where sessions are kept.
type kept struct {
	*structure.Package
	list []Finding
}

func (k *kept) add(n ast.Node, format string, args ...any) {
	k.list = append(k.list, found(n, fmt.Sprintf(format, args...)))
}

// session reports whether a value is a unit of work.
func (k *kept) session(e ast.Expr) bool {
	t := k.Info.TypeOf(e)
	return t != nil && isUnit(t) && !k.Info.Types[e].IsType()
}

func (k *kept) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.StructType:
		for _, f := range n.Fields.List {
			if t := k.Info.TypeOf(f.Type); isSession(element(t)) {
				k.add(f, "a field keeps a session: its type is %s", types.TypeString(t, (*types.Package).Name))
			}
		}
	case *ast.ValueSpec:
		for _, name := range n.Names {
			if v, ok := k.Info.Defs[name].(*types.Var); ok && v.Parent() == k.Types.Scope() && isUnit(element(v.Type())) {
				k.add(name, "a variable of the package keeps a session: %s", v.Name())
			}
		}
	case *ast.AssignStmt:
		for i, left := range n.Lhs {
			if len(n.Lhs) == len(n.Rhs) && k.session(n.Rhs[i]) && k.outlives(left) {
				k.add(n, "a session is stored in %s", types.ExprString(left))
			}
		}
	case *ast.SendStmt:
		if k.session(n.Value) {
			k.add(n, "a session is sent on a channel")
		}
	case *ast.GoStmt:
		k.captured(n.Call, "a goroutine uses a session that it did not begin")
	case *ast.CallExpr:
		k.call(n)
	}
	return true
}

// element returns what a slice, an array, a map or a channel holds, else the type
// itself.
func element(t types.Type) types.Type {
	switch u := types.Unalias(t).(type) {
	case *types.Slice:
		return u.Elem()
	case *types.Array:
		return u.Elem()
	case *types.Map:
		return u.Elem()
	case *types.Chan:
		return u.Elem()
	}
	return t
}

// outlives reports whether what is stored there is kept beyond the function: it is a
// field behind a pointer, or the package's.
func (k *kept) outlives(e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		v, ok := k.Info.Uses[e].(*types.Var)
		return ok && v.Parent() == k.Types.Scope()
	case *ast.SelectorExpr:
		s := k.Info.Selections[e]
		return s != nil && s.Kind() == types.FieldVal && isPointer(s.Recv())
	}
	return false
}

func (k *kept) call(n *ast.CallExpr) {
	f := callee(k.Info, n)
	switch {
	case isFunc(f, "context", "WithValue"):
		if len(n.Args) == 3 && k.session(n.Args[2]) {
			k.add(n, "a session is hidden in a context")
		}
	case isFunc(f, library+"/db", "(Session).AfterCommit"):
		for _, arg := range n.Args {
			k.captured(arg, "a function of AfterCommit uses the session, which has ended by then")
		}
	case isFunc(f, "sync", "(WaitGroup).Go"), isFunc(f, "golang.org/x/sync/errgroup", "(Group).Go", "(Group).TryGo"), isFunc(f, "time", "AfterFunc"):
		for _, arg := range n.Args {
			k.captured(arg, "a goroutine uses a session that it did not begin")
		}
	}
}

// captured finds the first session in a piece of code that comes from outside of it.
func (k *kept) captured(code ast.Node, title string) {
	done := false
	ast.Inspect(code, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok || done {
			return !done
		}
		v, ok := k.Info.Uses[id].(*types.Var)
		if ok && !v.IsField() && isUnit(v.Type()) && (v.Pos() < code.Pos() || v.Pos() >= code.End()) {
			k.add(id, "%s: %s", title, v.Name())
			done = true
		}
		return true
	})
}
