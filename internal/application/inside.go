package application

import (
	"go/ast"
	"go/types"
	"strings"
)

// Func returns the function of a name, or the method Type.Method; nil if there is none.
func (p *Package) Func(name string) *ast.FuncDecl {
	for _, f := range p.Files {
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && declared(fn)[0] == name {
				return fn
			}
		}
	}
	return nil
}

// Parameter returns the name of a function's parameter of a type, or the other name if there is none.
func (p *Package) Parameter(function, typ, other string) string {
	if fn := p.Func(function); fn != nil {
		for _, field := range fn.Type.Params.List {
			if types.ExprString(field.Type) == typ && len(field.Names) > 0 {
				return field.Names[0].Name
			}
		}
	}
	return other
}

// Receiver returns what a method calls its receiver, or the other name if there is none.
func (p *Package) Receiver(method, other string) string {
	if fn := p.Func(method); fn != nil && fn.Recv != nil && len(fn.Recv.List[0].Names) > 0 {
		return fn.Recv.List[0].Names[0].Name
	}
	return other
}

// Local returns the variable of a function that is declared with a value that begins with a text, or the other name if
// there is none.
func (p *Package) Local(function, value, other string) string {
	fn := p.Func(function)
	if fn == nil || fn.Body == nil {
		return other
	}
	for _, s := range fn.Body.List {
		assign, ok := s.(*ast.AssignStmt)
		if !ok || len(assign.Rhs) != 1 || !strings.HasPrefix(types.ExprString(assign.Rhs[0]), value) {
			continue
		}
		if id, ok := assign.Lhs[0].(*ast.Ident); ok {
			return id.Name
		}
	}
	return other
}

// Fields returns the named fields of a struct type, and their types as they are written.
func (p *Package) Fields(name string) map[string]string {
	fields := map[string]string{}
	if st := p.Struct(name); st != nil {
		for _, f := range st.Fields.List {
			for _, n := range f.Names {
				fields[n.Name] = types.ExprString(f.Type)
			}
		}
	}
	return fields
}

// HasField reports whether a struct type has a field of that name.
func (p *Package) HasField(typ, name string) bool {
	_, ok := p.Fields(typ)[name]
	return ok
}

// Interface returns the names of the methods that an interface type lists; false if there is no such type.
func (p *Package) Interface(name string) (map[string]bool, bool) {
	t, ok := p.typ(name).(*ast.InterfaceType)
	if !ok {
		return nil, false
	}
	methods := map[string]bool{}
	for _, m := range t.Methods.List {
		for _, n := range m.Names {
			methods[n.Name] = true
		}
	}
	return methods, true
}

// Struct returns the struct type of a name, or nil.
func (p *Package) Struct(name string) *ast.StructType {
	st, _ := p.typ(name).(*ast.StructType)
	return st
}

// typ returns what a type is declared as, or nil.
func (p *Package) typ(name string) ast.Expr {
	for _, f := range p.Files {
		for _, d := range f.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok {
				continue
			}
			for _, s := range g.Specs {
				if t, ok := s.(*ast.TypeSpec); ok && t.Name.Name == name {
					return t.Type
				}
			}
		}
	}
	return nil
}

// Has reports whether a text stands in the function of a name. Of white space only the line's ends count.
func (p *Package) Has(function, text string) bool {
	fn := p.Func(function)
	if fn == nil {
		return false
	}
	file := p.Fset.File(fn.Pos())
	source := p.source[file.Name()]
	return strings.Contains(string(source[file.Offset(fn.Pos()):file.Offset(fn.End())]), text)
}

// Declared returns the names that a file declares, as of Declares.
func (p *Package) Declared(file string) (list []string) {
	if f := p.Files[file]; f != nil {
		for _, d := range f.Decls {
			list = append(list, declared(d)...)
		}
	}
	return list
}
