package parts

import (
	"fmt"
	"go/token"
	"slices"
	"strings"

	"github.com/terem-go/terem/internal/application"
	"github.com/terem-go/terem/internal/change"
	"github.com/terem-go/terem/internal/goedit"
	"github.com/terem-go/terem/internal/scaffold/domain"
)

// Entry returns what an application's manifest calls what Add would write: the event, or a subscriber of one that is there.
func (e Event) Entry(app *application.Application) string {
	if e.To != "" && e.exists(app) {
		return Subscription(e.Name, e.To)
	}
	return e.Name
}

// Subscription returns what the manifest calls a subscriber that was added to an event which was there.
func Subscription(event, to string) string { return event + " --to " + to }

// exists reports whether the domain has the event already.
func (e Event) exists(app *application.Application) bool {
	folder, typ, _ := strings.Cut(e.Name, ".")
	p, err := app.DomainPackage(folder)
	return err == nil && p.Declares(typ+".EventName") != ""
}

// addSubscriber adds a subscriber, and its test, to an event that is there.
func (e Event) addSubscriber(app *application.Application, c *change.Set, folder, typ string) error {
	p, err := app.DomainPackage(folder)
	if err != nil {
		return err
	}
	if e.To == "" {
		return fmt.Errorf("%s has the event already. To have another domain subscribe to it, name that: terem add event %s --to DOMAIN", p.File(typ, "events.go"), e.Name)
	}
	d := named{Domain: &application.Domain{Package: p}, Title: domain.GoName(p.Name)}
	if full, err := app.Domain(folder); err == nil {
		d = newNamed(full)
	}
	d.Keys = fieldsOf(p, typ)
	data := newEventData(d, typ)
	if err := e.subscribe(app, c, data); err != nil {
		return err
	}
	data.File += "_to_" + e.To
	data.Test += "To" + domain.GoName(e.To)
	if err := checkFile(data.File); err != nil {
		return err
	}
	list, err := render("event", data)
	if err != nil {
		return err
	}
	createTest(c, list[1])
	return nil
}

// fieldsOf are the fields of an event that is there.
func fieldsOf(p *application.Package, typ string) (list []key) {
	for _, k := range p.Exported(typ) {
		name := domain.Lower(k.Field)
		if token.IsKeyword(name) || slices.Contains([]string{"ctx", "s", "d", "context", "db", "slog", "time", "uuid"}, name) {
			name = domain.Lower(typ) + k.Field
		}
		list = append(list, key{Key: k, Title: k.Field, Lower: name, JSON: domain.Snake(k.Field)})
	}
	return list
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
	method, name := publisher.Title+data.Type, e.To+"."+publisher.Folder+"_"+domain.Snake(data.Type)
	upstream := app.Reaches(publisher.Folder, e.To)
	if !upstream {
		method = domain.Lower(method)
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
	given := []string{"ctx", "s"}
	for _, k := range data.Domain.Keys {
		if k.Own {
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
		f.AddDecl(comment(about+" main subscribes it: to import "+data.Domain.Folder+" here would be a cycle.")+fmt.Sprintf("func (%s *Domain) %s(%s) error {\n%s\treturn nil\n}",
			receiver, method, strings.TrimSuffix("ctx context.Context, s *db.Session, "+parameters(data.Domain.Keys), ", "), logged(data, "", func(k key) string { return k.Lower })), goedit.Last)
	})
	c.Go(registers.File, func(f *goedit.File) {
		f.AddImport("context")
		f.AddImport("github.com/terem-go/terem/db")
		f.AddImport(eventsPath)
		f.AddImport(data.Domain.Path)
		f.AddStatement(registers.Function, fmt.Sprintf("\tevents.Subscribe(%s.Events(), %q, func(ctx context.Context, s *db.Session, e %s.%s) error {\n\t\treturn %s.%s(%s)\n\t})",
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
