package schema

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"slices"

	"github.com/terem-go/terem/internal/golist"
)

// cache has what was read from disk, for reading the models of an application
// before a change and after it.
type cache struct {
	fset  *token.FileSet
	texts map[string][]byte // of files by their names
	files map[string]*ast.File
	found map[string]*golist.Package // packages by their import paths
}

func newCache() *cache {
	return &cache{fset: token.NewFileSet(), texts: map[string][]byte{}, files: map[string]*ast.File{}, found: map[string]*golist.Package{}}
}

// read returns the text of a file.
func (l *loader) read(name string) ([]byte, error) {
	if _, changed := l.files[name]; changed {
		return l.files.read(name)
	}
	if text, ok := l.cache.texts[name]; ok {
		return text, nil
	}
	text, err := os.ReadFile(name)
	if err == nil {
		l.cache.texts[name] = text
	}
	return text, err
}

// parseFile returns the syntax of a file, also what can be read of one with an
// error.
func (l *loader) parseFile(name string) (*ast.File, error) {
	_, changed := l.files[name]
	if f := l.cache.files[name]; f != nil && !changed {
		return f, nil
	}
	text, err := l.read(name)
	if err != nil {
		return nil, err
	}
	f, err := parser.ParseFile(l.fset, name, text, parser.SkipObjectResolution)
	if err == nil && !changed {
		l.cache.files[name] = f
	}
	return f, err
}

// parseFound reads the files of a package that the go command has found.
func (l *loader) parseFound(f *golist.Package) error {
	_, err := l.parse(f.ImportPath, f.Dir, slices.Concat(f.GoFiles, f.CgoFiles))
	return err
}
