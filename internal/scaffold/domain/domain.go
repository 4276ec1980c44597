// Package domain writes a whole domain of an application from a list of fields.
package domain

import (
	"errors"
	"fmt"
	"go/token"
	"slices"
	"strings"

	"github.com/terem-go/terem/dao"
)

// Options say which domain to write.
type Options struct {
	Module     string   // the import path of the application
	App        string   // its name, such as shop
	Name       string   // of the domain and its table, such as orders or order_items
	Fields     []string // see FieldHelp
	Type       string   // of a row, such as Order; made from Name by default
	SoftDelete bool     // rows that are deleted stay, marked
	Pages      bool     // people see and change rows on pages, too
}

// Domain is a domain that is to be written. The templates read it.
type Domain struct {
	Module  string
	App     string // as people read it: Shop
	Package string // the name of its folder: orderitems
	Table   string // order_items
	Path    string // of its routes: order-items
	Type    string // OrderItem
	Plural  string // OrderItems
	Var     string // orderItems
	Fields  []Field

	SoftDelete, Pages bool

	models []*dao.Model // of the application
}

// New checks what the options say and returns the domain. The models are those of
// the application. Errors name what is wrong and the way out.
func New(o Options, models []*dao.Model) (*Domain, error) {
	d := &Domain{Module: o.Module, App: title(o.App), Table: o.Name, Package: strings.ReplaceAll(o.Name, "_", ""), Path: strings.ReplaceAll(o.Name, "_", "-"),
		Plural: GoName(o.Name), Type: o.Type, SoftDelete: o.SoftDelete, Pages: o.Pages, models: models}
	if err := CheckName(o.Name); err != nil {
		return nil, err
	}
	d.Var = Lower(d.Plural)
	if d.Type == "" {
		d.Type = GoName(singular(o.Name))
	}
	if !token.IsIdentifier(d.Type) || !token.IsExported(d.Type) {
		return nil, fmt.Errorf("%q cannot be the type of a row: give a Go name such as --type Order", d.Type)
	}
	for _, text := range o.Fields {
		f, err := ParseField(text)
		if err != nil {
			return nil, err
		}
		if err := d.add(f); err != nil {
			return nil, fmt.Errorf("the field %s: %w", text, err)
		}
	}
	if len(d.Sent()) == 0 {
		return nil, errors.New("a domain has a field that clients fill in, besides an owner: terem add domain orders title:string")
	}
	return d, d.clashes()
}

// CheckName reports why a domain cannot have a name.
func CheckName(name string) error {
	pkg := strings.ReplaceAll(name, "_", "")
	switch {
	case !NameForm.MatchString(name) || len(name) > 40:
		return fmt.Errorf("%q cannot be a domain: give words of a-z and 0-9 with _ between, at most 40 characters, such as orders or order_items", name)
	case len(pkg) < 3 || strings.HasSuffix(name, "_test"):
		return fmt.Errorf("%q cannot be a domain: its package needs a name of three letters or more, and none that ends in _test", name)
	case token.IsKeyword(pkg) || slices.Contains(reserved, pkg):
		return fmt.Errorf("%q cannot be a domain: Go, the template or the library uses this name for something else. Take another one, such as the plural or a longer one", name)
	}
	return nil
}

// reserved are names that packages of domains cannot have: folders of an
// application, what its code calls otherwise, and predeclared names of Go.
var reserved = strings.Fields(`
	api apitest app assemble auth civil cmd config context crypto dao database db dbtest decimal deploy deps dist docs domains driver embed env errors
	errs files fmt fs guards http internal io jobs jobstest json key kong list log mail mails main math metrics migrate migrations migration
	net node notifications notify os pages policy rand report root row rows secret services session settings slices slog static
	strconv string strings sync tasks template templates term terem testdata testing time tmp tracing url user utils uuid vendor view
	views visible visitor web written assets static ctx out err row
	any append bool byte cap clear close comparable complex copy delete error false float int iota len make max min new nil panic print
	println real recover rune true uint uintptr init`)

// add adds a field.
func (d *Domain) add(f Field) error {
	if f.Type == Ref {
		if err := d.refer(&f); err != nil {
			return err
		}
	}
	stamps := []string{"id", "created_at", "updated_at", "deleted_at"}
	switch {
	case slices.Contains(stamps, f.Column()):
		return errors.New("every domain has this column by itself, deleted_at with --soft-delete: leave it out")
	case slices.ContainsFunc(d.Fields, func(o Field) bool { return o.Column() == f.Column() || o.Go() == f.Go() }):
		return errors.New("there is another field of this name")
	case f.Column() == "table":
		return errors.New("models have a method Table: name the field otherwise, such as table_number")
	case f.Owner && d.Owner() != nil:
		return errors.New("a row has one owner, and there is another")
	}
	f.uniqueWhere = f.Unique && d.SoftDelete
	d.Fields = append(d.Fields, f)
	return nil
}

// refer finds what a field refers to.
func (d *Domain) refer(f *Field) (err error) {
	if f.itself = f.To == d.Table || f.To == d.Package; f.itself {
		return d.referToItself(f)
	}
	if f.Table, err = Find(d.models, f.To); err != nil {
		return err
	}
	if f.Owner && (f.Table.Domain != "users" || f.Table.Type != "User" || f.Table.KeyTo != "int64") {
		return errors.New("only users own rows: ref(users,owner)")
	}
	return nil
}

// referToItself completes a field that refers to other rows of the domain.
func (d *Domain) referToItself(f *Field) error {
	switch {
	case f.Owner:
		return errors.New("only users own rows: ref(users,owner)")
	case !f.Nullable:
		return errFirstRow
	case f.Unique:
		return errors.New("tests make rows that refer to none: leave out the \"!\", and say it by t.Unique in a method Table of models.go")
	}
	f.Table = &Target{Table: d.Table, Domain: d.Package, Type: d.Type, Key: "ID", KeyTo: "int64"}
	return nil
}

// errFirstRow is returned for a field that could never be filled.
var errFirstRow = errors.New("the first row could refer to none: let it be NULL, with ?")

// clashes refuses two things of one name in the package, and a table that is
// there.
func (d *Domain) clashes() error {
	for _, m := range d.models {
		if m.Table == d.Table {
			return fmt.Errorf("there is a table %s already, which %s describes: take another name", m.Table, m.Type)
		}
		if strings.HasSuffix(m.Type, "."+d.Type) {
			return fmt.Errorf("there is a type %s already, and OpenAPI tells types apart by their plain names: give another one with --type", m.Type)
		}
	}
	names := map[string]string{}
	for _, end := range []string{"", "Create", "ByID", "Filter", "List", "Update", "Read"} {
		names[d.Type+end] = "the type of rows, or of a schema"
	}
	for _, name := range []string{"Domain", "New", "Repository", "Router", "ErrNotFound", "ErrReference"} {
		if names[name] != "" {
			return fmt.Errorf("the type %s has a name that every domain uses otherwise: give another one with --type", name)
		}
		names[name] = "a part of every domain"
	}
	for _, f := range d.Enums() {
		declared := []string{f.Go()}
		for _, v := range f.Values {
			declared = append(declared, f.Constant(v))
		}
		for _, name := range declared {
			if other := names[name]; other != "" {
				return fmt.Errorf("the field %s would declare %s, which is %s: name the field otherwise", f.Name, name, other)
			}
			names[name] = "declared by the field " + f.Name
		}
	}
	return nil
}
