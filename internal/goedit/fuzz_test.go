package goedit_test

import (
	"bytes"
	"go/format"
	"go/parser"
	"go/scanner"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/terem-go/terem/internal/goedit"
)

// FuzzEdits edits any Go file wherever it can be: the result is Go, and taken back
// it has the tokens of before.
func FuzzEdits(f *testing.F) {
	goldens, err := filepath.Glob(filepath.Join("testdata", "edits", "*.txt"))
	if err != nil || len(goldens) == 0 {
		f.Fatal(goldens, err)
	}
	for _, g := range goldens {
		text, err := os.ReadFile(g)
		if err != nil {
			f.Fatal(err)
		}
		before, after, _ := strings.Cut(string(text), separator)
		f.Add([]byte(before))
		f.Add([]byte(after))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		for _, add := range everywhere(src) {
			file, err := goedit.Parse("x.go", src)
			if err != nil {
				continue
			}
			add(file)
			after, err := file.Source()
			if err != nil {
				continue
			}
			if _, err := parser.ParseFile(token.NewFileSet(), "", after, parser.SkipObjectResolution); err != nil {
				t.Fatalf("%v: %q became %q", err, src, after)
			}
			if len(file.Inserts()) == 0 {
				continue
			}
			back, err := undo(string(after), file)
			if err != nil {
				t.Fatalf("%v: %q became %q", err, src, after)
			}
			if a, b := canonical(src), canonical([]byte(back)); !slices.Equal(a, b) {
				t.Fatalf("%q became %q, then %q", src, after, back)
			}
		}
	})
}

// everywhere returns edits of each struct, function, call and literal.
func everywhere(src []byte) (list []func(*goedit.File)) {
	file, err := parser.ParseFile(token.NewFileSet(), "", src, parser.SkipObjectResolution)
	if err != nil {
		return nil
	}
	names := map[string]bool{}
	var s scanner.Scanner
	fset := token.NewFileSet()
	s.Init(fset.AddFile("", fset.Base(), len(src)), src, nil, 0)
	for {
		_, tok, lit := s.Scan()
		if tok == token.EOF {
			break
		}
		if tok == token.IDENT {
			names[lit] = true
		}
	}
	last := ""
	for name := range names {
		list = append(list,
			func(f *goedit.File) { f.AddField(name, "Fresh int `json:\"fresh\"`", goedit.Last) },
			func(f *goedit.File) { f.AddField(name, "Fresh int", goedit.Before("B", "CreatedAt")) },
			func(f *goedit.File) { f.AddStatement(name, "fresh()\nfresh()", goedit.Last) },
			func(f *goedit.File) { f.AddStatement(name, "fresh()", goedit.After("x", "a")) },
			func(f *goedit.File) { f.AddArgument(name, last, "fresh") },
			func(f *goedit.File) { f.AddElement(name, last, "fresh: 1", goedit.Before("A")) },
			func(f *goedit.File) { f.AddToString(name, "a", ",fresh") },
			func(f *goedit.File) { f.Replace(name, last, "fresh"); f.AddStatement(name, "fresh(1)", goedit.Last) },
			func(f *goedit.File) { f.ReplaceAll(last, "fresh") },
			func(f *goedit.File) { f.AddDecl("// Fresh is.\ntype Fresh int", goedit.After(name)) },
			func(f *goedit.File) { f.AddDecl("func fresh() {\n}", goedit.Before(name)) },
		)
		last = name
	}
	return append(list,
		func(f *goedit.File) { f.AddSpec(token.VAR, "Fresh = 1", goedit.Last) },
		func(f *goedit.File) { f.AddDirective("//fresh:line one") },
		func(f *goedit.File) { f.AddImport("fresh/package"); f.AddDecl("func fresh() {}", goedit.Last) },
		func(f *goedit.File) { f.AddDecl("func ("+file.Name.Name+") fresh() {}", goedit.Last) },
	)
}

// canonical returns the tokens of a source, with comments as words in a row.
func canonical(src []byte) (list []string) {
	if formatted, err := format.Source(bytes.TrimPrefix(src, []byte("\ufeff"))); err == nil {
		src = formatted
	}
	var s scanner.Scanner
	fset := token.NewFileSet()
	s.Init(fset.AddFile("", fset.Base(), len(src)), src, nil, scanner.ScanComments)
	for {
		_, tok, lit := s.Scan()
		switch tok {
		case token.EOF:
			return list
		case token.SEMICOLON:
		case token.COMMENT:
			list = append(list, strings.Join(strings.Fields(lit), ""))
		default:
			list = append(list, tok.String()+lit)
		}
	}
}
