package domain

import (
	"fmt"
	"slices"
	"strings"

	"github.com/terem-go/terem/dao"
)

// fixture is a row of another table that a test inserts to refer to it.
type fixture struct {
	*Target
	// Assignments give values to the fields that the row cannot be without.
	Assignments []string
}

// Inserter is the function of tests that inserts a row of the table and returns
// its key, such as aProduct.
func (t *Target) Inserter() string {
	one := singular(t.Table)
	return strings.TrimSuffix(article(one), " "+one) + GoName(one)
}

// Fixtures are the rows that a row of the domain needs, and those that they need.
func (d *Domain) Fixtures() []fixture { return d.fixturesOf(d.Fields) }

// columns are those of the domain's own table.
func (d *Domain) columns() (list []dao.Column) {
	for _, f := range d.Fields {
		c := dao.Column{Name: f.Column(), Field: f.Go(), Type: f.plain(), Kind: "string", Nullable: f.Nullable, Unique: f.Unique, Values: f.Values}
		switch f.Type {
		case Int, Duration:
			c.Kind = "int64"
		case Date:
			c.Kind = dao.KindDate
		case Time:
			c.Kind = dao.KindTime
		case UUID:
			c.Kind = dao.KindUUID
		case Float, Bool, Decimal, JSON:
			c.Kind = dao.Kind(f.Type)
		case Ref:
			c.References = &dao.Reference{Table: f.Table.Table, Column: "id"}
		}
		list = append(list, c)
	}
	return list
}

func (d *Domain) fixturesOf(fields []Field) []fixture {
	var list []fixture
	var add func(t *Target)
	add = func(t *Target) {
		if slices.ContainsFunc(list, func(f fixture) bool { return f.Table == t.Table }) {
			return
		}
		i := len(list)
		list = append(list, fixture{Target: t})
		columns := t.columns
		if t.Table == d.Table && columns == nil {
			columns = d.columns()
		}
		for _, c := range columns {
			if c.Nullable || c.Identity {
				continue
			}
			to, value := d.filled(c)
			if value != "" {
				list[i].Assignments = append(list[i].Assignments, "row."+c.Field+" = "+value)
			}
			if to != nil {
				add(to)
			}
		}
	}
	for _, f := range fields {
		if f.Table != nil {
			add(f.Table)
		}
	}
	return list
}

// filled returns the Go expression for a column's field where its zero does not
// do, and what it refers to.
func (d *Domain) filled(c dao.Column) (to *Target, value string) {
	switch {
	case c.References != nil:
		to, err := Find(d.models, c.References.Table)
		if err != nil {
			return nil, ""
		}
		return to, to.Inserter() + "(t, d)"
	case len(c.Values) > 0:
		return nil, fmt.Sprintf("%q", c.Values[0])
	case c.Kind == "string" && c.Unique:
		return nil, converted(c, "string", "fmt.Sprint(next.Add(1))")
	case c.Kind == "string":
		return nil, `"x"`
	case c.Kind.Integer() && c.Unique:
		return nil, converted(c, "int64", "next.Add(1)")
	case c.Kind == dao.KindDate && c.Unique:
		return nil, "civil.NewDate(2000, 1, int(next.Add(1)))"
	case c.Kind == dao.KindDecimal && c.Unique:
		return nil, converted(c, "decimal.Decimal", "decimal.NewFromInt(next.Add(1))")
	case c.Kind == dao.KindTime && c.Unique:
		return nil, "time.Unix(next.Add(1), 0)"
	case c.Kind == dao.KindUUID && !c.Key:
		return nil, "uuid.New()"
	}
	return nil, ""
}

// converted returns an expression of a type as one of a column's type.
func converted(c dao.Column, typ, value string) string {
	if c.Type == typ {
		return value
	}
	return c.Type + "(" + value + ")"
}
