package parts

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"

	"github.com/terem-go/terem/internal/application"
	"github.com/terem-go/terem/internal/change"
	"github.com/terem-go/terem/internal/goedit"
)

// createOrExtend creates a file of Go, or adds its imports and, at the end, its declarations to the one that is there.
func createOrExtend(c *change.Set, p *application.Package, name string, f file) error {
	if p.Files[name] == nil {
		c.Create(f.path, f.data)
		return nil
	}
	fset := token.NewFileSet()
	parsed, err := parser.ParseFile(fset, name, f.data, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	begin := -1
	for _, d := range parsed.Decls {
		pos := d.Pos()
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Doc != nil {
				pos = d.Doc.Pos()
			}
		case *ast.GenDecl:
			if d.Tok == token.IMPORT {
				continue
			}
			if d.Doc != nil {
				pos = d.Doc.Pos()
			}
		}
		begin = fset.Position(pos).Offset
		break
	}
	c.Go(f.path, func(to *goedit.File) {
		for _, s := range parsed.Imports {
			importPath, _ := strconv.Unquote(s.Path.Value)
			to.AddImport(importPath)
		}
		to.AddDecl(string(f.data[begin:len(f.data)-1]), goedit.After(p.Declared(name)...))
	})
	return nil
}

// declares reports whether a file of tests declares what a new test needs. Without it there is no such test.
func declares(c *change.Set, file string, names ...string) bool {
	text, err := c.Read(file)
	if err != nil {
		return false
	}
	f, err := goedit.Parse(file, text)
	return err == nil && !slices.ContainsFunc(names, func(name string) bool { return !f.Declares(name) })
}

// comment returns a text as the lines of a comment.
func comment(text string) string {
	var b strings.Builder
	width := 0
	for word := range strings.FieldsSeq(text) {
		if width == 0 || width+1+len(word) > 80 {
			if width > 0 {
				b.WriteByte('\n')
			}
			b.WriteString("//")
			width = 2
		}
		b.WriteString(" " + word)
		width += 1 + len(word)
	}
	return b.String() + "\n"
}
