// Package scaffold writes applications from a template that is an application
// itself.
package scaffold

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"golang.org/x/mod/module"
)

// The databases that an application can begin with.
const (
	SQLite   = "sqlite"
	Postgres = "postgres"
)

// Answers are what an application is made from.
type Answers struct {
	// Module is the import path of the application: that of its module, or of
	// its folder in the module that it is part of.
	Module string `json:"module"`
	// Name is what the application calls itself, its database and its service.
	Name string `json:"name"`
	// Database is SQLite or Postgres: what DATABASE_URL is by default.
	Database string `json:"database"`
}

// Options say what to create.
type Options struct {
	// Dir is the application's folder, which does not exist yet or is empty.
	Dir string
	// Module is the path of the application's module. The default is made from
	// the name of Dir.
	Module string
	// Database is SQLite or Postgres.
	Database string
	// Checkout is the folder of Terem's checkout. By default it is looked for;
	// see FindCheckout.
	Checkout string
	// Progress, unless it is nil, is told in a sentence what may take long.
	Progress func(string)
}

// Application is one that was created.
type Application struct {
	Answers
	Dir      string   // its folder, absolute
	Files    int      // how many it has
	Root     string   // the folder of its go.mod
	Changed  []string // lines that are new in the go.mod of the module that it is part of
	Vendored bool     // that module has a folder vendor, which is behind now
	Work     string   // the go.work around it that does not use it, or ""
}

// New creates an application. An error names what is wrong and the way out;
// nothing is written then, and nothing of it is left either when ctx ends.
func New(ctx context.Context, o Options) (*Application, error) {
	t, err := inspect(o.Dir)
	if err != nil {
		return nil, err
	}
	c, err := FindCheckout(o.Checkout)
	if err != nil {
		return nil, err
	}
	tools, err := findToolchain(ctx, c, t.near)
	if err != nil {
		return nil, err
	}
	app := &Application{Dir: t.dir, Answers: Answers{Database: o.Database}}
	host, err := findHost(filepath.Dir(t.dir))
	if err != nil {
		return nil, err
	}
	if host == nil {
		app.Root, app.Work = t.dir, tools.work
		app.Module, err = ownModule(o, t.dir, tools.root)
	} else {
		app.Root = host.root
		app.Module, err = host.importPath(o, t.dir)
	}
	if err != nil {
		return nil, err
	}
	if app.Name, err = nameOf(app.Module); err != nil {
		return nil, err
	}
	files, err := app.files(c, host == nil)
	if err != nil {
		return nil, err
	}
	undo, err := t.write(ctx, files)
	if err != nil {
		return nil, err
	}
	app.Files = len(files)
	if host != nil {
		if o.Progress != nil {
			o.Progress("Adding what the application needs to " + filepath.Join(host.root, "go.mod"))
		}
		if app.Changed, err = host.join(ctx, c, t.dir); err != nil {
			undo()
			return nil, err
		}
		app.Vendored = host.vendored()
	}
	return app, nil
}

// files are everything that is written. An application with a module of its own
// gets the sums of the checkout, so that its modules need not be looked up.
func (a *Application) files(c *Checkout, own bool) ([]File, error) {
	files, err := Render(a.Answers)
	if err != nil {
		return nil, err
	}
	if own {
		mod, err := newGoMod(a.Module, a.Dir, c)
		if err != nil {
			return nil, err
		}
		files = append(files, File{Path: "go.mod", Data: mod}, File{Path: "go.sum", Data: c.sum})
		sortFiles(files)
	}
	return append(files, newManifest(a.Answers, files)), nil
}

// ownModule returns the path of an application's own module.
func ownModule(o Options, dir, goroot string) (string, error) {
	p := o.Module
	if p == "" {
		if p = appName(filepath.Base(dir)); p == "" {
			return "", fmt.Errorf("no module path can be made from the name %q. Choose one: --module example.com/shop", filepath.Base(dir))
		}
	}
	return p, checkModule(p, goroot)
}

// nameOf returns the name of the application with the import path.
func nameOf(importPath string) (string, error) {
	prefix, _, _ := module.SplitPathVersion(importPath)
	name := appName(prefix)
	if name == "" {
		return "", errors.New("no name can be made from the module path " + importPath + ": its last element needs a letter or a digit")
	}
	return name, nil
}
