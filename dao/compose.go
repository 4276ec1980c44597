package dao

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/internal/sqltext"
)

// composer writes a statement whose end depends on the options of a call.
type composer struct {
	plan    *plan
	dialect db.Dialect
	text    strings.Builder
	args    []any
	err     error
}

// compose begins a statement whose first parameters are those of the scope.
func (t Table[T]) compose(d db.Dialect, beginning string) *composer {
	c := &composer{plan: t.plan, dialect: d, args: append([]any(nil), t.scope...)}
	c.text.Grow(len(beginning) + 100)
	c.text.WriteString(beginning)
	return c
}

// where writes the conditions for the rows that the table shows, and further ones.
// more says that parameters follow.
func (c *composer) where(conditions []Condition, more bool) {
	next := " WHERE "
	if shown := c.plan.shown(1); shown != "" {
		c.text.WriteString(next + shown)
		next = " AND "
	}
	more = more || len(c.args) > 0 || len(conditions) > 1
	for _, w := range conditions {
		w = c.resolve(w)
		c.text.WriteString(next + "(")
		next = " AND "
		if more {
			c.renumber(&c.text, w, len(c.args))
		} else {
			c.text.WriteString(w.sql)
		}
		c.text.WriteByte(')')
		c.args = append(c.args, w.args...)
	}
}

// renumber writes a condition whose $1 is the first parameter after those that
// are there already.
func (c *composer) renumber(text *strings.Builder, w Condition, there int) {
	used := make([]bool, len(w.args))
	for t := range sqltext.Tokens(c.dialect, w.sql) {
		if t.Kind != sqltext.Param {
			text.WriteString(t.Text)
			continue
		}
		n, err := strconv.Atoi(t.Text[1:])
		if err != nil || t.Text[0] != '$' || n < 1 || n > len(w.args) {
			c.fail("dao: the condition %q has %s and %d arguments", w.sql, t.Text, len(w.args))
			return
		}
		used[n-1] = true
		text.WriteString(placeholder(there + n))
	}
	if slices.Contains(used, false) {
		c.fail("dao: the condition %q has no placeholder for each of its %d arguments", w.sql, len(w.args))
	}
}

// order writes the order of rows.
func (c *composer) order(names []string) {
	for i, name := range names {
		name, down := strings.CutPrefix(name, "-")
		col := c.plan.column(name)
		if col == nil {
			c.fail("dao: OrderBy: %w", c.plan.unknown(name))
			return
		}
		if i == 0 {
			c.text.WriteString(" ORDER BY ")
		} else {
			c.text.WriteString(", ")
		}
		c.text.WriteString(c.value(col))
		switch {
		case down && col.Nullable:
			c.text.WriteString(" DESC NULLS FIRST")
		case down:
			c.text.WriteString(" DESC")
		case col.Nullable:
			c.text.WriteString(" NULLS LAST")
		}
	}
}

// number writes a parameter behind a keyword, such as LIMIT.
func (c *composer) number(keyword string, n int64) {
	c.args = append(c.args, n)
	c.text.WriteString(keyword)
	c.text.WriteString(placeholder(len(c.args)))
}

func (c *composer) fail(format string, args ...any) {
	if c.err == nil {
		c.err = fmt.Errorf(format, args...)
	}
}

// find composes the statement that returns the rows of a selection.
func (t Table[T]) find(q db.Querier, s selection) (*composer, error) {
	if err := t.check(); err != nil {
		return nil, err
	}
	c := t.compose(q.Dialect(), t.plan.sql.rows)
	c.where(s.where, s.limit != nil)
	c.order(s.order)
	switch {
	case s.one:
		c.text.WriteString(" LIMIT 1")
	case s.limit != nil:
		if *s.limit < 0 {
			c.fail("dao: a Limit of %d is less than 0", *s.limit)
		}
		c.number(" LIMIT ", int64(*s.limit))
	}
	if c.dialect == db.Postgres { // on SQLite a session has the whole database
		c.text.WriteString(s.lock.sql())
	}
	return c, c.err
}
