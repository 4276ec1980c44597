package scaffold

import (
	_ "embed"
	"fmt"
	"go/version"
	"path/filepath"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"

	"github.com/terem-go/terem/internal/change"
)

const (
	libraryPath = "github.com/terem-go/terem"
	// libraryVersion is what an application requires. No release has that
	// version: a replace directive points to the checkout.
	libraryVersion = change.TemplateVersion
)

// requiresText lists the modules that an application needs besides the library,
// on any system, as go mod tidy would: a line "path" or "path // indirect" for
// each. Their versions are those of the library's go.mod. A test checks the
// list.
//
//go:embed requires.txt
var requiresText string

type requirement struct {
	path     string
	indirect bool
}

func requirements() []requirement {
	var list []requirement
	for line := range strings.Lines(requiresText) {
		p, indirect := strings.CutSuffix(strings.TrimSpace(line), " // indirect")
		list = append(list, requirement{p, indirect})
	}
	return list
}

// requires returns what an application's go.mod requires: the library, and the
// rest in the versions that the library's go.mod names.
func requires(library *modfile.File) ([]*modfile.Require, error) {
	versions := map[string]string{}
	for _, r := range library.Require {
		versions[r.Mod.Path] = r.Mod.Version
	}
	list := []*modfile.Require{{Mod: module.Version{Path: libraryPath, Version: libraryVersion}}}
	for _, r := range requirements() {
		v, ok := versions[r.path]
		if !ok {
			return nil, fmt.Errorf("the checkout of Terem does not fit this tool: its go.mod does not require %s", r.path)
		}
		list = append(list, &modfile.Require{Mod: module.Version{Path: r.path, Version: v}, Indirect: r.indirect})
	}
	return list, nil
}

// newGoMod returns the go.mod of an application in the folder dir.
func newGoMod(modulePath, dir string, c *Checkout) ([]byte, error) {
	list, err := requires(c.mod)
	if err != nil {
		return nil, err
	}
	f := new(modfile.File)
	if err := f.AddModuleStmt(modulePath); err != nil {
		return nil, err
	}
	if err := f.AddGoStmt(c.mod.Go.Version); err != nil {
		return nil, err
	}
	f.SetRequireSeparateIndirect(list)
	if err := f.AddReplace(libraryPath, "", replacement(dir, c.Dir), ""); err != nil {
		return nil, err
	}
	f.Cleanup()
	return f.Format()
}

// joinGoMod adds what an application needs to the go.mod of the module in the
// folder root that it becomes part of, and says what it changed.
func joinGoMod(f *modfile.File, root string, c *Checkout) (changes []string, err error) {
	list, err := requires(c.mod)
	if err != nil {
		return nil, err
	}
	own := map[string]*modfile.Require{}
	for _, r := range f.Require {
		own[r.Mod.Path] = r
	}
	merged := f.Require
	for _, r := range list {
		switch have := own[r.Mod.Path]; {
		case have == nil:
			merged = append(merged, r)
			if !r.Indirect {
				changes = append(changes, "require "+r.Mod.Path+" "+r.Mod.Version)
			}
		case semver.Compare(have.Mod.Version, r.Mod.Version) < 0:
			changes = append(changes, "require "+r.Mod.Path+" "+r.Mod.Version+", was "+have.Mod.Version)
			have.Mod.Version = r.Mod.Version
		}
	}
	f.SetRequireSeparateIndirect(merged)
	if own[libraryPath] == nil && !replaced(f) {
		to := replacement(root, c.Dir)
		changes = append(changes, "replace "+libraryPath+" => "+to)
		if err := f.AddReplace(libraryPath, "", to, ""); err != nil {
			return nil, err
		}
	}
	if need := c.mod.Go.Version; f.Go == nil || version.Compare("go"+f.Go.Version, "go"+need) < 0 {
		changes = append(changes, "go "+need)
		f.DropToolchainStmt()
		if err := f.AddGoStmt(need); err != nil {
			return nil, err
		}
	}
	f.Cleanup()
	return changes, nil
}

// replaced reports whether a go.mod says where the library is.
func replaced(f *modfile.File) bool {
	for _, r := range f.Replace {
		if r.Old.Path == libraryPath {
			return true
		}
	}
	return false
}

// replacement is the path from dir to the checkout for a go.mod: relative where
// one of them is below the other's parent folder, so that they can be moved and
// cloned together, and absolute elsewhere.
func replacement(dir, checkout string) string {
	rel, err := filepath.Rel(dir, checkout)
	if err != nil || !below(filepath.Dir(checkout), dir) && !below(filepath.Dir(dir), checkout) {
		return filepath.ToSlash(checkout)
	}
	if filepath.IsLocal(rel) {
		rel = "./" + rel
	}
	return filepath.ToSlash(rel)
}

// below reports whether dir is parent or inside it.
func below(parent, dir string) bool {
	rel, err := filepath.Rel(parent, dir)
	return err == nil && filepath.IsLocal(rel)
}
