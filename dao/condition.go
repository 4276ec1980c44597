package dao

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"

	"github.com/terem-go/terem/db"
)

// Condition is a condition for rows: SQL of the program's own, by Where, or a
// comparison of one column, by Eq and In.
type Condition struct {
	sql     string
	args    []any
	columns func(*composer) Condition // instead, for what must know the table
}

// Where is the condition that rows must meet, as SQL with the placeholders $1,
// $2 … for the arguments, which the text must all use:
//
//	dao.Where("lower(email) = lower($1)", email)
//
// Each Where of a call numbers its own from $1; rows must meet all of them. The
// text must come from the program: what users send belongs in args.
func Where(sql string, args ...any) Condition { return Condition{sql: sql, args: args} }

// Eq is the condition that a column of the table has a value; nil, a nil pointer to
// such a value, and a Null type without one stand for NULL. The value is of the field's type or, for integers and strings, of any such
// type, or of the type that a Null type holds.
func Eq(column string, value any) Condition {
	return Condition{columns: func(c *composer) Condition { return c.eq(column, value) }}
}

// In is the condition that a column of the table has one of some values, which
// are one parameter however many there are: the text stays the same, and is
// prepared once. No values are met by no row.
func In[V any](column string, values []V) Condition {
	return Condition{columns: func(c *composer) Condition {
		if col := c.column("In", column); col != nil {
			return c.anyOf(col, values)
		}
		return Condition{}
	}}
}

// And joins conditions: rows must meet all of them. Without any, every row does.
func And(conditions ...Condition) Condition { return joined(" AND ", "1 = 1", conditions) }

// Or joins conditions: rows must meet one of them. Without any, no row does.
func Or(conditions ...Condition) Condition { return joined(" OR ", "1 = 0", conditions) }

// Not is the condition that rows do not meet another one. Where that is neither
// true nor false, because of a NULL, this is not met either.
func Not(condition Condition) Condition {
	return Condition{columns: func(c *composer) Condition {
		w := c.resolve(condition)
		return Condition{sql: "NOT (" + w.sql + ")", args: w.args}
	}}
}

func (c Condition) apply(s *selection) { s.where = append(s.where, c) }

func joined(word, none string, conditions []Condition) Condition {
	return Condition{columns: func(c *composer) Condition {
		if len(conditions) == 0 {
			return Condition{sql: none}
		}
		var text strings.Builder
		var args []any
		for i, w := range conditions {
			if i > 0 {
				text.WriteString(word)
			}
			w = c.resolve(w)
			text.WriteByte('(')
			c.renumber(&text, w, len(args))
			text.WriteByte(')')
			args = append(args, w.args...)
		}
		return Condition{sql: text.String(), args: args}
	}}
}

// resolve returns the condition as SQL.
func (c *composer) resolve(w Condition) Condition {
	for w.columns != nil {
		w = w.columns(c)
	}
	return w
}

// column returns a column of the table, or nil when it is not there.
func (c *composer) column(function, name string) *column {
	col := c.plan.column(name)
	if col == nil {
		c.fail("dao: %s: %w", function, c.plan.unknown(name))
	}
	return col
}

// valid appends what is written for a value. One that no row can have is left
// out.
func (c *composer) valid(col *column, value any, args []any) []any {
	arg, err := col.keyArg(value)
	switch {
	case err == errNoSuchKey:
	case err != nil:
		c.fail("dao: a value for the column %s of %s %w", col.Name, c.plan.model.Table, err)
	default:
		args = append(args, arg)
	}
	return args
}

func (c *composer) eq(column string, value any) Condition {
	col := c.column("Eq", column)
	if v := reflect.ValueOf(value); col != nil && v.Kind() == reflect.Pointer && v.Type().Elem() == col.typ {
		value = nil
		if !v.IsNil() {
			value = v.Elem().Interface()
		}
	}
	switch {
	case col == nil:
		return Condition{}
	case value == nil:
		return Condition{sql: c.plan.read(col) + " IS NULL"}
	}
	switch args := c.valid(col, value, nil); {
	case len(args) == 0:
		return Condition{sql: "1 = 0"}
	case args[0] == nil:
		return Condition{sql: c.plan.read(col) + " IS NULL"}
	default:
		return Condition{sql: c.plan.read(col) + " = $1", args: args}
	}
}

// anyOf is the condition that a column has one of the values of a slice.
func (c *composer) anyOf(col *column, list any) Condition {
	v := reflect.ValueOf(list)
	if v.Kind() != reflect.Slice {
		c.fail("dao: Filter: %s[in] takes a list, not %T", col.Name, list)
		return Condition{}
	}
	args := make([]any, 0, v.Len())
	for i := range v.Len() {
		args = c.valid(col, v.Index(i).Interface(), args)
	}
	args = slices.DeleteFunc(args, func(arg any) bool { return arg == nil }) // NULL is no value
	return c.in(col, args)
}

// in compares a column with an array of PostgreSQL, or with the values of a JSON
// array on SQLite.
func (c *composer) in(col *column, args []any) Condition {
	if col.Kind == KindTime || col.Kind == KindBytes {
		c.fail("dao: In: the column %s of %s holds %s, which cannot stand in a list on every engine", col.Name, c.plan.model.Table, col.Type)
		return Condition{}
	}
	if c.dialect == db.Postgres {
		return Condition{sql: c.plan.read(col) + " = ANY($1)", args: []any{array(args)}}
	}
	for i, arg := range args {
		if yes, ok := arg.(bool); ok { // an integer in SQLite
			args[i] = map[bool]int{true: 1}[yes]
		}
	}
	list, err := json.Marshal(args)
	if err != nil {
		c.fail("dao: In: the column %s of %s: %w", col.Name, c.plan.model.Table, err)
	}
	return Condition{sql: c.plan.read(col) + " IN (SELECT value FROM json_each($1))", args: []any{string(list)}}
}

// array returns values, which are all of one type, as a slice of that type.
func array(args []any) any {
	if len(args) == 0 {
		return []string{}
	}
	t := reflect.TypeOf(args[0])
	list := reflect.MakeSlice(reflect.SliceOf(t), len(args), len(args))
	for i, arg := range args {
		list.Index(i).Set(reflect.ValueOf(arg))
	}
	return list.Interface()
}
