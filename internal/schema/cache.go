package schema

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
)

// cache has what was read from disk, for reading the models of an application
// before a change and after it.
type cache struct {
	fset  *token.FileSet
	texts map[string][]byte // of files by their names
	files map[string]*ast.File
	found map[string]found // packages by their import paths
}

func newCache() *cache {
	return &cache{fset: token.NewFileSet(), texts: map[string][]byte{}, files: map[string]*ast.File{}, found: map[string]found{}}
}

// found is what the go command says of a package.
type found struct {
	ImportPath, Dir   string
	GoFiles, CgoFiles []string
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
func (l *loader) parseFound(f found) error {
	_, err := l.parse(f.ImportPath, f.Dir, append(append([]string{}, f.GoFiles...), f.CgoFiles...))
	return err
}

// goList asks the go command where packages are.
func (l *loader) goList(importPaths []string) (list []found, err error) {
	args := []string{"list", "-e", "-find", "-json=ImportPath,Dir,GoFiles,CgoFiles"}
	flags, done, err := l.files.goMod(l.root)
	if err != nil {
		return nil, err
	}
	defer done()
	cmd := exec.Command("go", append(append(args, flags...), importPaths...)...)
	cmd.Dir = l.dir
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if errors.Is(err, exec.ErrNotFound) {
		return nil, errors.New("the go command is not there: terem reads applications with it, see https://go.dev/dl")
	}
	if err != nil {
		return nil, fmt.Errorf("go list: %w: %s", err, bytes.TrimSpace(complaint.Bytes()))
	}
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var f found
		if err := d.Decode(&f); errors.Is(err, io.EOF) {
			return list, nil
		} else if err != nil {
			return nil, err
		}
		list = append(list, f)
	}
}
