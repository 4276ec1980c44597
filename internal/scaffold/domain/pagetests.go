package domain

import "strings"

// The tests of pages stand in one package for all domains, so what they declare has
// the domain's type in its name.

// PageFixtures are the rows that the form of a row must name, and those that they
// need.
func (d *Domain) PageFixtures() []fixture {
	list := d.fixturesOf(d.fields(func(f Field) bool { return f.Type == Ref && !f.Owner && !f.Nullable }))
	for _, f := range list {
		for i, a := range f.Assignments {
			a = strings.ReplaceAll(a, "(t, d)", "For"+d.Type+"(t, d)")
			f.Assignments[i] = strings.ReplaceAll(a, "next.Add", "next"+d.Type+".Add")
		}
	}
	return list
}

// PageNumbered reports whether tests of pages need values that no two rows share.
func (d *Domain) PageNumbered() bool {
	for _, f := range d.PageFixtures() {
		if strings.Contains(strings.Join(f.Assignments, ""), "next"+d.Type) {
			return true
		}
	}
	return false
}

// Typed is what a test types into a field, as an expression of Go.
func (d *Domain) Typed(f Field) string {
	switch {
	case f.Type == Ref && f.Nullable:
		return `""`
	case f.Type == Ref:
		return "fmt.Sprint(" + f.Table.Inserter() + "For" + d.Type + "(t, d))"
	case f.Type == Bool && !f.Nullable:
		return `"on"`
	case f.Type == Bool:
		return `"true"`
	case f.Type == Date:
		return `"2026-01-31"`
	case f.Type == Time:
		return `"2026-01-31 12:00:00"`
	case f.Type == Duration:
		return `"1h30m0s"`
	case f.Type == JSON:
		return "`{\"a\":\"b\"}`"
	case f.Type == Int || f.Type == Float:
		return `"7"`
	}
	f.Unique = false // there is one row
	return f.sample().json
}

// Mistyped are the fields that a test types something wrong into.
func (d *Domain) Mistyped() []Field {
	return d.fields(func(f Field) bool { return f.Mistake() != "" || f.required() })
}

// required reports whether a form refuses nothing for the field.
func (f Field) required() bool {
	return !f.Owner && !f.Nullable && (f.Type == String || f.Type == Text)
}

// Mistake is what cannot be typed into the field.
func (f Field) Mistake() string {
	switch {
	case f.Owner, f.Type == Text, f.Type == String, f.Type == Bool && !f.Nullable, f.Type == Ref && f.Table.KeyTo == "string":
		return ""
	}
	return "-"
}

// Label is the field's name as pages show it.
func (f Field) Label() string { return title(strings.TrimSuffix(f.Column(), "_id")) }

// Label is the field by which lists of pages name a row, or "".
func (d *Domain) Label() string {
	for _, f := range d.Fields {
		if f.Type == String && !f.Nullable {
			return f.Go()
		}
	}
	return ""
}

// Heading is what a row is called on pages, such as Order item.
func (d *Domain) Heading() string { return title(Snake(d.Type)) }

// Lower returns a name of Go as it is not exported.
func (*Domain) Lower(name string) string { return Lower(name) }
