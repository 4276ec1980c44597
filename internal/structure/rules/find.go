package rules

import (
	"go/ast"
	"go/types"
	"path/filepath"
	"slices"
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
	return slices.Contains(names, name)
}

// typeName returns the name of a type or of what it points to, without its package;
// "" for a type without a name.
func typeName(t types.Type) string {
	if n, ok := pointedAt(t).(*types.Named); ok {
		return n.Obj().Name()
	}
	return ""
}

// pointedAt returns what a pointer points to, and any other type as it is.
func pointedAt(t types.Type) types.Type {
	t = types.Unalias(t)
	if p, ok := t.(*types.Pointer); ok {
		return types.Unalias(p.Elem())
	}
	return t
}

// importPath returns what an import imports.
func importPath(s *ast.ImportSpec) string {
	path, _ := strconv.Unquote(s.Path.Value)
	return path
}

// fileName returns the name of a file without its folder.
func fileName(p *structure.Package, file *ast.File) string {
	return filepath.Base(p.Fset.PositionFor(file.FileStart, false).Filename)
}

// origin returns the declaration of an object: of a generic type's method or field
// the one that is written.
func origin(obj types.Object) types.Object {
	switch o := obj.(type) {
	case *types.Func:
		return o.Origin()
	case *types.Var:
		return o.Origin()
	}
	return obj
}

// objectName returns the name of what a package declares; of a method with its type.
func objectName(obj types.Object) string {
	if f, ok := obj.(*types.Func); ok {
		return funcName(f)
	}
	return obj.Name()
}

// funcName returns the name of a function, or of a method with its type: User.Name.
func funcName(f *types.Func) string {
	if recv := f.Signature().Recv(); recv != nil {
		if name := typeName(recv.Type()); name != "" {
			return name + "." + f.Name()
		}
	}
	return f.Name()
}

// isNamed reports whether a type, or what it points to, is the named type.
func isNamed(t types.Type, pkg, name string) bool {
	n, ok := pointedAt(t).(*types.Named)
	return ok && n.Obj().Name() == name && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == pkg
}

// file returns the first file of a role, or nil.
func file(p *structure.Package, role structure.Role) *ast.File {
	i := slices.IndexFunc(p.Files, func(f *ast.File) bool { return p.Roles[f] == role })
	if i < 0 {
		return nil
	}
	return p.Files[i]
}

// inRoom returns the package of the application that an import path names, or nil.
func (a *Application) inRoom(room string) *structure.Package {
	for _, p := range a.Program.Packages {
		if p.Room == room || strings.HasSuffix(p.Room, "/"+room) && p.Kind == structure.KindDomain {
			return p
		}
	}
	return nil
}
