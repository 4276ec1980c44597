package domain

import (
	"errors"
	"fmt"
	"path"

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
	o.Module = s.Manifest().Answers.Module
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
	if err := errors.Join(d.fits(s), d.checkRoutes(s)); err != nil {
		return nil, err
	}
	d.require(s)
	s.Record(verb, d.Table, args...)
	files, err := d.Files()
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		s.Create(file.Path, file.Data)
	}
	d.register(s)
	_, err = migration.Add(s, f, "add_"+d.Table, schema.Options{})
	return d, errors.Join(s.Err(), err)
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
