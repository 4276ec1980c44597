package domain

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
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
	missing := []string{"Current", "Required", "Superuser", "User", "UserRead"}
	if d.Pages {
		missing = append(missing, "Member", "Visitor")
	}
	err := s.EachGo(func(p string, text []byte) error {
		dir := path.Dir(p)
		if dir != "users" && dir != "." && dir != "pages" || strings.HasSuffix(p, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), p, text, 0)
		if err != nil {
			return fmt.Errorf("%w. Mend it first", err)
		}
		if dir != "users" {
			return d.shadowed(p, file)
		}
		missing = slices.DeleteFunc(missing, func(name string) bool { return file.Scope.Lookup(name) != nil })
		return nil
	})
	for _, f := range d.Refs() {
		if !s.Exists(f.Table.Domain) {
			err = errors.Join(err, fmt.Errorf("the field %s: its table is described by the package %s, which is no folder of the application's own: make the column by hand", f.Name, f.Table.Domain))
		}
	}
	if len(missing) > 0 {
		err = errors.Join(err, fmt.Errorf("a domain uses %s of the domain users, which does not declare that. Put it back: terem new writes it into users/dependencies.go", "users."+strings.Join(missing, ", users.")))
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

// checkRoutes refuses a path that routes of the application have already.
func (d *Domain) checkRoutes(s *change.Set) error {
	fset := token.NewFileSet()
	return s.EachGo(func(p string, text []byte) error {
		page := path.Dir(p) == "pages"
		if strings.HasSuffix(p, "_test.go") || page && !d.Pages || !strings.Contains(string(text), `"/`+d.Path) {
			return nil
		}
		file, err := parser.ParseFile(fset, p, text, parser.SkipObjectResolution)
		if err != nil {
			return fmt.Errorf("%w. Mend it first", err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if c, ok := n.(*ast.CallExpr); ok && err == nil && d.taken(c) {
				at := fset.Position(c.Pos())
				err = fmt.Errorf("%s:%d has a route of the path /%s already: take another name for the domain", p, at.Line, d.Path)
			}
			return true
		})
		return err
	})
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
