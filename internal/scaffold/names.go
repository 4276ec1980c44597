package scaffold

import (
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/mod/module"
)

// foreign are the characters that a name of an application cannot have.
var foreign = regexp.MustCompile(`[^a-z0-9]+`)

// appName turns the last element of a path into a name that a database, a
// service and a file can have: lower-case letters, digits and hyphens, a letter
// first. It returns "" when nothing is left.
func appName(p string) string {
	name := strings.Trim(foreign.ReplaceAllString(strings.ToLower(path.Base(p)), "-"), "-")
	if name != "" && name[0] <= '9' {
		name = "app-" + name
	}
	return name
}

// reserved mean something else to the go command.
var reserved = []string{"all", "main", "std", "tool", "toolchain", "work"}

// checkModule reports why an application cannot have the module path. The
// standard library is looked up in goroot.
func checkModule(p, goroot string) error {
	wrong := func(why string) error {
		return fmt.Errorf("%q cannot be a module path: %s. Choose another, such as: --module example.com/shop", p, why)
	}
	first, _, _ := strings.Cut(p, "/")
	check := module.CheckImportPath
	if strings.Contains(first, ".") {
		check = module.CheckPath
	}
	if err := check(p); err != nil {
		return wrong(reason(err).Error())
	}
	if _, _, ok := module.SplitPathVersion(p); !ok {
		return wrong("its version must be /v2 or higher")
	}
	if slices.Contains(reserved, p) {
		return wrong("the go command reserves it")
	}
	if info, err := os.Stat(filepath.Join(goroot, "src", first)); err == nil && info.IsDir() {
		return wrong("the standard library has " + first)
	}
	if p == libraryPath || slices.ContainsFunc(requirements(), func(r requirement) bool { return r.path == p }) {
		return wrong("the application imports the module of that path")
	}
	return nil
}

// reason returns why a path is invalid, without the path.
func reason(err error) error {
	var invalid *module.InvalidPathError
	if errors.As(err, &invalid) {
		return invalid.Err
	}
	return err
}
