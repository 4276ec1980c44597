package dao

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
)

// Def is where a struct says what concerns more than one column of its table, in
// a method of that name:
//
//	func (Order) Table(t *dao.Def) {
//		t.Unique("shop_id", "number")
//		t.Index("status", "-created_at").Where("deleted_at IS NULL")
//		t.Check("total", "total >= 0 AND total <= limit_total")
//	}
//
// The calls stand one after the other and their arguments are constants, since
// the tool reads them without running the program.
type Def struct {
	model    *Model
	problems []error
}

// IndexDef is an index that is being declared.
type IndexDef struct {
	def *Def
	at  int
}

// Index declares an index of columns, the first one first; a minus before the
// name sorts downwards.
func (d *Def) Index(columns ...string) IndexDef { return d.index(false, columns) }

// Unique declares that no two rows have the same values in these columns.
func (d *Def) Unique(columns ...string) IndexDef { return d.index(true, columns) }

// Where narrows the index to the rows that meet a condition, which is SQL
// without parameters that both engines know.
func (i IndexDef) Where(sql string) { i.def.model.Indexes[i.at].Where = sql }

func (d *Def) index(unique bool, columns []string) IndexDef {
	if len(columns) == 0 {
		d.problems = append(d.problems, errors.New("an index needs columns"))
	}
	for i, c := range columns {
		columns[i] = strings.TrimSpace(c)
		if name := strings.TrimPrefix(columns[i], "-"); d.model.column(name) == nil {
			d.problems = append(d.problems, fmt.Errorf("an index names the column %q, which the struct does not have", name))
		}
	}
	d.model.Indexes = append(d.model.Indexes, Index{Name: IndexName(d.model.Table, unique, columns), Columns: columns, Unique: unique})
	return IndexDef{d, len(d.model.Indexes) - 1}
}

// Check declares a rule that every row must meet: SQL that both engines know. Its
// name is the table's, name and "check": orders_total_check.
func (d *Def) Check(name, sql string) {
	if err := checkName(name); err != nil {
		d.problems = append(d.problems, err)
	}
	if strings.TrimSpace(sql) == "" {
		d.problems = append(d.problems, fmt.Errorf("the check %s is empty", name))
	}
	d.model.Checks = append(d.model.Checks, Check{Name: ConstraintName(d.model.Table, name, "check"), SQL: sql})
}

// tableMethod returns what the struct's method Table does, or nil if it has none.
func tableMethod(t reflect.Type) (func(*Def), error) {
	m, ok := reflect.New(t).Interface().(interface{ Table(*Def) })
	if ok {
		return m.Table, nil
	}
	if wrong, named := reflect.PointerTo(t).MethodByName("Table"); named {
		return nil, fmt.Errorf("dao: %s: the method Table is %s; expected func(*dao.Def)", t, wrong.Type)
	}
	return nil, nil
}
