package parts

import (
	"fmt"

	"github.com/terem-go/terem/internal/application"
	"github.com/terem-go/terem/internal/change"
	"github.com/terem-go/terem/internal/goedit"
	"github.com/terem-go/terem/internal/scaffold/domain"
)

// Task is work that is done outside of requests: at set times, or when a domain has enqueued it.
type Task struct {
	Name     string // of its job: the domain, a point and what is done, such as orders.expire
	Schedule Schedule
}

// taskData is what the template of tasks is filled with.
type taskData struct {
	App    string
	Domain named
	Kind   string // of the job: orders.expire
	Type   string // of its arguments: Expire
	Func   string // that runs it: expire
	File   string // which that is in, without .go
	Test   string
	Field  string // of tasks.Config that has the repository
	When   string // it runs; "" when it is only enqueued
}

// KeyImports are what the types of the arguments' fields come from.
func (d taskData) KeyImports() []string { return imports(d.Domain.Keys) }

// Add writes the job's arguments into the domain and what runs it into tasks, and has main hand over the repository.
func (t Task) Add(app *application.Application, c *change.Set) error {
	folder, word, err := cutDomain("a task", t.Name, "orders.expire", domain.NameForm)
	if err != nil {
		return err
	}
	schedule, when, err := t.Schedule.expression()
	if err != nil {
		return err
	}
	main, err := app.Package(".")
	if err != nil {
		return err
	}
	tasks, err := app.Package("tasks")
	if err != nil {
		return fmt.Errorf("there are no tasks: %w", err)
	}
	if tasks.Fields("Config")["Logger"] != "*slog.Logger" {
		return fmt.Errorf("%s: Config has no Logger *slog.Logger, to which new tasks write. Add it", tasks.File("Config", "tasks.go"))
	}
	holder, err := app.Holder(main, "tasks", "Config")
	if err != nil {
		return err
	}
	d, value, err := given(app, main, folder, holder)
	if err != nil {
		return err
	}
	data := taskData{App: app.Path, Domain: d, Kind: t.Name, Type: domain.GoName(word), When: when}
	if file := d.Declares(data.Type); file != "" {
		return fmt.Errorf("%s/%s has a type %s already. Give the task another name", folder, file, data.Type)
	}
	if data.Field, err = fieldFor(tasks, d); err != nil {
		return err
	}
	data.Func, data.File = domain.Lower(data.Type), word
	if tasks.Declares("tasks."+data.Func) != "" || tasks.Files[word+".go"] != nil {
		data.File = folder + "_" + word
		data.Func = domain.Lower(domain.GoName(data.File))
	}
	if err := checkFile(data.File); err != nil {
		return err
	}
	data.Test = "Test" + domain.GoName(data.File)
	if file := tasks.Declares("tasks." + data.Func); file != "" {
		return fmt.Errorf("tasks/%s has a task %s already. Give the new one another name", file, data.Func)
	}
	if err := create(c, "task", data); err != nil {
		return err
	}
	arguments, err := render("job", data)
	if err != nil {
		return err
	}
	if err := createOrExtend(c, d.Package, "jobs.go", arguments[0]); err != nil {
		return err
	}
	t.register(app, c, tasks, data, schedule)
	if !tasks.HasField("Config", data.Field) {
		c.Go(tasks.File("Config", "tasks.go"), func(f *goedit.File) {
			f.AddImport(d.Path)
			f.AddField("Config", "\t"+data.Field+" "+d.Name+".Repository", goedit.Last)
		})
		c.Go(holder.File, func(f *goedit.File) {
			f.AddElement(holder.Function, holder.Type, data.Field+": "+value, goedit.Last)
		})
	}
	return nil
}

// fieldFor returns the field of tasks.Config for a domain's repository: one that is there, or the name of a new one.
func fieldFor(tasks *application.Package, d named) (string, error) {
	for name, typ := range tasks.Fields("Config") {
		if typ == d.Name+".Repository" {
			return name, nil
		}
	}
	if tasks.HasField("Config", d.Title) {
		return "", fmt.Errorf("%s: Config has a field %s that is no %s.Repository. Give it another name", tasks.File("Config", "tasks.go"), d.Title, d.Name)
	}
	return d.Title, nil
}

// register adds the task to those that are run.
func (t Task) register(app *application.Application, c *change.Set, tasks *application.Package, data taskData, schedule string) {
	workers, receiver := tasks.Local("Workers", "jobs.NewWorkers()", "w"), tasks.Local("Workers", "tasks{", "t")
	c.Go(tasks.File("Workers", "tasks.go"), func(f *goedit.File) {
		f.AddStatement("Workers", fmt.Sprintf("\tjobs.Add(%s, %s.%s)", workers, receiver, data.Func), goedit.After("jobs.Add("))
		if schedule == "" {
			return
		}
		f.AddImport(data.Domain.Path)
		f.AddImport("time")
		f.AddStatement("Workers", fmt.Sprintf("\t%s.Periodically(%s, %s.%s{})", workers, schedule, data.Domain.Name, data.Type), goedit.After(workers+".Periodically("))
	})
}
