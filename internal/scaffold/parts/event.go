package parts

import (
	"fmt"

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

// newEventData says of an event what its names follow from.
func newEventData(d named, typ string) eventData {
	data := eventData{Domain: d, Type: typ, Event: d.Folder + "." + domain.Snake(typ), File: d.Folder + "_" + domain.Snake(typ)}
	data.Test = "Test" + domain.GoName(data.File)
	return data
}

// createTest creates the test of an event, if package main has what it needs.
func createTest(c *change.Set, f file) {
	if declares(c, "main_test.go", "testApp") {
		c.Create(f.path, f.data)
	}
}

// KeyImports are what the types of the event's fields come from.
func (d eventData) KeyImports() []string { return imports(d.Domain.Keys) }

// Add writes the event and its test, has its domain declare it and, if there is one, the subscriber subscribe to it. Of an
// event that is there, it adds the subscriber alone, and a test.
func (e Event) Add(app *application.Application, c *change.Set) error {
	folder, typ, err := cutDomain("an event", e.Name, "orders.Paid", typeForm)
	if err != nil {
		return err
	}
	if e.exists(app) {
		return e.addSubscriber(app, c, folder, typ)
	}
	d, err := app.Domain(folder)
	if err != nil {
		return err
	}
	if file := d.Declares(typ); file != "" {
		return fmt.Errorf("%s/%s has a type %s already. Give the event another name", folder, file, typ)
	}
	data := newEventData(newNamed(d), typ)
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
	createTest(c, list[1])
	c.Go(d.File("Domain.Register", "domain.go"), func(f *goedit.File) {
		f.AddImport(eventsPath)
		f.AddStatement("Domain.Register", fmt.Sprintf("\tevents.Declare[%s](%s.Events())", typ, d.Parameter("Domain.Register", appType, "a")), goedit.After("a.Tables(", "events.Declare["))
	})
	if e.To == "" {
		return nil
	}
	return e.subscribe(app, c, data)
}
