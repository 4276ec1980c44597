package domain

import (
	"bytes"
	"fmt"
	"go/format"
	"strings"

	"github.com/terem-go/terem/dao"
)

// The parts that a field brings to a domain, besides its lines in types.
const (
	ReferenceError = "reference_error" // a line among the errors
	TakenErrors    = "taken_errors"    // likewise
	ReferencesTest = "references_test"
	TakenTests     = "taken_tests"
	Fixtures       = "fixtures" // functions of tests that insert rows of other tables
	CreateMethod   = "create_method"
	TakenFunction  = "taken_function"
)

// Grow returns a domain that is there, of which only a field that it is to get is
// known: what the parts say is about that alone. The model is that of the domain,
// among those of the application.
func Grow(models []*dao.Model, m *dao.Model, module, path string, owned bool, f Field) (*Domain, error) {
	pkg, typ, _ := strings.Cut(m.Type, ".")
	d := &Domain{Module: module, Package: pkg, Table: m.Table, Path: path, Type: typ, models: models}
	for _, c := range m.Columns {
		d.SoftDelete = d.SoftDelete || c.Deleted
	}
	if owned {
		users, err := Find(models, "users")
		if err != nil {
			return nil, err
		}
		d.Fields = append(d.Fields, Field{Name: "user", Type: Ref, Owner: true, Table: users})
	}
	if f.Type == Ref {
		var err error
		if f.Table, err = Find(models, f.To); err != nil {
			return nil, err
		}
		if f.itself = f.Table.Table == m.Table; f.itself && !f.Nullable {
			return nil, errFirstRow
		}
	}
	f.uniqueWhere = f.Unique && d.SoftDelete
	d.Fields = append(d.Fields, f)
	return d, nil
}

// Itself reports whether the field refers to other rows of its domain.
func (f Field) Itself() bool { return f.itself }

// Field returns the field that a domain gets.
func (d *Domain) Field() Field { return d.Fields[len(d.Fields)-1] }

// Part returns what the domain's template says of a part, in the form of gofmt.
func (d *Domain) Part(name string) (string, error) {
	var b bytes.Buffer
	if err := templates.ExecuteTemplate(&b, name, d); err != nil {
		return "", fmt.Errorf("the template of %s: %w", name, err)
	}
	text, err := format.Source(b.Bytes())
	return strings.TrimSpace(string(text)), err
}
