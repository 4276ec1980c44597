package dao

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/errs"
)

// errNoCursor is returned for a cursor that After has not made for this order.
var errNoCursor = errs.New(errs.Invalid, "cursor_invalid", "The cursor is not one of this list.").
	With(errs.Field{In: "query", Name: "cursor", Message: "expected next of the page before, with the same sort"})

// After returns at most size rows that come after a cursor, "" for the first
// ones, and the cursor of the next: "" when there are no more. Rows are in the
// order of OrderBy, and those that it leaves equal in the order of the primary
// key. Rows that others insert or delete meanwhile neither repeat nor hide one:
// the cursor is the place of the last row, and not a number of rows.
//
// A cursor holds the values of the columns that rows are sorted by. It tells its
// client nothing that its rows did not, and can be tampered with; package api
// signs it. It returns an errs.Invalid with the code "cursor_invalid" for a
// cursor of another list, and for a size below 1 what Page returns.
func (t Table[T]) After(ctx context.Context, q db.Querier, cursor string, size int, opts ...Option) (rows []T, next string, err error) {
	if err := t.checkKey(); err != nil {
		return nil, "", err
	}
	s := newSelection(opts)
	switch {
	case size < 1:
		return nil, "", errNoPage.Here()
	case s.limit != nil:
		return nil, "", errors.New("dao: After takes no Limit: its size is one")
	}
	s.order = t.plan.withKey(s.order)
	s.limit = new(Limit(min(size, math.MaxInt-1) + 1))
	if cursor != "" {
		values, err := t.plan.parseCursor(cursor, s.order)
		if err != nil {
			return nil, "", err
		}
		s.where = append(s.where, behind(s.order, values))
	}
	c, err := t.find(q, s)
	if err != nil {
		return nil, "", err
	}
	if rows, err = all[T](ctx, q, t.plan.columns, c); err != nil || len(rows) <= size {
		return rows, "", err
	}
	rows = rows[:size]
	next, err = t.plan.cursor(reflect.ValueOf(&rows[size-1]).Elem(), s.order)
	return rows, next, err
}

// behind is the condition for rows that come after one with some values, nil for
// NULL, in an order. NULL counts as the largest value.
func behind(order []string, values []any) Condition {
	return Condition{columns: func(c *composer) Condition {
		var ways []Condition // to come after: by the first column, or by the second where the first is equal, …
		var equal []Condition
		for i, name := range order {
			name, down := strings.CutPrefix(name, "-")
			col, v := c.column("OrderBy", name), values[i]
			if col == nil {
				return Condition{}
			}
			at := c.value(col)
			same := Condition{sql: at + " = " + c.parameter(col), args: []any{v}}
			var after Condition
			switch {
			case v == nil:
				same = Condition{sql: at + " IS NULL"}
				after = Condition{sql: "1 = 0"}
				if down {
					after = Condition{sql: at + " IS NOT NULL"}
				}
			case down:
				after = Condition{sql: at + " < " + c.parameter(col), args: []any{v}}
			case col.Nullable:
				after = Condition{sql: at + " > " + c.parameter(col) + " OR " + at + " IS NULL", args: []any{v}}
			default:
				after = Condition{sql: at + " > " + c.parameter(col), args: []any{v}}
			}
			ways = append(ways, And(append(equal[:len(equal):len(equal)], after)...))
			equal = append(equal, same)
		}
		return c.resolve(Or(ways...))
	}}
}

// place is what a cursor holds.
type place struct {
	Order  []string          `json:"o"`
	Values []json.RawMessage `json:"v"`
}

// cursor returns the place of a row.
func (p *plan) cursor(row reflect.Value, order []string) (string, error) {
	at := place{Order: order}
	for _, name := range order {
		text, err := json.Marshal(p.column(strings.TrimPrefix(name, "-")).field(row).Interface())
		if err != nil {
			return "", fmt.Errorf("dao: the column %s of %s cannot stand in a cursor: %w", name, p.model.Table, err)
		}
		at.Values = append(at.Values, text)
	}
	text, err := json.Marshal(at)
	return base64.RawURLEncoding.EncodeToString(text), err
}

// parseCursor returns what is compared with the columns of an order.
func (p *plan) parseCursor(cursor string, order []string) ([]any, error) {
	var at place
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	if err == nil {
		err = json.Unmarshal(text, &at)
	}
	if err != nil || strings.Join(at.Order, ",") != strings.Join(order, ",") || len(at.Values) != len(order) {
		return nil, errNoCursor.Here()
	}
	values := make([]any, len(order))
	for i, name := range order {
		c := p.column(strings.TrimPrefix(name, "-"))
		if c == nil {
			return nil, fmt.Errorf("dao: OrderBy: %w", p.unknown(name))
		}
		v := reflect.New(p.typ).Elem()
		if err := json.Unmarshal(at.Values[i], c.field(v).Addr().Interface()); err != nil {
			return nil, errNoCursor.Here()
		}
		if values[i], err = c.arg(c.field(v)); err != nil || values[i] == nil && !c.Nullable {
			return nil, errNoCursor.Here()
		}
	}
	return values, nil
}
