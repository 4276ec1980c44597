package goedit

import (
	"go/ast"
	"strings"

	"github.com/terem-go/terem/internal/gosyntax"
)

// decl is a declaration with its name: a type, function, constant or variable by
// its own, a method as Type.Method.
type decl struct {
	name string
	node ast.Node // a FuncDecl or a Spec
	span          // with its comment; for a Spec that stands alone that of the whole
	kind string   // func, method, type, const or var
}

// decls returns the declarations of the file but for imports.
func (f *File) decls() (list []decl) {
	add := func(name, kind string, n ast.Node, doc *ast.CommentGroup, around ast.Node) {
		d := decl{name, n, span{f.offset(around.Pos()), f.offset(around.End())}, kind}
		if doc != nil {
			d.pos = f.offset(doc.Pos())
		}
		list = append(list, d)
	}
	for _, n := range f.ast.Decls {
		switch n := n.(type) {
		case *ast.FuncDecl:
			name, kind := n.Name.Name, "func"
			if n.Recv != nil && len(n.Recv.List) > 0 {
				name, kind = gosyntax.Receiver(n)+"."+name, "method"
			}
			add(name, kind, n, n.Doc, n)
		case *ast.GenDecl:
			for _, s := range n.Specs {
				var around ast.Node = s
				var doc *ast.CommentGroup
				if !n.Lparen.IsValid() {
					around, doc = n, n.Doc
				}
				switch s := s.(type) {
				case *ast.TypeSpec:
					if doc == nil {
						doc = s.Doc
					}
					add(s.Name.Name, "type", s, doc, around)
				case *ast.ValueSpec:
					if doc == nil {
						doc = s.Doc
					}
					for _, name := range s.Names {
						add(name.Name, n.Tok.String(), s, doc, around)
					}
				}
			}
		}
	}
	return list
}

// named returns the declaration of a name.
func (f *File) named(name string) (decl, bool) {
	for _, d := range f.decls() {
		if d.name == name {
			return d, true
		}
	}
	return decl{}, false
}

// Declares reports whether the file declares a name, such as Order or
// Router.Routes.
func (f *File) Declares(name string) bool {
	_, ok := f.named(name)
	return ok
}

// Package returns the name in the package clause.
func (f *File) Package() string { return f.ast.Name.Name }

// scope returns where in the source a scope is. The scope without a name is the
// whole file.
func (f *File) scope(name string) (lo, hi int, ok bool) {
	if name == "" {
		return 0, len(f.src), true
	}
	d, ok := f.named(name)
	return d.pos, d.end, ok
}

// function returns the function of a name if it has a body.
func (f *File) function(name string) *ast.FuncDecl {
	if d, ok := f.named(name); ok {
		if fn, ok := d.node.(*ast.FuncDecl); ok && fn.Body != nil {
			return fn
		}
	}
	return nil
}

// structure returns the struct at a path: a type, and the names of fields within.
func (f *File) structure(path string) *ast.StructType {
	name, rest, _ := strings.Cut(path, ".")
	d, _ := f.named(name)
	spec, ok := d.node.(*ast.TypeSpec)
	if !ok {
		return nil
	}
	t := spec.Type
	for {
		if star, ok := t.(*ast.StarExpr); ok {
			t = star.X
		}
		s, ok := t.(*ast.StructType)
		if !ok || rest == "" {
			return s
		}
		name, rest, _ = strings.Cut(rest, ".")
		t = nil
		for _, field := range s.Fields.List {
			for _, n := range field.Names {
				if n.Name == name {
					t = field.Type
				}
			}
		}
	}
}

// Doc returns the comment of a declaration as it stands in source.
func (f *File) Doc(name string) string {
	d, ok := f.named(name)
	if !ok || d.pos == f.offset(d.node.Pos()) {
		return ""
	}
	return string(f.src[d.pos:f.offset(d.node.Pos())])
}
