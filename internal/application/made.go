package application

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"path"
	"strings"
)

// Made is the statement in which package main makes a value of another package: d.orders, err = orders.New(…).
type Made struct {
	File     string // of package main
	Function string // that it is in
	Value    string // what has the value there: d.orders
	Call     string // what is called: orders.New
	Config   string // the type of the composite literal that it is given, such as orders.Config; "" for none
	Stmt     string // how the statement begins, up to the parenthesis
	Pos      token.Pos
}

// Made returns where package main calls New of the package in a folder. The error says what to write if it does not.
func (a *Application) Made(main *Package, folder string) (*Made, error) {
	importPath := path.Join(a.Path, folder)
	for _, name := range main.names() {
		local := imports(main.Files[name], importPath)
		if local == "" {
			continue
		}
		for fn, s := range statements(main.Files[name]) {
			assign, ok := s.(*ast.AssignStmt)
			if !ok || len(assign.Rhs) != 1 {
				continue
			}
			call, ok := assign.Rhs[0].(*ast.CallExpr)
			value := types.ExprString(assign.Lhs[0])
			if !ok || value == "_" || types.ExprString(call.Fun) != local+".New" {
				continue
			}
			m := &Made{File: name, Function: fn.Name.Name, Value: value, Call: local + ".New", Stmt: beginning(assign), Pos: s.Pos()}
			if len(call.Args) > 0 {
				if literal, ok := call.Args[0].(*ast.CompositeLit); ok && literal.Type != nil {
					m.Config = types.ExprString(literal.Type)
				}
			}
			return m, nil
		}
	}
	return nil, fmt.Errorf("main.go does not make %s in a statement of its own, such as: d.%s, err = %[2]s.New(…). Write that first", folder, path.Base(folder))
}

// beginning returns how an assignment begins, up to the parenthesis of what it calls.
func beginning(s *ast.AssignStmt) string {
	var left []string
	for _, x := range s.Lhs {
		left = append(left, types.ExprString(x))
	}
	text := strings.Join(left, ", ") + " " + s.Tok.String()
	if call, ok := s.Rhs[0].(*ast.CallExpr); ok {
		text += " " + types.ExprString(call.Fun) + "("
	}
	return text
}

// statements are those at the top of the functions of a file.
func statements(f *ast.File) func(yield func(*ast.FuncDecl, ast.Stmt) bool) {
	return func(yield func(*ast.FuncDecl, ast.Stmt) bool) {
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Body == nil {
				continue
			}
			for _, s := range fn.Body.List {
				if !yield(fn, s) {
					return
				}
			}
		}
	}
}

// In returns the expression that has the value in another function of the same package, behind the statement that it is
// needed in: the value itself in its own function, or a field of what that function returns, d.orders behind
// d, err := newDomains(…). It is "" if there is none.
func (m *Made) In(main *Package, function string, before token.Pos) string {
	if function == m.Function {
		if m.Pos < before {
			return m.Value
		}
		return ""
	}
	_, field, ok := strings.Cut(m.Value, ".")
	if !ok {
		return ""
	}
	for _, name := range main.names() {
		for fn, s := range statements(main.Files[name]) {
			assign, ok := s.(*ast.AssignStmt)
			if !ok || fn.Name.Name != function || len(assign.Rhs) != 1 || s.Pos() >= before {
				continue
			}
			if call, ok := assign.Rhs[0].(*ast.CallExpr); ok && types.ExprString(call.Fun) == m.Function {
				return types.ExprString(assign.Lhs[0]) + "." + field
			}
		}
	}
	return ""
}

// Holder is the statement of package main that holds a composite literal of a type of another package, such as
// tasks.Config{…}.
type Holder struct {
	File     string
	Function string
	Type     string // as the file writes it
	Stmt     string // how the statement begins, up to a parenthesis
	Fails    bool   // the function returns a pointer and an error
	Pos      token.Pos
}

// Holder returns the statement with the literal of a package's type. The error says what to write if there is none.
func (a *Application) Holder(main *Package, folder, typ string) (*Holder, error) {
	importPath := path.Join(a.Path, folder)
	for _, name := range main.names() {
		local := imports(main.Files[name], importPath)
		for fn, s := range statements(main.Files[name]) {
			var found bool
			ast.Inspect(s, func(n ast.Node) bool {
				c, ok := n.(*ast.CompositeLit)
				found = found || ok && c.Type != nil && types.ExprString(c.Type) == local+"."+typ
				return !found
			})
			if assign, ok := s.(*ast.AssignStmt); ok && found {
				return &Holder{File: name, Function: fn.Name.Name, Type: local + "." + typ, Stmt: beginning(assign), Fails: fails(fn.Type.Results), Pos: s.Pos()}, nil
			}
		}
	}
	return nil, fmt.Errorf("main.go has no %s.%s{…} that could be given more", path.Base(folder), typ)
}

// fails reports whether a function with these results may return nil, err.
func fails(results *ast.FieldList) bool {
	if results.NumFields() != 2 || len(results.List) != 2 {
		return false
	}
	_, pointer := results.List[0].Type.(*ast.StarExpr)
	return pointer && types.ExprString(results.List[1].Type) == "error"
}

// Registers is the statement of package main that registers the domains.
type Registers struct {
	File     string
	Function string
	App      string // what has the *app.App
	Stmt     string // how the statement begins, up to the parenthesis
	Pos      token.Pos
}

// Registers returns where package main calls Register of its app.App. The error says what to write if it does not.
func (a *Application) Registers(main *Package) (*Registers, error) {
	for _, name := range main.names() {
		for fn, s := range statements(main.Files[name]) {
			expr, ok := s.(*ast.ExprStmt)
			if !ok {
				continue
			}
			call, ok := expr.X.(*ast.CallExpr)
			if !ok {
				continue
			}
			if method, ok := call.Fun.(*ast.SelectorExpr); ok && method.Sel.Name == "Register" {
				value := types.ExprString(method.X)
				return &Registers{File: name, Function: fn.Name.Name, App: value, Stmt: value + ".Register(", Pos: s.Pos()}, nil
			}
		}
	}
	return nil, fmt.Errorf("main.go does not register the domains in a statement of its own, such as: a.Register(d.users). Write that first")
}
