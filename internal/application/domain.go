package application

import (
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// Domain is a domain of an application: a folder with a domain.go.
type Domain struct {
	*Package
	Repository string // the field of its type Domain that is its Repository, such as Users
	Row        string // the type of the repository's rows, such as User
	Table      string // their table, such as users
	Keys       []Key  // what a row is found by: one, or more for a key of several columns
}

// Key is a field of a struct, such as one of a primary key.
type Key struct {
	Field   string   // its name, such as ID
	Type    string   // as the domain writes it, such as int64
	Abroad  string   // as other packages write it: with the domain's name if the type is one of its own
	Own     bool     // the type is one of the domain's own, or is made of one
	Imports []string // what other packages import for it, besides the domain
}

// Domain reads the domain of a name. It has a type Domain with a field of type Repository, which embeds a dao.Table.
func (a *Application) Domain(name string) (*Domain, error) {
	p, err := a.DomainPackage(name)
	if err != nil {
		return nil, err
	}
	d := &Domain{Package: p}
	if st := p.Struct("Domain"); st != nil {
		for _, f := range st.Fields.List {
			if id, ok := f.Type.(*ast.Ident); ok && id.Name == "Repository" && len(f.Names) > 0 && f.Names[0].IsExported() {
				d.Repository = f.Names[0].Name
				break
			}
		}
	}
	if d.Repository == "" {
		return nil, fmt.Errorf("the type Domain in %s/domain.go has no exported field of type Repository, so nobody can be given it. "+
			"Add one, such as: %s Repository", name, strings.ToUpper(name[:1])+name[1:])
	}
	if d.Row = p.row("Repository"); d.Row == "" {
		return nil, fmt.Errorf("the type Repository in %s embeds no dao.Table[…] of a type of that domain. Embed one, such as: "+
			"type Repository struct{ dao.Table[Order] }", name)
	}
	if d.Table = p.table(d.Row); d.Table == "" {
		return nil, fmt.Errorf("no dao.Of[%s](\"…\") in %s says which table the rows are in", d.Row, name)
	}
	if d.Keys = p.keys(d.Row); len(d.Keys) == 0 {
		return nil, fmt.Errorf("the type %s in %s has no field whose tag says pk, so its rows cannot be found one by one", d.Row, name)
	}
	return d, nil
}

// keys returns the fields of a row's type whose tags say pk, those of embedded structs
// included.
func (p *Package) keys(row string) []Key {
	return p.fields(row, func(f *ast.Field) bool {
		if f.Tag == nil {
			return false
		}
		tag, err := strconv.Unquote(f.Tag.Value)
		return err == nil && slices.Contains(strings.Split(reflect.StructTag(tag).Get("db"), ","), "pk")
	})
}

// Exported returns the fields of a struct that other packages can read, those of embedded structs of the package included.
func (p *Package) Exported(typ string) []Key {
	list := p.fields(typ, func(*ast.Field) bool { return true })
	return slices.DeleteFunc(list, func(k Key) bool { return !token.IsExported(k.Field) })
}

// fields returns the named fields of a struct that are wanted, those of embedded structs included.
func (p *Package) fields(typ string, wanted func(*ast.Field) bool, around ...string) (list []Key) {
	st := p.Struct(typ)
	if st == nil || slices.Contains(around, typ) { // a type within itself does not compile
		return nil
	}
	for _, f := range st.Fields.List {
		if id, ok := f.Type.(*ast.Ident); ok && len(f.Names) == 0 {
			list = append(list, p.fields(id.Name, wanted, append(around, typ)...)...)
			continue
		}
		if len(f.Names) == 0 || !wanted(f) {
			continue
		}
		k := p.described(f.Type)
		for _, name := range f.Names {
			k.Field = name.Name
			list = append(list, k)
		}
	}
	return list
}

// described returns what a key of a type says of it.
func (p *Package) described(typ ast.Expr) (k Key) {
	k.Type = types.ExprString(typ)
	k.Abroad = k.Type
	ast.Inspect(typ, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			if importPath := p.imported(n.Pos(), types.ExprString(n.X)); importPath != "" {
				k.Imports = append(k.Imports, importPath)
			}
			return false
		case *ast.Ident:
			k.Own = k.Own || p.Declares(n.Name) != ""
		}
		return true
	})
	if _, plain := typ.(*ast.Ident); plain && k.Own {
		k.Abroad = p.Name + "." + k.Type
	}
	return k
}

// imported returns the import path of a name in the file at a position.
func (p *Package) imported(at token.Pos, name string) string {
	for _, f := range p.Files {
		if f.FileStart > at || at >= f.FileEnd {
			continue
		}
		for _, s := range f.Imports {
			importPath, _ := strconv.Unquote(s.Path.Value)
			if imports(f, importPath) == name {
				return importPath
			}
		}
	}
	return ""
}

// DomainPackage reads the package of the domain of a name, which need not have a repository.
func (a *Application) DomainPackage(name string) (*Package, error) {
	if !fs.ValidPath(name) || strings.HasPrefix(name, ".") {
		return nil, fmt.Errorf("%q cannot be a domain: name its folder, such as orders", name)
	}
	p, err := a.Package(name)
	if errors.Is(err, fs.ErrNotExist) || err == nil && p.Files["domain.go"] == nil {
		return nil, fmt.Errorf("there is no domain %s: %s has no domain.go%s", name, filepath.Join(a.Dir, name), a.others())
	}
	return p, err
}

// others says which domains there are.
func (a *Application) others() string {
	if list := a.Domains(); len(list) > 0 {
		return ". Domains are: " + strings.Join(list, ", ")
	}
	return ""
}

// Domains returns the names of the domains, in their order.
func (a *Application) Domains() []string {
	found, _ := filepath.Glob(filepath.Join(a.Dir, "*", "domain.go"))
	var list []string
	for _, name := range found {
		if info, err := os.Stat(name); err == nil && info.Mode().IsRegular() {
			list = append(list, filepath.Base(filepath.Dir(name)))
		}
	}
	slices.Sort(list)
	return list
}

// row returns the T of the dao.Table[T] that a struct embeds, or "".
func (p *Package) row(name string) string {
	st := p.Struct(name)
	if st == nil {
		return ""
	}
	for _, f := range st.Fields.List {
		index, ok := f.Type.(*ast.IndexExpr)
		if ok && len(f.Names) == 0 && types.ExprString(index.X) == "dao.Table" {
			return types.ExprString(index.Index)
		}
	}
	return ""
}

// table returns the table that a call of dao.Of[row] names, or "".
func (p *Package) table(row string) (name string) {
	for _, file := range p.names() {
		ast.Inspect(p.Files[file], func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) == 0 || types.ExprString(call.Fun) != "dao.Of["+row+"]" {
				return true
			}
			if text, ok := call.Args[0].(*ast.BasicLit); ok && name == "" {
				name, _ = strconv.Unquote(text.Value)
			}
			return true
		})
	}
	return name
}
