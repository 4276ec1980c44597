package addition

import (
	"errors"
	"fmt"
	"strings"

	"github.com/terem-go/terem/dao"
	"github.com/terem-go/terem/internal/change"
	"github.com/terem-go/terem/internal/goedit"
	"github.com/terem-go/terem/internal/scaffold/domain"
	"github.com/terem-go/terem/internal/scaffold/migration"
	"github.com/terem-go/terem/internal/schema"
)

// FieldVerb is what entries of fields are recorded under; their names are the
// domain's and the column's: orders.note.
const FieldVerb = "add field"

// FieldOptions say how a field is added.
type FieldOptions struct {
	Table string   // of the domain, if it has several
	Fills []string // as of schema.Options
}

// Field adds a field to a domain: to its model, schemas, filter and tests, and a
// migration. The text is as of domain.FieldHelp. It returns what the migration
// accepts of what terem migrate lint finds.
func Field(s *change.Set, name, text string, o FieldOptions) (accepted []string, err error) {
	t, err := find(s, name)
	if err != nil {
		return nil, err
	}
	f, err := domain.ParseField(text)
	if err != nil {
		return nil, err
	}
	folder, err := schema.Open(s.Dir())
	if err != nil {
		return nil, err
	}
	models, err := folder.Current()
	if err != nil {
		return nil, err
	}
	m, err := t.model(models, o.Table)
	if err != nil {
		return nil, err
	}
	a := field{target: t, Field: f, typ: rows(m)}
	err = a.check()
	if err == nil {
		err = a.grow(models, m)
	}
	if err != nil {
		return nil, fmt.Errorf("the field %s: %w", text, err)
	}
	s.Record(FieldVerb, name+"."+f.Column(), append([]string{name, text}, options(o)...)...)
	a.model()
	a.schemas()
	if a.Type == domain.Ref {
		a.refers()
	}
	if a.Unique {
		a.taken()
	}
	a.testInputs()
	f.Require(s)
	if err := s.Err(); err != nil {
		return nil, err
	}
	plan, err := migration.Add(s, folder, "add_"+m.Table+"_"+f.Column(), schema.Options{Fills: o.Fills})
	if err != nil {
		return nil, err
	}
	return plan.Accepted, nil
}

func options(o FieldOptions) (args []string) {
	if o.Table != "" {
		args = append(args, "--table", o.Table)
	}
	for _, fill := range o.Fills {
		args = append(args, "--fill", fill)
	}
	return args
}

// field is a field that is added.
type field struct {
	*target
	domain.Field
	typ   string         // of rows: Order
	grown *domain.Domain // the domain, of which only the field is known
	body  string         // how the tests call the function of that name
}

// grow finds out what the field brings besides its lines.
func (a *field) grow(models []*dao.Model, m *dao.Model) (err error) {
	base := a.name
	if r := (&route{target: a.target}); r.read() == nil {
		base = strings.TrimPrefix(r.base, "/")
	}
	if a.grown, err = domain.Grow(models, m, a.set.Manifest().Answers.Module, base, a.has("Router.visible"), a.Field); err != nil {
		return err
	}
	a.Field = a.grown.Field()
	a.body = a.bodyCall()
	return nil
}

// check refuses what is there, and what concerns more than one field.
func (a *field) check() error {
	file := a.own[a.typ]
	src, err := a.set.Read(a.name + "/" + file)
	if file == "" || err != nil {
		return fmt.Errorf("%s has no type %s in a file of its own package", a.name, a.typ)
	}
	f, err := goedit.Parse(a.name+"/"+file, src)
	if err != nil {
		return err
	}
	if f.HasField(a.typ, a.Go()) {
		return fmt.Errorf("%s has a field %s already", a.typ, a.Go())
	}
	switch {
	case a.Owner:
		return errors.New("an owner concerns every route of the domain: name it when the domain is made")
	case a.Unique && !a.Nullable:
		return errors.New("the rows that are there would all have the same value, and no two may: let it be NULL, by the mark \"?!\"")
	case (a.Unique || a.Type == domain.Ref) && !a.has("ErrNotFound"):
		return errors.New("it brings an error of its own, and the domain has no variable ErrNotFound to put it beside")
	case a.Unique && !a.has("Repository.Change"):
		return errors.New("its error is returned by the repository's methods, and Repository has no method Change that writes some columns")
	}
	if a.Type == domain.Enum {
		declared := []string{a.Go()}
		for _, v := range a.Values {
			declared = append(declared, a.Constant(v))
		}
		for _, d := range declared {
			if a.has(d) {
				return fmt.Errorf("it would declare %s, which %s/%s declares: name the field otherwise", d, a.name, a.own[d])
			}
		}
	}
	return nil
}

// stamps come last among the fields of a row.
var stamps = goedit.Before("CreatedAt", "UpdatedAt", "DeletedAt")

func (a *field) model() {
	a.edit(a.typ, "models.go", func(f *goedit.File) {
		f.AddField(a.typ, a.ModelLine(), stamps)
		a.imports(f, a.ModelLine())
		if a.Type == domain.Enum {
			f.AddDecl(a.enum(), goedit.End)
		}
	})
}

// enum returns the declarations of the type of an enum.
func (a *field) enum() string {
	var constants, values []string
	for _, v := range a.Values {
		constants = append(constants, fmt.Sprintf("\t%s %s = %q\n", a.Constant(v), a.Go(), v))
		values = append(values, "string("+a.Constant(v)+")")
	}
	return strings.NewReplacer("TYPE", a.Go(), "ONE", a.Words(), "ROW", (&domain.Domain{Type: a.typ}).AOne(), "CONSTANTS", strings.Join(constants, ""), "VALUES", strings.Join(values, ", ")).Replace(
		`// TYPE is the ONE of ROW.
type TYPE string

// The values of TYPE.
const (
CONSTANTS)

// Values lists them.
func (TYPE) Values() []string {
	return []string{VALUES}
}`)
}

// schemas adds the field to those of the schemas that the domain has.
func (a *field) schemas() {
	in := func(schema string, edit func(f *goedit.File, name string)) {
		if a.has(a.typ + schema) {
			a.edit(a.typ+schema, "schemas.go", func(f *goedit.File) { edit(f, a.typ+schema) })
		}
	}
	in("Create", func(f *goedit.File, name string) {
		f.AddField(name+".Body", a.CreateLine(), goedit.Last)
		a.assign(f, name+".row")
		a.imports(f, a.CreateLine())
	})
	in("Filter", func(f *goedit.File, name string) {
		for _, line := range a.FilterLines() {
			f.AddField(name, line, goedit.Before("CreatedAtFrom", "CreatedAtTo", "Sort"))
			a.imports(f, line)
		}
		if a.Sortable() {
			f.AddToString(name, "created_at,-created_at", a.sorts())
		}
	})
	in("Update", func(f *goedit.File, name string) {
		f.AddField(name+".Body", a.UpdateLine(), goedit.Last)
		f.AddStatement(name+".apply", a.UpdateStatement(), goedit.Last)
		a.imports(f, a.UpdateLine())
	})
	in("Read", func(f *goedit.File, name string) {
		f.AddField(name, a.ReadLine(), stamps)
		a.imports(f, a.ReadLine())
	})
	if a.has(a.typ + "Read") {
		a.edit("new"+a.typ+"Read", "schemas.go", func(f *goedit.File) {
			value := a.parameter(f, "new"+a.typ+"Read") + "." + a.Go()
			if a.Type == domain.JSON {
				value += ".V"
			}
			f.AddElement("new"+a.typ+"Read", a.typ+"Read", a.Go()+": "+value, stamps)
		})
	}
}

// assign gives the field of a new row what the client has sent.
func (a *field) assign(f *goedit.File, function string) {
	value := "in.Body." + a.Go()
	if a.Type != domain.JSON {
		f.AddElement(function, a.typ, a.Go()+": "+value, goedit.Last)
		return
	}
	f.Try(func() { // the row has no name yet
		f.Replace(function, "return &"+a.typ, "row := &"+a.typ)
		f.AddStatement(function, "return row", goedit.Last)
	})
	f.AddStatement(function, "row."+a.Go()+".V = "+value, goedit.Last)
}

// parameter returns what a function calls the row that it is given.
func (a *field) parameter(f *goedit.File, function string) string {
	if names := f.Parameters(function); len(names) > 0 {
		return names[0]
	}
	return "row"
}

func (a *field) sorts() string { return "," + a.Column() + ",-" + a.Column() }

// testInputs adds the field to what the domain's tests send and look for.
func (a *field) testInputs() {
	pair := func(value string) string { return fmt.Sprintf("%q: %s", a.Column(), value) }
	element := func(function, typ, text string, p goedit.Place) func(f *goedit.File) {
		return func(f *goedit.File) {
			f.AddElement(function, typ, text, p)
			a.imports(f, text)
		}
	}
	if !a.Itself() { // which would be a row more
		a.try("body", element("body", "map[string]any", pair(a.SampleJSON()), goedit.Last))
	}
	a.try("TestRepository", element("TestRepository", a.name+"."+a.typ, a.Go()+": "+a.SampleModel(a.name), goedit.Last))
	changes := []string{"{" + pair(a.SampleOther()) + "}"}
	if a.Nullable {
		changes = append(changes, "{"+pair("nil")+"}")
	}
	var edits []func(f *goedit.File)
	for _, c := range changes {
		edits = append(edits, element("TestLifecycle", "[]map[string]any", c, goedit.Before("{}")))
	}
	a.try("TestLifecycle", edits...)
	edits = nil
	for _, wrong := range a.Wrong() {
		edits = append(edits, element("TestRefuses", "[]map[string]any", "{"+pair(wrong)+"}", goedit.Before(`{"nonsense": 1}`)))
	}
	if !a.Nullable {
		edits = append(edits, element("TestRefuses", "[]string", fmt.Sprintf("%q", a.Column()), goedit.Last))
	}
	a.try("TestRefuses", edits...)
	edits = nil
	for _, q := range a.Queries() {
		edits = append(edits, element("TestList", "[]struct{query string; finds int}", fmt.Sprintf("{%s, %d}", q.Text, q.Finds), goedit.Last))
	}
	if a.Sortable() {
		edits = append(edits, func(f *goedit.File) { f.AddToString("TestList", "created_at,-created_at", a.sorts()) })
	}
	a.try("TestList", edits...)
}
