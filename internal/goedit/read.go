package goedit

import (
	"go/ast"
	"go/types"
)

// Call is a call of a function, as it stands in source.
type Call struct {
	Function string // such as api.Get
	Args     []string
	Line     int
}

// Calls returns the calls within a declaration, the outer ones first.
func (f *File) Calls(scope string) (list []Call) {
	d, ok := f.named(scope)
	if !ok {
		return nil
	}
	ast.Inspect(d.node, func(n ast.Node) bool {
		if c, ok := n.(*ast.CallExpr); ok {
			call := Call{Function: types.ExprString(c.Fun), Line: f.fset.PositionFor(c.Pos(), false).Line}
			for _, a := range c.Args {
				call.Args = append(call.Args, f.text(a))
			}
			list = append(list, call)
		}
		return true
	})
	return list
}

// Field is a field of a struct.
type Field struct{ Name, Type string }

// Fields returns the named fields of a struct, which is named as for AddField.
func (f *File) Fields(path string) (list []Field) {
	s := f.structure(path)
	if s == nil {
		return nil
	}
	for _, field := range s.Fields.List {
		for _, n := range field.Names {
			list = append(list, Field{n.Name, types.ExprString(field.Type)})
		}
	}
	return list
}

// Names returns what the file declares, as Declares takes it.
func (f *File) Names() (list []string) {
	for _, d := range f.decls() {
		list = append(list, d.name)
	}
	return list
}

// Parameters returns the names of a function's parameters.
func (f *File) Parameters(function string) (names []string) {
	if fn := f.function(function); fn != nil {
		for _, field := range fn.Type.Params.List {
			for _, n := range field.Names {
				names = append(names, n.Name)
			}
		}
	}
	return names
}

// Receiver returns what a method calls its receiver; "" if it has no name.
func (f *File) Receiver(method string) string {
	fn := f.function(method)
	if fn == nil || fn.Recv == nil || len(fn.Recv.List) == 0 || len(fn.Recv.List[0].Names) == 0 {
		return ""
	}
	return fn.Recv.List[0].Names[0].Name
}
