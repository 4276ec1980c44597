package source

import (
	"context"
	"errors"
	"fmt"
	"go/importer"
	"go/types"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"

	"github.com/terem-go/terem/internal/golist"
)

// imports gives a package what it imports.
type imports struct {
	*Package
	from *elsewhere
}

// Import implements types.Importer.
func (i *imports) Import(name string) (*types.Package, error) {
	other := i.imports[name]
	switch {
	case i.cycles[name] != "":
		return nil, errors.New(i.cycles[name])
	case name == "unsafe":
		return types.Unsafe, nil
	case other == nil:
		return i.from.Import(name)
	case other.Types == nil:
		return nil, errors.New("it has nothing but tests")
	case other.Name == "main" && i.Path != name+"_test":
		return nil, errors.New("it is a program")
	}
	return other.Types, nil
}

// elsewhere are the packages that are not the application's.
type elsewhere struct {
	*loader
	exports map[string]string // the files with what they export
	missing map[string]string // why there is none
	gc      types.Importer
	known   map[string]*types.Package
}

// locate finds what the application imports from elsewhere.
func (l *loader) locate(ctx context.Context) (*elsewhere, error) {
	e := &elsewhere{loader: l, exports: map[string]string{}, missing: map[string]string{}, known: map[string]*types.Package{}}
	e.gc = importer.ForCompiler(l.Fset, "gc", e.open)
	var names []string
	for _, p := range l.units {
		names = append(names, imported(p.Files)...)
	}
	slices.Sort(names)
	names = slices.DeleteFunc(slices.Compact(names), func(name string) bool { return l.own[name] != nil || name == "C" || name == "unsafe" })
	if len(names) == 0 {
		return e, nil
	}
	list, err := golist.Run(ctx, l.Dir, l.Overlay, append([]string{"-export", "-json=ImportPath,Export,Error,DepsErrors", "--"}, names...)...)
	if err != nil {
		return nil, err
	}
	for _, p := range list {
		switch e.exports[p.ImportPath] = p.Export; {
		case p.Export != "":
		case p.Error != nil:
			e.missing[p.ImportPath] = p.Error.Err
		case len(p.DepsErrors) > 0:
			e.missing[p.ImportPath] = p.DepsErrors[0].Err
		default:
			e.missing[p.ImportPath] = "it cannot be compiled"
		}
	}
	return e, nil
}

// Import implements types.Importer.
func (e *elsewhere) Import(name string) (*types.Package, error) {
	if text := strings.TrimSpace(e.missing[name]); text != "" {
		if strings.HasPrefix(name, e.Module+"/") { // no other module will have it
			text, _, _ = strings.Cut(text, "; to add it:")
		}
		return nil, errors.New(text)
	}
	if p := e.known[name]; p != nil {
		return p, nil
	}
	p, err := e.gc.Import(name)
	if err != nil {
		return nil, fmt.Errorf("what the go command says of %s cannot be read; if it is newer than %s, build terem with it: %w", name, runtime.Version(), err)
	}
	for _, other := range p.Imports() {
		if e.own[other.Path()] != nil {
			return nil, fmt.Errorf("%s, which is outside of %s, imports %s in it: name the folder of the whole module", name, e.Dir, other.Path())
		}
	}
	e.known[name] = p
	return p, nil
}

// open returns what a package exports.
func (e *elsewhere) open(name string) (io.ReadCloser, error) {
	file := e.exports[name]
	if file == "" {
		return nil, errors.New("the go command did not list it")
	}
	return os.Open(file)
}
