package goedit

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/token"
	"slices"
	"strconv"
	"strings"

	"github.com/terem-go/terem/internal/gosyntax"
)

// Import is a package that added code uses.
type Import struct {
	Path string `json:"path"`
	Name string `json:"name,omitempty"` // if it is not the one that the path says
	// Grouped says that the file had one import without parentheses, which got
	// them.
	Grouped bool `json:"grouped,omitempty"`
}

// AddImport imports a package under its own name, among its like: packages of the
// standard library, others, those of the module. A file that imports it already
// stays as it is.
func (f *File) AddImport(importPath string) { f.AddNamedImport("", importPath) }

// AddNamedImport imports a package as AddImport does, under another name.
func (f *File) AddNamedImport(name, importPath string) {
	im := Import{Path: importPath, Name: name}
	for _, s := range f.ast.Imports {
		other := imported(s)
		switch {
		case other.called() != im.called() || im.called() == "_":
		case other.Path == im.Path:
			f.imports = append(f.imports, im)
			return
		default:
			f.errs = append(f.errs, fmt.Errorf("%s imports %s as %s, and what is to be added means %s by that name. Give the other import another name", f.name, other.Path, im.called(), im.Path))
			return
		}
	}
	before := f.src
	im.Grouped = f.putImport(im)
	if err := f.parse(); err != nil {
		f.src = before
		f.errs = append(f.errs, fmt.Errorf("%s cannot import %s: %w", f.name, im.Path, err))
		return
	}
	f.imports = append(f.imports, im)
}

// putImport changes the source.
func (f *File) putImport(im Import) (grouped bool) {
	put := func(at int, text string) { f.src = slices.Concat(f.src[:at], []byte(text), f.src[at:]) }
	var single *ast.GenDecl
	for _, n := range f.ast.Decls {
		g, ok := n.(*ast.GenDecl)
		if !ok || g.Tok != token.IMPORT || len(g.Specs) == 0 || imported(g.Specs[0]).Path == "C" {
			continue
		}
		if g.Lparen.IsValid() {
			put(f.importPlace(g, im))
			return false
		}
		single = g
	}
	if single == nil {
		at, ok := f.below(f.offset(f.ast.Name.End()))
		if !ok || f.src[at-1] != '\n' {
			put(at, "\n")
			at++
		}
		put(at, "\nimport "+im.String()+"\n")
		return false
	}
	spec := single.Specs[0]
	end, ok := f.below(f.offset(spec.End()))
	if !ok || f.src[end-1] != '\n' {
		put(f.offset(single.End()), "\nimport "+im.String()+"\n")
		return false
	}
	first, second := "\n", "\t"+im.String()+"\n)\n"
	switch other := imported(spec); {
	case f.class(im) < f.class(other):
		first, second = "\n\t"+im.String()+"\n\n", ")\n"
	case f.class(im) > f.class(other):
		second = "\n" + second
	case im.Path < other.Path:
		first, second = "\n\t"+im.String()+"\n", ")\n"
	}
	put(end, second)
	put(f.offset(spec.Pos()), "("+first+"\t")
	return true
}

// importPlace returns where a line is put into a group of imports, and the line.
func (f *File) importPlace(g *ast.GenDecl, im Import) (int, string) {
	line := "\t" + im.String() + "\n"
	begin := func(s ast.Spec) int {
		at := f.offset(s.Pos())
		if doc := s.(*ast.ImportSpec).Doc; doc != nil {
			at = f.offset(doc.Pos())
		}
		if start, blank := f.line(at); blank {
			return start
		}
		line = im.String() + "; "
		return at
	}
	below := func(s ast.Spec) int {
		at, ok := f.below(f.offset(s.End()))
		if !ok {
			line, at = "; "+im.String(), f.offset(s.End())
		}
		return at
	}
	if i := slices.IndexFunc(g.Specs, func(s ast.Spec) bool { return f.class(imported(s)) > f.class(im) }); i >= 0 && !slices.ContainsFunc(g.Specs, func(s ast.Spec) bool { return f.class(imported(s)) == f.class(im) }) {
		at := begin(g.Specs[i])
		if strings.HasSuffix(line, "\n") {
			line += "\n"
		}
		if i > 0 && bytes.Count(f.src[f.offset(g.Specs[i-1].End()):at], []byte("\n")) < 2 {
			line = "\n" + line
		}
		return at, line
	}
	last := g.Specs[len(g.Specs)-1]
	var behind ast.Spec
	for i, s := range g.Specs {
		if f.class(imported(s)) != f.class(im) {
			continue
		}
		follows := i > 0 && s != g.Specs[0] && f.class(imported(g.Specs[i-1])) == f.class(im)
		if imported(s).Path > im.Path && (behind == nil || follows) {
			return begin(s), line
		}
		behind = s
	}
	if behind != nil {
		return below(behind), line
	}
	at := below(last)
	if strings.HasSuffix(line, "\n") {
		line = "\n" + line
	}
	return at, line
}

// class is 0 for packages of the standard library, 2 for the module's own, 1 for
// others.
func (f *File) class(im Import) int {
	first, _, _ := strings.Cut(im.Path, "/")
	switch {
	case f.Module != "" && (im.Path == f.Module || strings.HasPrefix(im.Path, f.Module+"/")):
		return 2
	case strings.Contains(first, "."):
		return 1
	}
	return 0
}

func imported(s ast.Spec) Import {
	spec := s.(*ast.ImportSpec)
	p, _ := strconv.Unquote(spec.Path.Value)
	im := Import{Path: p}
	if spec.Name != nil {
		im.Name = spec.Name.Name
	}
	return im
}

// String returns the import as it stands in source.
func (im Import) String() string {
	return strings.TrimSpace(im.Name + " " + strconv.Quote(im.Path))
}

// called returns the name of the package in the file.
func (im Import) called() string {
	if im.Name != "" {
		return im.Name
	}
	return gosyntax.PackageName(im.Path)
}
