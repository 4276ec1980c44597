// Package gosyntax tells what Go source and its folders say without types.
package gosyntax

import (
	"go/ast"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// Receiver returns the name of a method's type; "" for a function.
func Receiver(d *ast.FuncDecl) string {
	if d.Recv == nil || len(d.Recv.List) == 0 {
		return ""
	}
	e := d.Recv.List[0].Type
	for {
		switch t := e.(type) {
		case *ast.StarExpr:
			e = t.X
		case *ast.ParenExpr:
			e = t.X
		case *ast.IndexExpr:
			e = t.X
		case *ast.IndexListExpr:
			e = t.X
		case *ast.Ident:
			return t.Name
		default:
			return ""
		}
	}
}

var version = regexp.MustCompile(`^v[0-9]+$`)

// PackageName returns the name that a package has by its path: uuid of
// github.com/google/uuid, pgx of github.com/jackc/pgx/v5. Its source may say
// otherwise.
func PackageName(importPath string) string {
	base := path.Base(importPath)
	if version.MatchString(base) && strings.Contains(importPath, "/") {
		base = path.Base(path.Dir(importPath))
	}
	base, _, _ = strings.Cut(base, ".v")
	return base
}

// Skipped reports whether the packages below a module's folder leave a folder out:
// the go command passes it over, it is a module of its own, or it has what others
// have written.
func Skipped(dir string) bool {
	name := filepath.Base(dir)
	_, err := os.Stat(filepath.Join(dir, "go.mod"))
	return err == nil || strings.ContainsAny(name[:1], "._") || slices.Contains([]string{"testdata", "vendor", "node_modules"}, name)
}

// EachFile calls f with the name of each file of a module's folder and below, but for
// those in folders that are Skipped. The folder may be a symbolic link; links below it are
// not followed.
func EachFile(dir string, f func(name string) error) error {
	top := dir + string(filepath.Separator) // the folder that a link leads to, and not the link
	return filepath.WalkDir(top, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case !d.IsDir():
			return f(name)
		case name != top && Skipped(name):
			return fs.SkipDir
		}
		return nil
	})
}

// ModuleRoot returns the folder of the module that a folder is in: the nearest one, from
// the folder upwards, that has a go.mod. It reports false if there is none, and for a
// path that is not absolute.
func ModuleRoot(dir string) (root string, ok bool) {
	if !filepath.IsAbs(dir) {
		return "", false
	}
	for root = filepath.Clean(dir); ; root = filepath.Dir(root) {
		if info, err := os.Stat(filepath.Join(root, "go.mod")); err == nil && !info.IsDir() {
			return root, true
		}
		if root == filepath.Dir(root) {
			return "", false
		}
	}
}
