package parts

import (
	"fmt"
	"slices"
	"strings"

	"github.com/terem-go/terem/internal/application"
	"github.com/terem-go/terem/internal/change"
	"github.com/terem-go/terem/internal/goedit"
	"github.com/terem-go/terem/internal/scaffold/domain"
)

// Service is a use case of several domains, or calls an outside system.
type Service struct {
	Name string   // its folder in services/, and its package
	Uses []string // the domains that it works with; none for one that calls an outside system
	For  string   // whose Config main gives it to: Pages or Tasks
}

// Those who call services.
const (
	Pages = "pages"
	Tasks = "tasks"
)

// serviceData is what the template of services is filled with.
type serviceData struct {
	App, Name string
	Uses      []named
	And       string // the domains as text
	Values    string // keys of rows that are not there

	keys  []key
	given []string // what main puts into the service's Config
}

// Parameters are the keys as those of a function.
func (d serviceData) Parameters() string { return parameters(d.keys) }

// KeyImports are what the types of the keys come from.
func (d serviceData) KeyImports() []string { return imports(d.keys) }

// Add writes the service and its test, and has main make it and hand it on.
func (s Service) Add(app *application.Application, c *change.Set) error {
	if err := checkPackage("service", s.Name); err != nil {
		return err
	}
	if slices.Contains(app.Domains(), s.Name) {
		return fmt.Errorf("%s is a domain already, and main names both: give the service another name, for what it does, such as checkout", s.Name)
	}
	main, err := app.Package(".")
	if err != nil {
		return err
	}
	caller, err := app.Package(s.For)
	if err != nil {
		return fmt.Errorf("the service is for the package %s: %w", s.For, err)
	}
	holder, err := app.Holder(main, s.For, "Config")
	if err != nil {
		return err
	}
	data, err := s.data(app, main, holder)
	if err != nil {
		return err
	}
	variable := s.Name + "Service"
	template, made := "service", fmt.Sprintf("\t%s := %s.New(%s.Config{%s})", variable, s.Name, s.Name, strings.Join(data.given, ", "))
	if len(s.Uses) == 0 {
		if !holder.Fails {
			return fmt.Errorf("%s: the function %s, which makes %s, returns no pointer and error, such as (*app.App, error), and the service may fail to be made. Have it return them",
				holder.File, holder.Function, holder.Type)
		}
		c.RequireFor("github.com/terem-go/terem/outside", "github.com/cenkalti/backoff/v5", "github.com/sony/gobreaker/v2")
		template, made = "outside", fmt.Sprintf("\t%s, err := %s.New(%s.Config{})\n\tif err != nil {\n\t\treturn nil, err\n\t}", variable, s.Name, s.Name)
	}
	if err := create(c, template, data); err != nil {
		return err
	}
	folder, title := "services/"+s.Name, domain.GoName(s.Name)
	c.Go(holder.File, func(f *goedit.File) {
		f.AddImport(app.Path + "/" + folder)
		f.AddStatement(holder.Function, made, goedit.Before(holder.Stmt))
		f.AddElement(holder.Function, holder.Type, title+": "+variable, goedit.Last)
	})
	c.Go(caller.File("Config", s.For+".go"), func(f *goedit.File) {
		f.AddImport(app.Path + "/" + folder)
		f.AddField("Config", fmt.Sprintf("\t%s *%s.Service", title, s.Name), goedit.Last)
	})
	if s.For == Pages {
		c.Go(caller.File("Pages", "pages.go"), func(f *goedit.File) {
			f.AddImport(app.Path + "/" + folder)
			f.AddField("Pages", fmt.Sprintf("\t%s *%s.Service", s.Name, s.Name), goedit.Last)
		})
		c.Go(caller.File("New", "pages.go"), func(f *goedit.File) {
			f.AddElement("New", "Pages", fmt.Sprintf("%s: %s.%s", s.Name, caller.Parameter("New", "Config", "c"), title), goedit.Last)
		})
	}
	return nil
}

// data reads the domains that the service works with.
func (s Service) data(app *application.Application, main *application.Package, holder *application.Holder) (*serviceData, error) {
	data := &serviceData{App: app.Path, Name: s.Name, And: list(s.Uses)}
	var values []string
	for i, name := range s.Uses {
		if slices.Contains(s.Uses[:i], name) {
			return nil, fmt.Errorf("--uses names %s twice", name)
		}
		d, value, err := given(app, main, name, holder)
		if err != nil {
			return nil, err
		}
		data.Uses = append(data.Uses, d)
		data.given = append(data.given, d.Title+": "+value)
		for _, k := range d.Keys {
			data.keys = append(data.keys, k)
			values = append(values, k.Sample)
		}
	}
	data.Values = strings.Join(values, ", ")
	return data, nil
}

// given returns a domain, and the expression that has its repository where a value of package main is made.
func given(app *application.Application, main *application.Package, name string, holder *application.Holder) (named, string, error) {
	d, err := app.Domain(name)
	if err != nil {
		return named{}, "", err
	}
	made, err := app.Made(main, name)
	if err != nil {
		return named{}, "", err
	}
	value := made.In(main, holder.Function, holder.Pos)
	if value == "" {
		return named{}, "", fmt.Errorf("%s: the domain %s is made by %s in the function %s, and is not to be had where %s is made. Make it before, in the same function",
			made.File, name, made.Call, made.Function, holder.Type)
	}
	return newNamed(d), value + "." + d.Repository, nil
}
