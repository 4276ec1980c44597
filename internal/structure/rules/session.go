package rules

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/terem-go/terem/internal/structure"
)

// isSession reports whether a type is a *db.Session or *db.Reader.
func isSession(t types.Type) bool {
	p, ok := types.Unalias(t).(*types.Pointer)
	return ok && (isNamed(p, library+"/db", "Session") || isNamed(p, library+"/db", "Reader"))
}

// isUnit reports whether a type is that of parameters that a unit of work is passed
// by.
func isUnit(t types.Type) bool {
	return isSession(t) || !isPointer(t) && (isNamed(t, library+"/db", "Querier") || isNamed(t, library+"/db", "Execer"))
}

// holds reports whether a type is that of parameters whose unit of work keeps a
// transaction: readers do not.
func holds(t types.Type) bool {
	return isSession(t) && isNamed(t, library+"/db", "Session") || !isPointer(t) && isNamed(t, library+"/db", "Execer")
}

func isPointer(t types.Type) bool {
	_, ok := types.Unalias(t).(*types.Pointer)
	return ok
}

// parameter returns the first parameter whose type passes a test, nil if there is
// none, and whether it has a name.
func (c *code) parameter(test func(types.Type) bool) (v *types.Var, ok bool) {
	for _, field := range c.typ.Params.List {
		if !test(c.pkg.Info.TypeOf(field.Type)) {
			continue
		}
		for _, name := range field.Names {
			v, _ = c.pkg.Info.Defs[name].(*types.Var)
		}
		return v, true
	}
	return nil, false
}

// uses returns the calls in a unit of work that send its statements, or may: the
// session is an argument or the receiver.
func (c *code) uses(session *types.Var) []callSite {
	var list []callSite
	is := func(e ast.Expr) bool {
		id, ok := ast.Unparen(e).(*ast.Ident)
		return ok && session != nil && c.pkg.Info.Uses[id] == session
	}
	for _, s := range c.calls {
		if sel, ok := ast.Unparen(s.call.Fun).(*ast.SelectorExpr); ok && is(sel.X) {
			switch sel.Sel.Name {
			case "AfterCommit", "Dialect", "Native", "Note":
			default:
				list = append(list, s)
			}
			continue
		}
		for _, arg := range s.call.Args {
			if is(arg) {
				list = append(list, s)
				break
			}
		}
	}
	return list
}

// before reports whether the code can have come through the first call when it comes
// to the second one.
func before(first, second callSite) bool {
	common := 0
	for common < len(first.path) && common < len(second.path) && first.path[common] == second.path[common] {
		common++
	}
	switch {
	case common == len(first.path): // the second is a part of the first
		return len(second.path) > common && isFunc(first.callee, library+"/db", "(Session).Nested") && inLiteral(second.path[common:])
	case common == len(second.path), common == 0: // the first is an argument of the second
		return common == len(second.path) && !inLiteral(first.path[common:])
	}
	switch at := first.path[common-1].(type) {
	case *ast.IfStmt:
		if first.path[common] == at.Body && second.path[common] == at.Else || first.path[common] == at.Else {
			return again(first.path, common)
		}
	case *ast.BlockStmt:
		_, isCase := first.path[common].(*ast.CaseClause)
		_, isComm := first.path[common].(*ast.CommClause)
		if isCase || isComm {
			return again(first.path, common)
		}
	}
	if leaves(first.path[common:], false) {
		return again(first.path, common)
	}
	return first.call.Pos() < second.call.Pos() || again(first.path, common)
}

// again reports whether both calls stand in a loop that comes to the second one
// after the first in its next round.
func again(first []ast.Node, common int) bool {
	for i := common - 1; i >= 0; i-- {
		switch first[i].(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			return i+1 < common && !leaves(first[i+1:], true)
		case *ast.FuncLit:
			return false
		}
	}
	return false
}

// leaves reports whether the code does not go on behind what it is in, at the end of
// the path: it returns there. The innermost end counts. With rounds, the next round of
// a loop is behind.
func leaves(path []ast.Node, rounds bool) bool {
	if i := slices.IndexFunc(path, isLiteral); i >= 0 {
		path = path[:i]
	}
	for _, n := range slices.Backward(path) {
		var list []ast.Stmt
		switch n := n.(type) {
		case *ast.ReturnStmt:
			return true
		case *ast.BlockStmt:
			list = n.List
		case *ast.CaseClause:
			list = n.Body
		case *ast.CommClause:
			list = n.Body
		}
		if len(list) == 0 {
			continue
		}
		switch last := list[len(list)-1].(type) {
		case *ast.ReturnStmt:
			return true
		case *ast.BranchStmt:
			return last.Tok != token.FALLTHROUGH && !(rounds && last.Tok == token.CONTINUE)
		case *ast.ExprStmt:
			if call, ok := last.X.(*ast.CallExpr); ok {
				if id, ok := call.Fun.(*ast.Ident); ok && id.Name == "panic" {
					return true
				}
			}
		}
	}
	return false
}

func inLiteral(path []ast.Node) bool { return slices.ContainsFunc(path, isLiteral) }

func isLiteral(n ast.Node) bool {
	_, ok := n.(*ast.FuncLit)
	return ok
}

// opensUnit is the deed of beginning a unit of work.
func opensUnit(_ *structure.Package, s callSite) string {
	if isFunc(s.callee, library+"/db", "(DB).Do", "(DB).Read", "(DB).Unit") {
		return "db.DB." + s.callee.Name()
	}
	return ""
}

// takesUnit reports whether a function is passed a unit of work.
func takesUnit(f *types.Func) bool {
	for p := range f.Signature().Params().Variables() {
		if isUnit(p.Type()) {
			return true
		}
	}
	return false
}
