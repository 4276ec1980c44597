package schema

import (
	"go/ast"
	"go/token"
	"go/types"
	"path"
	"slices"
	"strconv"

	"github.com/terem-go/terem/internal/gosyntax"
)

// methods are those that say something about a column or a table.
var methods = []string{"Scan", "Value", "Values", "Table", "holdsJSON"}

// needs keeps a declaration of a package, with what it uses.
func (l *loader) needs(p *pkg, name string) {
	if p.need[name] {
		return
	}
	p.need[name] = true
	for _, f := range p.files {
		for _, decl := range f.ast.Decls {
			switch d := decl.(type) {
			case *ast.FuncDecl:
				if d.Recv != nil && slices.Contains(methods, d.Name.Name) && gosyntax.Receiver(d) == name {
					f.keep[d] = true
					l.uses(p, f, d.Type)
					l.uses(p, f, d.Recv)
					if d.Body != nil && (d.Name.Name == "Values" || d.Name.Name == "Table") {
						l.uses(p, f, d.Body)
					}
				}
			case *ast.GenDecl:
				l.needsSpec(p, f, d, name)
			}
		}
	}
}

func (l *loader) needsSpec(p *pkg, f *file, d *ast.GenDecl, name string) {
	for _, spec := range d.Specs {
		switch s := spec.(type) {
		case *ast.TypeSpec:
			if s.Name.Name == name {
				if !p.own {
					hide(s)
				}
				f.keep[d], f.specs[s] = true, true
				l.uses(p, f, s.Type)
				if s.TypeParams != nil {
					l.uses(p, f, s.TypeParams)
				}
			}
		case *ast.ValueSpec:
			if d.Tok == token.CONST && slices.ContainsFunc(s.Names, func(n *ast.Ident) bool { return n.Name == name }) && !f.keep[d] {
				f.keep[d] = true // whole: a constant may count on from the one above
				for _, spec := range d.Specs {
					f.specs[spec] = true
					l.uses(p, f, spec)
				}
			}
		}
	}
}

// hide drops the fields of another module's struct that nobody else sees.
func hide(s *ast.TypeSpec) {
	t, ok := s.Type.(*ast.StructType)
	if !ok {
		return
	}
	t.Fields.List = slices.DeleteFunc(t.Fields.List, func(f *ast.Field) bool {
		return len(f.Names) > 0 && !slices.ContainsFunc(f.Names, (*ast.Ident).IsExported)
	})
}

// uses keeps what a part of a file names.
func (l *loader) uses(p *pkg, f *file, n ast.Node) {
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			if x, ok := n.X.(*ast.Ident); ok {
				l.imported(f, x.Name, n.Sel.Name)
			}
		case *ast.Ident:
			l.needs(p, n.Name)
		case *ast.Field: // names of fields and parameters are not uses
			l.uses(p, f, n.Type)
			return false
		}
		return true
	})
}

// imported wants a declaration of the package that a file calls name.
func (l *loader) imported(f *file, name, declaration string) {
	f.names[name] = true
	var guesses []string
	for _, i := range f.ast.Imports {
		importPath, _ := strconv.Unquote(i.Path.Value)
		switch {
		case i.Name != nil && i.Name.Name == name, i.Name == nil && gosyntax.PackageName(importPath) == name:
			l.wanted = append(l.wanted, want{path: importPath, name: declaration})
			return
		case i.Name == nil:
			guesses = append(guesses, importPath)
		}
	}
	for _, g := range guesses { // one of them has another name than its path says
		l.wanted = append(l.wanted, want{path: g, name: declaration, called: name})
	}
}

// check makes the types of a package from what is needed of it.
func (l *loader) check(p *pkg) {
	if p.types != nil {
		return
	}
	name := path.Base(p.path)
	var files []*ast.File
	for _, f := range p.files {
		name = f.ast.Name.Name
		files = append(files, f.kept())
	}
	p.types = types.NewPackage(p.path, name)
	info := &types.Info{Defs: map[*ast.Ident]types.Object{}}
	config := types.Config{
		IgnoreFuncBodies: true, FakeImportC: true,
		Importer: importer{l},
		Error:    func(error) {}, // what cannot be resolved has no type, which is told where it matters
	}
	_ = types.NewChecker(&config, l.fset, p.types, info).Files(files)
	for _, f := range files {
		for _, d := range f.Decls {
			if d, ok := d.(*ast.FuncDecl); ok {
				p.methods[info.Defs[d.Name]] = d
			}
		}
	}
}

// kept returns the file with what is needed of it.
func (f *file) kept() *ast.File {
	out := *f.ast
	out.Decls = nil
	for _, decl := range f.ast.Decls {
		d, general := decl.(*ast.GenDecl)
		switch {
		case general && d.Tok == token.IMPORT:
			out.Decls = append(out.Decls, d)
		case general && f.keep[d]:
			copied := *d
			copied.Specs = slices.DeleteFunc(slices.Clone(d.Specs), func(s ast.Spec) bool { return !f.specs[s] })
			out.Decls = append(out.Decls, &copied)
		case f.keep[decl]:
			out.Decls = append(out.Decls, decl)
		}
	}
	return &out
}

// importer gives the checker packages of which some declarations are there.
type importer struct{ *loader }

func (i importer) Import(importPath string) (*types.Package, error) {
	if importPath == "unsafe" {
		return types.Unsafe, nil
	}
	p := i.pkgs[importPath]
	if p == nil { // nothing of it is needed
		p = &pkg{path: importPath, types: types.NewPackage(importPath, gosyntax.PackageName(importPath))}
		p.types.MarkComplete()
		return p.types, nil
	}
	i.check(p)
	return p.types, nil
}

// declaration returns where a method is declared.
func (l *loader) declaration(f *types.Func) (*pkg, *ast.FuncDecl) {
	f = f.Origin()
	if f.Pkg() == nil || l.pkgs[f.Pkg().Path()] == nil {
		return nil, nil
	}
	p := l.pkgs[f.Pkg().Path()]
	return p, p.methods[f]
}
