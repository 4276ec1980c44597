package domain

import (
	"slices"
	"strings"
)

// One is what a row is called in text: order item.
func (d *Domain) One() string { return strings.ReplaceAll(Snake(d.Type), "_", " ") }

// AOne is One with its article: an order item.
func (d *Domain) AOne() string { return article(d.One()) }

// Many is what rows are called: order items.
func (d *Domain) Many() string { return words(d.Table) }

// Title is the heading of the domain's pages, such as Order items.
func (d *Domain) Title() string { return title(d.Table) }

// Owner returns the field that says whose a row is, or nil.
func (d *Domain) Owner() *Field {
	if i := slices.IndexFunc(d.Fields, func(f Field) bool { return f.Owner }); i >= 0 {
		return &d.Fields[i]
	}
	return nil
}

// Uses are the domains that this one needs, in the order of their names.
func (d *Domain) Uses() []string {
	uses := []string{"users"} // for the policies
	for _, f := range d.Refs() {
		if !f.itself {
			uses = append(uses, f.Table.Domain)
		}
	}
	slices.Sort(uses)
	return slices.Compact(uses)
}

// Sent are the fields that clients fill in: all but the owner.
func (d *Domain) Sent() []Field { return d.fields(func(f Field) bool { return !f.Owner }) }

// Assigned are those of Sent that a row takes as they are.
func (d *Domain) Assigned() []Field {
	return d.fields(func(f Field) bool { return !f.Owner && f.Type != JSON })
}

// Refs are the fields that refer to rows, but for the owner.
func (d *Domain) Refs() []Field {
	return d.fields(func(f Field) bool { return f.Type == Ref && !f.Owner })
}

// Filled are those of Sent that tests fill in to make a row: references to rows of its own would be rows more.
func (d *Domain) Filled() []Field {
	return d.fields(func(f Field) bool { return !f.Owner && !f.itself })
}

// BodyRefers reports whether one of Filled refers to a row.
func (d *Domain) BodyRefers() bool {
	return slices.ContainsFunc(d.Filled(), func(f Field) bool { return f.Type == Ref })
}

// Body is the call of the tests' function that returns what a row is made of.
func (d *Domain) Body() string {
	if d.BodyRefers() {
		return "body(t, d)"
	}
	return "body()"
}

// HasRefs reports whether there are Refs.
func (d *Domain) HasRefs() bool { return len(d.Refs()) > 0 }

// Enums are the fields with a type of their own.
func (d *Domain) Enums() []Field { return d.fields(func(f Field) bool { return f.Type == Enum }) }

// Unique are the fields of which no two rows have the same value.
func (d *Domain) Unique() []Field { return d.fields(func(f Field) bool { return f.Unique }) }

// UniqueWhere are those of Unique where rows that are deleted do not count.
func (d *Domain) UniqueWhere() []Field { return d.fields(func(f Field) bool { return f.uniqueWhere }) }

func (d *Domain) fields(which func(Field) bool) (list []Field) {
	for _, f := range d.Fields {
		if which(f) {
			list = append(list, f)
		}
	}
	return list
}

// Has reports whether a field is of a type.
func (d *Domain) Has(t Type) bool {
	return len(d.fields(func(f Field) bool { return f.Type == t })) > 0
}

// Sorts are the columns that lists are sorted by, up and down.
func (d *Domain) Sorts() string {
	list := []string{"created_at", "-created_at"}
	for _, f := range d.Fields {
		if f.Sortable() {
			list = append(list, f.Column(), "-"+f.Column())
		}
	}
	return strings.Join(list, ",")
}

// Fails are the errors of a request that creates or changes a row.
func (d *Domain) Fails() string {
	var list []string
	for _, f := range d.Unique() {
		list = append(list, "Err"+f.Go()+"Taken")
	}
	if d.HasRefs() {
		list = append(list, "ErrReference")
	}
	return strings.Join(list, ", ")
}

// Short is the name of a reference in Go without ID: User of user_id.
func (f Field) Short() string { return GoName(strings.TrimSuffix(f.Column(), "_id")) }

// Words is the name of the field as text.
func (f Field) Words() string { return words(strings.TrimSuffix(f.Column(), "_id")) }

// Required are the fields that clients must fill in.
func (d *Domain) Required() []Field {
	return d.fields(func(f Field) bool { return !f.Owner && !f.Nullable })
}

// Numbered reports whether tests need values that no two rows share.
func (d *Domain) Numbered() bool {
	var all strings.Builder
	for _, f := range d.Fields {
		all.WriteString(f.sample().json)
	}
	for _, f := range d.Fixtures() {
		all.WriteString(strings.Join(f.Assignments, ""))
	}
	return strings.Contains(all.String(), "next.")
}

// Missing is the key of a row that is not there, as tests send it.
func (f Field) Missing() string {
	if f.Table.KeyTo == "int64" {
		return "1000000"
	}
	return `"00000000-0000-0000-0000-000000000001"`
}
