package terem_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// goFiles calls f with every Go file of the module, parsed with comments.
func goFiles(t *testing.T, f func(path string, file *ast.File)) {
	t.Helper()
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || d.Name() == ".git" || d.Name() == "node_modules") {
			return fs.SkipDir
		}
		if !strings.HasSuffix(path, ".go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments)
		if err == nil {
			f(path, file)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestEveryPackageSaysWhatItIsFor(t *testing.T) {
	t.Parallel()
	docs := map[string]int{}
	goFiles(t, func(path string, file *ast.File) {
		if strings.HasSuffix(path, "_test.go") {
			return
		}
		dir := filepath.Dir(path)
		docs[dir] += 0
		if file.Doc != nil {
			docs[dir]++
			text := file.Doc.Text()
			if want := "Package " + file.Name.Name + " "; file.Name.Name != "main" && !strings.HasPrefix(text, want) {
				t.Errorf("%s: the package comment does not begin with %q", path, want)
			}
		}
	})
	for dir, n := range docs {
		if n != 1 {
			t.Errorf("%s has %d package comments, want 1", dir, n)
		}
	}
}

// A newcomer finds in one page what each package below internal is for.
func TestInternalPackagesAreListed(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("docs/design/packages.md")
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string]bool{}
	for _, name := range regexp.MustCompile("`(internal/[a-z/]+)`").FindAllStringSubmatch(string(page), -1) {
		listed[filepath.FromSlash(name[1])] = false
	}
	template := filepath.Join("internal", "scaffold", "app")
	goFiles(t, func(path string, _ *ast.File) {
		dir := filepath.Dir(path)
		if _, ok := listed[dir]; ok {
			listed[dir] = true
		} else if strings.HasPrefix(dir, "internal") && !strings.HasPrefix(dir, template) {
			t.Errorf("%s is not in docs/design/packages.md", dir)
		}
	})
	for dir, there := range listed {
		if !there {
			t.Errorf("docs/design/packages.md lists %s, which is not there", dir)
		}
	}
}

// Test helpers compiled into a production program are a weakness that this
// project avoids.
func TestOnlyTestPackagesImportTesting(t *testing.T) {
	t.Parallel()
	goFiles(t, func(path string, file *ast.File) {
		if strings.HasSuffix(path, "_test.go") || strings.HasSuffix(file.Name.Name, "test") {
			return
		}
		for _, i := range file.Imports {
			if i.Path.Value == `"testing"` {
				t.Errorf("%s imports testing", path)
			}
		}
	})
}

func TestExportedNamesAreDocumented(t *testing.T) {
	t.Parallel()
	goFiles(t, func(path string, file *ast.File) {
		if strings.HasSuffix(path, "_test.go") {
			return
		}
		for _, decl := range file.Decls {
			switch d := decl.(type) {
			case *ast.FuncDecl:
				if d.Name.IsExported() && d.Doc == nil && (d.Recv == nil || exportedReceiver(d)) {
					t.Errorf("%s: %s has no comment", path, d.Name.Name)
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					switch s := spec.(type) {
					case *ast.TypeSpec:
						if s.Name.IsExported() && s.Doc == nil && d.Doc == nil {
							t.Errorf("%s: %s has no comment", path, s.Name.Name)
						}
					case *ast.ValueSpec:
						if s.Names[0].IsExported() && s.Doc == nil && d.Doc == nil && s.Comment == nil {
							t.Errorf("%s: %s has no comment", path, s.Names[0].Name)
						}
					}
				}
			}
		}
	})
}

func exportedReceiver(d *ast.FuncDecl) bool {
	t := d.Recv.List[0].Type
	for {
		switch x := t.(type) {
		case *ast.StarExpr:
			t = x.X
		case *ast.IndexExpr:
			t = x.X
		case *ast.Ident:
			return x.IsExported()
		default:
			return false
		}
	}
}

// docs/third-party.md names every module that a program made with Terem, or the
// tool, links.
func TestThirdPartyLicencesAreListed(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("docs/third-party.md")
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{.Path}} {{.Version}}{{end}}", "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	for module := range strings.Lines(string(out)) {
		path, version, ok := strings.Cut(strings.TrimSpace(module), " ")
		if ok && version != "" && !strings.Contains(string(page), "| "+path+" | "+version+" |") {
			t.Errorf("docs/third-party.md lacks a row for %s %s", path, version)
		}
	}
}
