package dao

import (
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/errs"
)

// operators are what may stand in brackets behind a column's name.
var operators = map[string]string{"": "=", "ne": "<>", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}

// Filter is the condition that the filled fields of a struct ask for, by their
// query tags: the column, and an operator in brackets behind it. Such a struct is
// embedded in the input of a route, which so says what can be asked, and how, and
// describes it in OpenAPI:
//
//	type OrderFilter struct {
//		Status api.Optional[Status]    `query:"status" enum:"open,paid"`
//		Least  api.Optional[int64]     `query:"total[gte]" minimum:"0"`
//		From   api.Optional[time.Time] `query:"created_at[gte]"`
//		IDs    api.Optional[[]int64]   `query:"id[in]" maxItems:"100"`
//	}
//
//	rows, total, err := r.Page(ctx, q, in.Page, in.Size, dao.Filter(in.OrderFilter), dao.OrderBy(in.Sort...))
//
// The operators are ne, gt, gte, lt, lte and in; without one a row must have the
// value. A decimal is compared with its own type, a string or any number; a string
// that is none is an errs.Invalid with the code "filter_invalid". Fields that have
// no method Given() (any, bool), as api.Optional has, and those without a query tag
// are passed over. A tag that names no column of the table, and a field whose type
// does not go with its column, are errors of every call, whatever was given.
func Filter(in any) Condition {
	return Condition{columns: func(c *composer) Condition {
		v := reflect.ValueOf(in)
		_, checked := c.plan.filters.Load(v.Type())
		var all []Condition
		for i := range v.NumField() {
			tag, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("query"), ",")
			f, ok := v.Field(i).Interface().(interface{ Given() (any, bool) })
			if tag == "" || !ok {
				continue
			}
			value, given := f.Given()
			if given || !checked {
				col, op := c.filtered(tag)
				if !checked {
					c.checkFilter(col, op, reflect.TypeOf(value))
				}
				if given && c.err == nil {
					all = append(all, c.filter(col, op, value))
				}
			}
		}
		if c.err == nil && !checked {
			c.plan.filters.Store(v.Type(), true)
		}
		return c.resolve(And(all...))
	}}
}

// checkFilter refuses a type whose values cannot be compared with a column.
func (c *composer) checkFilter(col *column, op string, t reflect.Type) {
	switch {
	case c.err != nil || t == nil:
	case op == "in" && t.Kind() == reflect.Slice:
		c.filter(col, op, reflect.MakeSlice(t, 1, 1).Interface())
	case col.Kind == KindDecimal && t.Kind() == reflect.String: // whose zero is no number
	default:
		c.filter(col, op, reflect.Zero(t).Interface())
	}
}

// errNoFilter is returned for a value that a column cannot be compared with.
var errNoFilter = errs.New(errs.Invalid, "filter_invalid", "The list cannot be filtered by this.")

// filtered returns the column and the operator that a tag names.
func (c *composer) filtered(tag string) (*column, string) {
	name, op, _ := strings.Cut(strings.TrimSuffix(tag, "]"), "[")
	if _, known := operators[op]; !known && op != "in" {
		c.fail("dao: Filter: the operator of %s is not known; expected ne, gt, gte, lt, lte or in", tag)
	}
	return c.column("Filter", name), op
}

// filter returns the condition of one parameter.
func (c *composer) filter(col *column, op string, value any) Condition {
	if op == "in" {
		return c.anyOf(col, value)
	}
	sign := operators[op]
	if col.Kind == KindDecimal {
		text, err := decimalOf(value)
		switch {
		case err == errNoNumber && c.err == nil:
			name := col.Name
			if op != "" {
				name += "[" + op + "]"
			}
			c.err = errNoFilter.With(errs.Field{In: "query", Name: name, Message: "expected a decimal number"})
		case err != nil:
			c.fail("dao: Filter: the column %s of %s %w", col.Name, c.plan.model.Table, err)
		}
		return Condition{sql: c.value(col) + " " + sign + " " + c.parameter(col), args: []any{text}}
	}
	args := c.valid(col, value, nil)
	if len(args) == 0 { // a value that the column cannot hold
		return c.beyond(col, op, value)
	}
	return Condition{sql: c.value(col) + " " + sign + " " + c.parameter(col), args: args}
}

// beyond is the condition of a value that no row can have: which is larger than
// all, or smaller, if it is a number or a time.
func (c *composer) beyond(col *column, op string, value any) Condition {
	v := reflect.ValueOf(value)
	below, sized := v.CanInt() && v.Int() < 0, col.integer()
	if t, ok := value.(time.Time); ok {
		below, sized = t.UTC().Year() < 0, true
	}
	all := op == "ne" || below && (op == "gt" || op == "gte") || !below && (op == "lt" || op == "lte")
	if all && sized || op == "ne" {
		return Condition{sql: c.plan.read(col) + " IS NOT NULL"}
	}
	return Condition{sql: "1 = 0"}
}

// value returns the column as it is compared by size. SQLite keeps decimals as
// text: there they are compared as floating-point numbers.
func (c *composer) value(col *column) string {
	if col.Kind == KindDecimal && c.dialect == db.SQLite {
		return fmt.Sprintf("CAST(%s AS REAL)", c.plan.read(col))
	}
	return c.plan.read(col)
}

// parameter returns $1 for a value that the column is compared with.
func (c *composer) parameter(col *column) string {
	if col.Kind == KindDecimal && c.dialect == db.SQLite {
		return "CAST($1 AS REAL)"
	}
	return "$1"
}
