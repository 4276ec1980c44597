package domain

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/terem-go/terem/internal/change"
)

// fits reports what of the application stands in the domain's way, or is missing.
func (d *Domain) fits(s *change.Set) error {
	if s.Exists(d.Package) {
		return fmt.Errorf("there is a folder or a file %s already: take another name, or move it away", d.Package)
	}
	for _, f := range d.Refs() {
		if !f.itself && !s.Exists(f.Table.Domain) {
			return fmt.Errorf("the field %s: its table is described by the package %s, which is no folder of the application's own: make the column by hand", f.Name, f.Table.Domain)
		}
	}
	missing := []string{"Current", "Required", "Superuser", "User", "UserRead"} // of users
	if d.Pages {
		missing = append(missing, "Member", "Visitor")
	}
	fset := token.NewFileSet()
	err := s.EachGo(func(p string, text []byte) error {
		dir, routed := path.Dir(p), strings.Contains(string(text), `"/`+d.Path)
		if strings.HasSuffix(p, "_test.go") || !routed && dir != "users" && dir != "." && dir != "pages" {
			return nil
		}
		file, err := parser.ParseFile(fset, p, text, 0)
		if err != nil {
			return fmt.Errorf("%w. Mend it first", err)
		}
		switch dir {
		case "users":
			missing = slices.DeleteFunc(missing, func(name string) bool { return file.Scope.Lookup(name) != nil })
		case ".", "pages":
			if err := d.shadowed(p, file); err != nil {
				return err
			}
		}
		if dir == "pages" && !d.Pages { // what stands there has no prefix
			return nil
		}
		return d.routed(fset, file)
	})
	if err == nil && len(missing) > 0 {
		err = fmt.Errorf("a domain uses %s of the domain users, which does not declare that. Put it back: terem new writes it into users/dependencies.go", "users."+strings.Join(missing, ", users."))
	}
	return err
}

// shadowed refuses a name that code which imports the domain has already.
func (d *Domain) shadowed(p string, file *ast.File) error {
	taken := file.Scope.Lookup(d.Package) != nil
	for _, i := range file.Imports {
		importPath, _ := strconv.Unquote(i.Path.Value)
		taken = taken || i.Name != nil && i.Name.Name == d.Package || i.Name == nil && path.Base(importPath) == d.Package
	}
	if taken {
		return fmt.Errorf("%s uses the name %s for something else: take another one for the domain", p, d.Package)
	}
	return nil
}

// methods are the functions of package api that register routes.
var methods = []string{"Get", "Post", "Put", "Patch", "Delete", "Handle"}

// routed refuses a path that a file has routes of already.
func (d *Domain) routed(fset *token.FileSet, file *ast.File) (err error) {
	ast.Inspect(file, func(n ast.Node) bool {
		if c, ok := n.(*ast.CallExpr); ok && err == nil && d.taken(c) {
			at := fset.Position(c.Pos())
			err = fmt.Errorf("%s:%d has a route of the path /%s already: take another name for the domain", at.Filename, at.Line, d.Path)
		}
		return true
	})
	return err
}

// taken reports whether a call registers a route below the domain's path.
func (d *Domain) taken(c *ast.CallExpr) bool {
	f, ok := c.Fun.(*ast.SelectorExpr)
	if !ok || len(c.Args) < 2 || !slices.Contains(methods, f.Sel.Name) {
		return false
	}
	if x, ok := f.X.(*ast.Ident); !ok || x.Name != "api" {
		return false
	}
	literal, ok := c.Args[1].(*ast.BasicLit)
	if !ok {
		return false
	}
	text, _ := strconv.Unquote(literal.Value)
	return text == "/"+d.Path || strings.HasPrefix(text, "/"+d.Path+"/")
}

// redeclares refuses names that the package of the pages has already.
func redeclares(s *change.Set, name string, text []byte) error {
	fresh, err := parser.ParseFile(token.NewFileSet(), name, text, 0)
	if err != nil {
		return err
	}
	names := declared(fresh)
	return s.EachGo(func(p string, text []byte) error {
		if path.Dir(p) != path.Dir(name) || p == name {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), p, text, 0)
		if err != nil {
			return fmt.Errorf("%w. Mend it first", err)
		}
		for _, other := range slices.Sorted(maps.Keys(declared(file))) {
			if names[other] && file.Name.Name == fresh.Name.Name {
				return fmt.Errorf("%s declares %s already, and so would %s: give rows another name with --type", p, other, name)
			}
		}
		return nil
	})
}

// declared returns the names that a file declares, those of methods with their
// type's.
func declared(file *ast.File) map[string]bool {
	names := map[string]bool{}
	for name := range file.Scope.Objects {
		names[name] = true
	}
	for _, d := range file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || f.Recv == nil {
			continue
		}
		t := f.Recv.List[0].Type
		if star, ok := t.(*ast.StarExpr); ok {
			t = star.X
		}
		if id, ok := t.(*ast.Ident); ok {
			names[id.Name+"."+f.Name.Name] = true
		}
	}
	return names
}
