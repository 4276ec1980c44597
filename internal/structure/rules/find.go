package rules

import (
	"go/ast"
	"go/types"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/terem-go/terem/internal/structure"
)

// library is the import path of the library.
const library = "github.com/terem-go/terem"

// found returns a finding at a node.
func found(n ast.Node, title string) Finding {
	return Finding{Pos: n.Pos(), End: n.End(), Title: title}
}

// callee returns the function or method that a call names, or nil: a conversion, a
// function value.
func callee(info *types.Info, call *ast.CallExpr) *types.Func {
	var id *ast.Ident
	fun := ast.Unparen(call.Fun)
	switch x := fun.(type) {
	case *ast.IndexExpr:
		fun = x.X
	case *ast.IndexListExpr:
		fun = x.X
	}
	switch x := fun.(type) {
	case *ast.Ident:
		id = x
	case *ast.SelectorExpr:
		id = x.Sel
	default:
		return nil
	}
	f, _ := info.Uses[id].(*types.Func)
	if f != nil {
		f = f.Origin()
	}
	return f
}

// isFunc reports whether f is a function of the package, or a method of one of its
// types as (Type).Name, whether it has a pointer receiver or not.
func isFunc(f *types.Func, pkg string, names ...string) bool {
	if f == nil || f.Pkg() == nil || f.Pkg().Path() != pkg {
		return false
	}
	name := f.Name()
	if recv := f.Signature().Recv(); recv != nil {
		name = "(" + typeName(recv.Type()) + ")." + name
	}
	for _, n := range names {
		if n == name {
			return true
		}
	}
	return false
}

// typeName returns the name of a type or of what it points to, without its package;
// "" for a type without a name.
func typeName(t types.Type) string {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	if n, ok := types.Unalias(t).(*types.Named); ok {
		return n.Obj().Name()
	}
	return ""
}

// importPath returns what an import imports.
func importPath(s *ast.ImportSpec) string {
	path, _ := strconv.Unquote(s.Path.Value)
	return path
}

// roomOf returns the room of a package of the application, and whether it is one.
func roomOf(p *structure.Package, path string) (string, bool) {
	if path == p.Module {
		return ".", true
	}
	return strings.CutPrefix(path, p.Module+"/")
}

// fileName returns the name of a file without its folder.
func fileName(p *structure.Package, file *ast.File) string {
	return filepath.Base(p.Fset.PositionFor(file.FileStart, false).Filename)
}
