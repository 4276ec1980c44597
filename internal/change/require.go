package change

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/modfile"

	"github.com/terem-go/terem/internal/gosyntax"
)

// libraryPath is the module that every application requires.
const libraryPath = "github.com/terem-go/terem"

// requireVerb is that of entries which say what was required: their name is the
// module's path, and their arguments what it was before, absent or indirect, and
// the package whose import needs it.
const requireVerb = "require"

const absent, indirect = "absent", "indirect"

// Require adds a module that the library uses as well to the application's go.mod,
// unless it is there. It needs no network: the version is the library's.
func (s *Set) Require(modulePath string) { s.Fail(s.require(modulePath, modulePath)) }

// RequireFor adds modules that a package of the library is made of, which the
// application imports from now on. It is like Require.
func (s *Set) RequireFor(importPath string, modulePaths ...string) {
	for _, m := range modulePaths {
		s.Fail(s.require(m, importPath))
	}
}

func (s *Set) require(modulePath, importPath string) error {
	manual := fmt.Errorf("the application's module does not require %s. Add it: go get %s", modulePath, modulePath)
	mod, err := s.goMod()
	if errors.Is(err, fs.ErrNotExist) { // the application is part of another module
		return s.requiredAbove(modulePath, manual)
	}
	if err != nil {
		return err
	}
	before := absent
	for _, r := range mod.Require {
		switch {
		case r.Mod.Path == modulePath && (!r.Indirect || modulePath != importPath):
			return nil
		case r.Mod.Path == modulePath:
			before = indirect
			r.Indirect = false
		}
	}
	list := mod.Require
	if before == absent {
		version, err := s.libraryVersion(mod, modulePath)
		if err != nil {
			return errors.Join(err, manual)
		}
		r := &modfile.Require{Indirect: modulePath != importPath}
		r.Mod.Path, r.Mod.Version = modulePath, version
		list = append(list, r)
		if sums, err := s.Read("go.sum"); err != nil || !strings.Contains(string(sums), modulePath+" "+version+" h1:") {
			return manual
		}
	}
	s.manifest.Entries = append(s.manifest.Entries, Entry{Verb: requireVerb, Name: modulePath, Args: []string{before, importPath}, Template: TemplateVersion})
	return s.putGoMod(mod, list)
}

// Unrequire takes back what was required for code that is not there any more.
func (s *Set) Unrequire() { s.Fail(s.unrequire()) }

func (s *Set) unrequire() error {
	var left []Entry
	for _, e := range s.manifest.Entries {
		if e.Verb != requireVerb {
			left = append(left, e)
			continue
		}
		used, err := s.imports(e.Args[1])
		if err != nil {
			return err
		}
		if used {
			left = append(left, e)
			continue
		}
		mod, err := s.goMod()
		if err != nil {
			return err
		}
		var list []*modfile.Require
		for _, r := range mod.Require {
			if r.Mod.Path == e.Name && e.Args[0] == absent {
				continue
			}
			r.Indirect = r.Indirect || r.Mod.Path == e.Name
			list = append(list, r)
		}
		if err := s.putGoMod(mod, list); err != nil {
			return err
		}
	}
	s.manifest.Entries = left
	return nil
}

func (s *Set) goMod() (*modfile.File, error) {
	text, err := s.Read("go.mod")
	if err != nil {
		return nil, err
	}
	return modfile.Parse(s.path("go.mod"), text, nil)
}

func (s *Set) putGoMod(mod *modfile.File, list []*modfile.Require) error {
	mod.SetRequireSeparateIndirect(list)
	mod.Cleanup()
	text, err := mod.Format()
	if err == nil {
		s.Write("go.mod", text)
	}
	return err
}

// requiredAbove returns the error if no go.mod above the application names the
// module.
func (s *Set) requiredAbove(modulePath string, missing error) error {
	root, ok := gosyntax.ModuleRoot(filepath.Dir(s.dir))
	if !ok {
		return missing
	}
	text, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		return err
	}
	mod, err := modfile.ParseLax("go.mod", text, nil)
	if err != nil {
		return err
	}
	requires := slices.ContainsFunc(mod.Require, func(r *modfile.Require) bool { return r.Mod.Path == modulePath })
	if requires || mod.Module != nil && mod.Module.Mod.Path == libraryPath {
		return nil
	}
	return missing
}

// libraryVersion returns the version of a module that the library requires, which
// the application's go.mod replaces by a checkout.
func (s *Set) libraryVersion(mod *modfile.File, modulePath string) (string, error) {
	for _, r := range mod.Replace {
		if r.Old.Path != libraryPath || r.New.Version != "" {
			continue
		}
		dir := filepath.FromSlash(r.New.Path)
		if !filepath.IsAbs(dir) {
			dir = filepath.Join(s.dir, dir)
		}
		text, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err != nil {
			return "", err
		}
		library, err := modfile.ParseLax("go.mod", text, nil)
		if err != nil {
			return "", err
		}
		for _, r := range library.Require {
			if r.Mod.Path == modulePath {
				return r.Mod.Version, nil
			}
		}
	}
	return "", fmt.Errorf("it is not known which version of %s the library uses", modulePath)
}

// imports reports whether code of the application imports a package of the path.
func (s *Set) imports(importPath string) (found bool, err error) {
	err = s.EachGo(func(p string, text []byte) error {
		found = found || strings.Contains(string(text), strconv.Quote(importPath))
		return nil
	})
	return found, err
}

// EachGo calls f for every Go file of the application as it is after the changes
// so far, but for what the go command passes over and for nested modules.
func (s *Set) EachGo(f func(p string, text []byte) error) error {
	seen := map[string]bool{}
	visit := func(p string) error {
		if seen[p] || !strings.HasSuffix(p, ".go") || strings.ContainsAny(path.Base(p)[:1], "._") {
			return nil
		}
		seen[p] = true
		if known := s.files[p]; known != nil && known.new != nil {
			return f(p, known.new)
		} else if known != nil {
			return nil
		}
		text, err := os.ReadFile(s.path(p))
		if err != nil {
			return err
		}
		return f(p, text)
	}
	err := gosyntax.EachFile(s.dir, func(name string) error {
		rel, err := filepath.Rel(s.dir, name)
		if err != nil {
			return err
		}
		return visit(filepath.ToSlash(rel))
	})
	for p := range s.files {
		if err == nil {
			err = visit(p)
		}
	}
	return err
}
