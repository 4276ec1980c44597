package domain

import (
	"bytes"
	"embed"
	"fmt"
	"go/format"
	"path"
	"text/template"

	"github.com/terem-go/terem/internal/scaffold"
)

// The templates say a file each, without its imports: those are added for what
// the file names.
//
//go:embed templates
var templateFiles embed.FS

var (
	templates = template.Must(template.ParseFS(templateFiles, "templates/*.go.tmpl"))
	pages     = template.Must(template.New("").Delims("[[", "]]").ParseFS(templateFiles, "templates/*.html.tmpl"))
)

// Files returns the files of the domain.
func (d *Domain) Files() ([]scaffold.File, error) {
	var files []scaffold.File
	for _, f := range []struct{ template, path string }{
		{"domain.go", "domain.go"},
		{"errors.go", "errors.go"},
		{"models.go", "models.go"},
		{"domain_test.go", d.Package + "_test.go"},
		{"repository.go", "repository.go"},
		{"repository_test.go", "repository_test.go"},
		{"router.go", "router.go"},
		{"router_test.go", "router_test.go"},
		{"schemas.go", "schemas.go"},
	} {
		text, err := d.render(f.template)
		if err != nil {
			return nil, err
		}
		files = append(files, scaffold.File{Path: path.Join(d.Package, f.path), Data: text})
	}
	if d.Pages {
		return d.pageFiles(files)
	}
	return files, nil
}

// pageFiles adds those of the pages.
func (d *Domain) pageFiles(files []scaffold.File) ([]scaffold.File, error) {
	for _, f := range []struct{ template, path string }{{"pages.go", d.Package + ".go"}, {"pages_test.go", d.Package + "_test.go"}} {
		text, err := d.render(f.template)
		if err != nil {
			return nil, err
		}
		files = append(files, scaffold.File{Path: path.Join("pages", f.path), Data: text})
	}
	for _, name := range []string{"form.html", "list.html", "show.html"} {
		var b bytes.Buffer
		if err := pages.ExecuteTemplate(&b, name+".tmpl", d); err != nil {
			return nil, err
		}
		files = append(files, scaffold.File{Path: path.Join("pages/templates", d.Package, name), Data: b.Bytes()})
	}
	return files, nil
}

// render returns a file of Go from the template of a name.
func (d *Domain) render(name string) ([]byte, error) {
	var b bytes.Buffer
	if err := templates.ExecuteTemplate(&b, name+".tmpl", d); err != nil {
		return nil, err
	}
	src, err := d.withImports(b.String())
	if err != nil {
		return nil, fmt.Errorf("the template of %s writes what is no Go: %w\n%s", name, err, b.Bytes())
	}
	return format.Source([]byte(src))
}

// packages are those that templates may name, by the names that they have there.
func (d *Domain) packages() map[string]string {
	all := map[string]string{"uuid": "github.com/google/uuid", "decimal": "github.com/shopspring/decimal"}
	for _, p := range []string{"context", "crypto/rand", "errors", "fmt", "html", "log/slog", "maps", "math", "net/http", "os",
		"strconv", "strings", "sync/atomic", "testing", "time", "encoding/json"} {
		all[path.Base(p)] = p
	}
	for _, p := range []string{"accounts", "api", "api/apitest", "app", "auth", "civil", "dao", "db", "db/dbtest", "errs", "jobs", "web"} {
		all[path.Base(p)] = "github.com/terem-go/terem/" + p
	}
	for _, p := range append(d.Uses(), d.Package, "pages") {
		all[p] = d.Module + "/" + p
	}
	for _, f := range d.Fixtures() {
		all[f.Domain] = d.Module + "/" + f.Domain
	}
	return all
}
