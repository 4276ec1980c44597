// Package addition adds to a domain that is there: fields, routes and dependencies.
package addition

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/terem-go/terem/dao"
	"github.com/terem-go/terem/internal/change"
	"github.com/terem-go/terem/internal/goedit"
)

// target is the domain that something is added to.
type target struct {
	set   *change.Set
	name  string // of the folder and the package
	own   map[string]string
	tests map[string]string // as own, of the tests outside of the package
}

// find reads which file of a domain declares what.
func find(s *change.Set, name string) (*target, error) {
	t := &target{set: s, name: name, own: map[string]string{}, tests: map[string]string{}}
	dir := filepath.Join(s.Dir(), name)
	entries, err := os.ReadDir(dir)
	if err != nil || !filepath.IsLocal(name) || strings.ContainsAny(name, `/\`) {
		return nil, fmt.Errorf("there is no domain %s: name the folder of one, such as users", name)
	}
	if _, err := s.Read(path.Join(name, "domain.go")); err != nil {
		return nil, fmt.Errorf("%s is no domain: it has no domain.go", name)
	}
	for _, e := range entries {
		if path.Ext(e.Name()) != ".go" {
			continue
		}
		src, err := s.Read(path.Join(name, e.Name()))
		if err != nil {
			return nil, err
		}
		f, err := goedit.Parse(path.Join(name, e.Name()), src)
		if err != nil {
			return nil, err
		}
		names := t.own
		if strings.HasSuffix(f.Package(), "_test") {
			names = t.tests
		}
		for _, d := range f.Names() {
			names[d] = e.Name()
		}
	}
	return t, nil
}

// has reports whether the package declares a name, as of goedit.File.Declares.
func (t *target) has(name string) bool { return t.own[name] != "" }

// edit edits the file that declares a name; without one, the one in which it belongs.
func (t *target) edit(name, role string, edit func(f *goedit.File)) {
	file := t.own[name]
	if file == "" {
		file = role
	}
	t.set.Go(path.Join(t.name, file), edit)
}

// try makes edits of the tests' file that declares a name. Tests that their owner
// has written otherwise stay as they are.
func (t *target) try(name string, edits ...func(f *goedit.File)) {
	if t.tests[name] == "" {
		return
	}
	t.set.Go(path.Join(t.name, t.tests[name]), func(f *goedit.File) {
		for _, edit := range edits {
			f.Try(func() { edit(f) })
		}
	})
}

// put adds declarations to the end of a file of the domain, which is made if it is
// not there.
func (t *target) put(file, pkg, text string) {
	p := path.Join(t.name, file)
	if !t.set.Exists(p) {
		t.set.Create(p, []byte("package "+pkg+"\n"))
	}
	t.set.Go(p, func(f *goedit.File) {
		f.AddDecl(text, goedit.End)
		t.imports(f, text)
	})
}

// known are the packages that added code names, by the names that they have there.
var known = map[string]string{
	"context": "context", "errors": "errors", "fmt": "fmt", "http": "net/http", "strings": "strings", "testing": "testing", "time": "time", "os": "os",
	"civil": "github.com/terem-go/terem/civil", "decimal": "github.com/shopspring/decimal", "uuid": "github.com/google/uuid",
	"api": "github.com/terem-go/terem/api", "apitest": "github.com/terem-go/terem/api/apitest", "dao": "github.com/terem-go/terem/dao",
	"db": "github.com/terem-go/terem/db", "dbtest": "github.com/terem-go/terem/db/dbtest", "httptest": "net/http/httptest", "errs": "github.com/terem-go/terem/errs",
}

var selector = regexp.MustCompile(`\b([a-z][a-z0-9]*)\.[A-Z]`)

// imports imports what texts name.
func (t *target) imports(f *goedit.File, texts ...string) {
	for _, m := range selector.FindAllStringSubmatch(code(strings.Join(texts, "\n")), -1) {
		switch p := known[m[1]]; {
		case p != "":
			f.AddImport(p)
		case m[1] != f.Package() && t.set.Exists(m[1]+"/domain.go"):
			f.AddImport(f.Module + "/" + m[1])
		}
	}
}

var aside = regexp.MustCompile("(?m)//.*$|`[^`]*`|\"[^\"\n]*\"")

// code returns a text without its comments and strings.
func code(text string) string { return aside.ReplaceAllString(text, "") }

// model returns the description of the domain's table, or of another one of its
// tables that is named.
func (t *target) model(models []*dao.Model, table string) (*dao.Model, error) {
	var own []*dao.Model
	var names []string
	for _, m := range models {
		if pkg, _, _ := strings.Cut(m.Type, "."); pkg == t.name {
			own = append(own, m)
			names = append(names, m.Table)
		}
	}
	slices.Sort(names)
	for _, m := range own {
		if m.Table == table || table == "" && (len(own) == 1 || m.Table == t.name) {
			return m, nil
		}
	}
	switch {
	case len(own) == 0:
		return nil, fmt.Errorf("the domain %s has no table", t.name)
	case table != "":
		return nil, fmt.Errorf("the domain %s has no table %s; it has %s", t.name, table, strings.Join(names, ", "))
	}
	return nil, fmt.Errorf("the domain %s has several tables: name one with --table: %s", t.name, strings.Join(names, ", "))
}

// rows is the type of a model's rows within its package.
func rows(m *dao.Model) string {
	_, name, _ := strings.Cut(m.Type, ".")
	return name
}
