// Package parts adds to an application what is smaller than a domain: services, tasks, events, pages, and links between
// domains.
package parts

import (
	"bytes"
	"embed"
	"fmt"
	"go/format"
	"path"
	"text/template"

	"golang.org/x/tools/txtar"

	"github.com/terem-go/terem/internal/change"
)

// Each template is what one verb creates: files, one behind the other.
//
//go:embed templates
var files embed.FS

var templates = template.Must(template.New("").ParseFS(files, "templates/*.txt"))

// file is a file that is created.
type file struct {
	path string // relative to the application's folder, with slashes
	data []byte
}

// render returns the files of a template. Those of Go are formatted.
func render(name string, data any) ([]file, error) {
	var b bytes.Buffer
	if err := templates.ExecuteTemplate(&b, name+".txt", data); err != nil {
		return nil, err
	}
	var list []file
	for _, f := range txtar.Parse(b.Bytes()).Files {
		if path.Ext(f.Name) == ".go" {
			text, err := format.Source(f.Data)
			if err != nil {
				return nil, fmt.Errorf("%s: %w\n%s", f.Name, err, f.Data)
			}
			f.Data = text
		}
		list = append(list, file{f.Name, f.Data})
	}
	return list, nil
}

// create renders a template and creates its files.
func create(c *change.Set, name string, data any) error {
	list, err := render(name, data)
	for _, f := range list {
		c.Create(f.path, f.data)
	}
	return err
}
