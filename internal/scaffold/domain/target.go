package domain

import (
	"fmt"
	"slices"
	"strings"

	"github.com/terem-go/terem/dao"
)

// Target is a table that a reference refers to.
type Target struct {
	Table  string // its name
	Domain string // the package that describes it, which is its folder too
	Type   string // of a row, such as Product
	Key    string // the key's field in Go, such as ID
	KeyTo  string // the key's type in Go: int64, string or uuid.UUID

	columns []dao.Column
}

// Find returns the table of a name, or the one that a domain of that name has.
// Errors name the tables that there are.
func Find(models []*dao.Model, name string) (*Target, error) {
	var own []*dao.Model
	var tables []string
	for _, m := range models {
		if m.Table == name {
			return newTarget(m)
		}
		if pkg, _, _ := strings.Cut(m.Type, "."); pkg == name {
			own = append(own, m)
		}
		tables = append(tables, m.Table)
	}
	switch len(own) {
	case 1:
		return newTarget(own[0])
	case 0:
		slices.Sort(tables)
		return nil, fmt.Errorf("there is no table or domain %s; there are the tables %s", name, strings.Join(tables, ", "))
	}
	return nil, fmt.Errorf("the domain %s has several tables: name one of them", name)
}

// keyTypes are the types of keys that a reference can have.
var keyTypes = []string{"int64", "string", "uuid.UUID"}

func newTarget(m *dao.Model) (*Target, error) {
	pkg, name, _ := strings.Cut(m.Type, ".")
	t := &Target{Table: m.Table, Domain: pkg, Type: name, columns: slices.Clone(m.Columns)}
	for _, index := range m.Indexes { // as --soft-delete has them, and those of several columns
		for i := range t.columns {
			c := &t.columns[i]
			c.Unique = c.Unique || index.Unique && slices.Contains(index.Columns, c.Name)
		}
	}
	key := m.Key()
	if len(key) != 1 || key[0].Name != "id" || !slices.Contains(keyTypes, key[0].Type) {
		return nil, fmt.Errorf("the table %s has no key named id of type %s, which a reference needs", m.Table, strings.Join(keyTypes, ", "))
	}
	t.Key, t.KeyTo = key[0].Field, key[0].Type
	return t, nil
}
