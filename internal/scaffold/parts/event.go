package parts

import (
	"fmt"
	"strings"

	"github.com/terem-go/terem/internal/application"
	"github.com/terem-go/terem/internal/change"
	"github.com/terem-go/terem/internal/goedit"
	"github.com/terem-go/terem/internal/scaffold/domain"
)

// Event is something that has happened in a domain, which others are told of.
type Event struct {
	Name string // the domain, a point and the event's type: orders.Paid
	To   string // a domain that subscribes to it; "" for none yet
}

// eventData is what the template of events is filled with.
type eventData struct {
	Domain named
	Type   string // Paid
	Event  string // orders.paid
	File   string // of its test in package main, without _test.go
	Test   string
}

// KeyImports are what the types of the event's fields come from.
func (d eventData) KeyImports() []string { return imports(d.Domain.Keys) }

// Add writes the event and its test, has its domain declare it and, if there is one, the subscriber subscribe to it.
func (e Event) Add(app *application.Application, c *change.Set) error {
	folder, typ, err := cutDomain("an event", e.Name, "orders.Paid", typeForm)
	if err != nil {
		return err
	}
	d, err := app.Domain(folder)
	if err != nil {
		return err
	}
	if file := d.Declares(typ); file != "" {
		return fmt.Errorf("%s/%s has a type %s already. Give the event another name", folder, file, typ)
	}
	data := eventData{Domain: newNamed(d), Type: typ, Event: folder + "." + domain.Snake(typ)}
	data.File = folder + "_" + domain.Snake(typ)
	data.Test = "Test" + domain.GoName(data.File)
	list, err := render("event", data)
	if err != nil {
		return err
	}
	if err := createOrExtend(c, d.Package, "events.go", list[0]); err != nil {
		return err
	}
	if err := checkFile(data.File); err != nil {
		return err
	}
	if declares(c, "main_test.go", "testApp") {
		c.Create(list[1].path, list[1].data)
	}
	c.Go(d.File("Domain.Register", "domain.go"), func(f *goedit.File) {
		f.AddImport(eventsPath)
		f.AddStatement("Domain.Register", fmt.Sprintf("\tevents.Declare[%s](%s.Events())", typ, d.Parameter("Domain.Register", appType, "a")), goedit.After("a.Tables(", "events.Declare["))
	})
	if e.To == "" {
		return nil
	}
	return e.subscribe(app, c, data)
}

const (
	eventsPath = "github.com/terem-go/terem/events"
	appType    = "*app.App"
)

// subscribe writes the subscriber: a method of the other domain, which its Register subscribes. A domain that the one with
// the event imports cannot import that in turn; then main subscribes the method, which takes what the event says.
func (e Event) subscribe(app *application.Application, c *change.Set, data eventData) error {
	publisher := data.Domain
	to, err := app.DomainPackage(e.To)
	if err != nil {
		return err
	}
	if e.To == publisher.Name {
		return fmt.Errorf("%s needs no subscription to its own event: do what is to be done in the session that publishes it", e.To)
	}
	method, name := publisher.Title+data.Type, e.To+"."+data.File
	upstream := app.Reaches(publisher.Folder, e.To)
	if !upstream {
		method = lower(method)
	}
	if file := to.Declares("Domain." + method); file != "" || to.HasField("Domain", method) {
		return fmt.Errorf("%s: Domain has %s already, so the subscriber needs another name: give the event one", to.Folder, method)
	}
	receiver := to.Receiver("Domain.Register", "d")
	about := fmt.Sprintf("%s is told of each %s after the commit. What it writes is written once.", method, e.Name)
	if upstream {
		return e.subscribeInMain(app, c, data, to, about, receiver, method, name)
	}
	c.Go(to.File("Domain.Register", "domain.go"), func(f *goedit.File) {
		f.AddImport("context")
		f.AddImport("log/slog")
		f.AddImport("github.com/terem-go/terem/db")
		f.AddImport(eventsPath)
		f.AddImport(publisher.Path)
		f.AddDirective("//terem:uses " + publisher.Folder)
		f.AddStatement("Domain.Register", fmt.Sprintf("\tevents.Subscribe(%s.Events(), %q, %s.%s)", to.Parameter("Domain.Register", appType, "a"), name, receiver, method), goedit.Last)
		f.AddDecl(comment(about)+fmt.Sprintf("func (%s *Domain) %s(ctx context.Context, s *db.Session, e %s.%s) error {\n%s\treturn nil\n}",
			receiver, method, publisher.Name, data.Type, logged(data, "e.", func(k key) string { return k.Title })), goedit.Last)
	})
	return nil
}

// subscribeInMain writes the subscriber where main alone knows both domains.
func (e Event) subscribeInMain(app *application.Application, c *change.Set, data eventData, to *application.Package, about, receiver, method, name string) error {
	main, err := app.Package(".")
	if err != nil {
		return err
	}
	made, err := app.Made(main, e.To)
	if err != nil {
		return err
	}
	registers, err := app.Registers(main)
	if err != nil {
		return err
	}
	value := made.In(main, registers.Function, registers.Pos)
	if value == "" {
		return fmt.Errorf("%s: the domain %s is made in the function %s, and is not to be had where %s registers the domains. Make it before, in the same function", made.File, e.To, made.Function, registers.Function)
	}
	var given []string
	for _, k := range data.Domain.Keys {
		if strings.HasPrefix(k.Abroad, data.Domain.Name+".") {
			return fmt.Errorf("%s imports %s, so %[2]s cannot name the type %s of the event's field %s. Have a service of both subscribe", data.Domain.Name, e.To, k.Abroad, k.Title)
		}
		given = append(given, "e."+k.Title)
	}
	c.Go(to.File("Domain.Register", "domain.go"), func(f *goedit.File) {
		f.AddImport("context")
		f.AddImport("log/slog")
		f.AddImport("github.com/terem-go/terem/db")
		for _, p := range data.KeyImports() {
			f.AddImport(p)
		}
		f.AddDecl(comment(about+" main subscribes it: to import "+data.Domain.Folder+" here would be a cycle.")+fmt.Sprintf("func (%s *Domain) %s(ctx context.Context, s *db.Session, %s) error {\n%s\treturn nil\n}",
			receiver, method, parameters(data.Domain.Keys), logged(data, "", func(k key) string { return k.Lower })), goedit.Last)
	})
	c.Go(registers.File, func(f *goedit.File) {
		f.AddImport("context")
		f.AddImport("github.com/terem-go/terem/db")
		f.AddImport(eventsPath)
		f.AddImport(data.Domain.Path)
		f.AddStatement(registers.Function, fmt.Sprintf("\tevents.Subscribe(%s.Events(), %q, func(ctx context.Context, s *db.Session, e %s.%s) error {\n\t\treturn %s.%s(ctx, s, %s)\n\t})",
			registers.App, name, data.Domain.Name, data.Type, value, method, strings.Join(given, ", ")), goedit.After(registers.Stmt))
	})
	return nil
}

// logged is the statement that logs the keys in an event.
func logged(data eventData, prefix string, name func(key) string) string {
	var b strings.Builder
	for _, k := range data.Domain.Keys {
		kind := "Any"
		switch k.Type {
		case "int64":
			kind = "Int64"
		case "string":
			kind = "String"
		}
		fmt.Fprintf(&b, ", slog.%s(%q, %s%s)", kind, k.JSON, prefix, name(k))
	}
	return fmt.Sprintf("\ts.AfterCommit(func(ctx context.Context) {\n\t\tslog.InfoContext(ctx, %q%s)\n\t})\n", data.Event, b.String())
}
