package domain

import (
	"fmt"
	"path"
	"strings"

	"github.com/terem-go/terem/internal/change"
	"github.com/terem-go/terem/internal/goedit"
	"github.com/terem-go/terem/internal/scaffold/migration"
	"github.com/terem-go/terem/internal/schema"
)

// verb is that of the manifest's entries for domains.
const verb = "add domain"

// Add puts a domain into a set of changes: its files, its migration and what
// registers it. Args are the command line, for the manifest. Options.Module is that
// of the application.
func Add(s *change.Set, o Options, args ...string) (*Domain, error) {
	o.Module, o.App = s.Manifest().Answers.Module, s.Manifest().Answers.Name
	if err := CheckName(o.Name); err != nil {
		return nil, err
	}
	f, err := schema.Open(s.Dir())
	if err != nil {
		return nil, err
	}
	models, err := f.Current()
	if err != nil {
		return nil, err
	}
	d, err := New(o, models)
	if err != nil {
		return nil, err
	}
	if err := d.fits(s); err != nil {
		return nil, err
	}
	d.require(s)
	s.Record(verb, d.Table, args...)
	files, err := d.Files()
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		if path.Dir(file.Path) == "pages" {
			if err := redeclares(s, file.Path, file.Data); err != nil {
				return nil, err
			}
		}
		s.Create(file.Path, file.Data)
	}
	d.register(s)
	if d.Pages {
		d.registerPages(s)
	}
	if err := s.Err(); err != nil {
		return nil, err
	}
	_, err = migration.Add(s, f, "add_"+d.Table, schema.Options{})
	return d, err
}

// registerPages gives the pages the domain's repository, and links to them.
func (d *Domain) registerPages(s *change.Set) {
	s.Go("main.go", func(f *goedit.File) {
		f.AddElement("assemble", "pages.Config", fmt.Sprintf("%s: d.%s.%s", d.Plural, d.Package, d.Plural), goedit.Before("Auth"))
	})
	s.Go("pages/pages.go", func(f *goedit.File) {
		f.AddImport(path.Join(d.Module, d.Package))
		f.AddField("Config", fmt.Sprintf("%s %s.Repository", d.Plural, d.Package), goedit.Before("Auth"))
		f.AddField("Pages", fmt.Sprintf("%s %s.Repository", d.Var, d.Package), goedit.Before("auth"))
		f.AddElement("New", "Pages", fmt.Sprintf("%s: c.%s", d.Var, d.Plural), goedit.Before("auth"))
	})
	s.Go("pages/router.go", func(f *goedit.File) {
		f.AddStatement("Pages.routes", fmt.Sprintf("p.%sRoutes(r)", Lower(d.Type)), goedit.Last)
	})
	s.Edit(layout, d.link)
}

const layout = "pages/templates/layouts/base.html"

// link adds the link to the domain's list to the menu of those who are logged in.
func (d *Domain) link(text []byte) ([]byte, error) {
	line := fmt.Sprintf("<a href=\"/%s\"{{if eq .Path \"/%s\"}} aria-current=\"page\"{{end}}>%s</a>\n", d.Path, d.Path, d.Title())
	before, after, found := strings.Cut(string(text), `<form method="post" action="/logout">`)
	if !found {
		return nil, fmt.Errorf("%s has no form with the action /logout, before which this link belongs:\n\n%s\nPut the form back", layout, line)
	}
	indent := before[strings.LastIndexByte(before, '\n')+1:]
	return []byte(before + line + indent + `<form method="post" action="/logout">` + after), nil
}

// require adds the modules that the types of fields are from.
func (d *Domain) require(s *change.Set) {
	for _, f := range d.Fields {
		f.Require(s)
	}
}

// Require adds the module that the field's type is from to the application's
// go.mod.
func (f Field) Require(s *change.Set) {
	switch f.Type {
	case Decimal:
		s.Require("github.com/shopspring/decimal")
	case UUID:
		s.Require("github.com/google/uuid")
	}
}

// register edits main.go, where domains are put together.
func (d *Domain) register(s *change.Set) {
	s.Go("main.go", func(f *goedit.File) {
		f.AddImport(path.Join(d.Module, d.Package))
		f.AddField("domains", fmt.Sprintf("%s *%s.Domain", d.Package, d.Package), goedit.Last)
		f.AddStatement("newDomains", fmt.Sprintf("d.%s = %s.New()", d.Package, d.Package), goedit.Last)
		f.AddArgument("assemble", "a.Register", "d."+d.Package)
	})
}
