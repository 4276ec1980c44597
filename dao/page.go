package dao

import (
	"context"
	"errors"
	"math"
	"slices"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/errs"
)

// errNoPage is returned for a page that cannot be.
var errNoPage = errs.New(errs.Invalid, "page_out_of_range", "The number and the size of a page must be at least 1, and not beyond all bounds.")

// Page returns a page of the rows that options ask for, and how many rows there
// are on all pages. Pages have size rows, and their numbers begin at 1; a page
// behind the last one is empty, and not nil. Rows are in the order of OrderBy,
// and those that it leaves equal in the order of the primary key, so that each
// row is on one page.
//
// It returns an errs.Invalid for a number or a size below 1, or so large that
// their product overflows. Two statements run: on a reader, use db.Snapshot
// where page and total must agree although others write.
func (t Table[T]) Page(ctx context.Context, q db.Querier, number, size int, opts ...Option) (rows []T, total int64, err error) {
	if err := t.checkKey(); err != nil {
		return nil, 0, err
	}
	if number < 1 || size < 1 || int64(number-1) > (math.MaxInt64-int64(size))/int64(size) {
		return nil, 0, errNoPage.Here()
	}
	s := newSelection(opts)
	if s.limit != nil {
		return nil, 0, errors.New("dao: Page takes no Limit: its size is one")
	}
	if total, err = t.Count(ctx, q, s.where...); err != nil {
		return nil, 0, err
	}
	c := t.compose(q.Dialect(), t.plan.sql.rows)
	c.where(s.where, true)
	c.order(t.plan.withKey(s.order))
	c.number(" LIMIT ", int64(size))
	c.number(" OFFSET ", int64(number-1)*int64(size))
	if c.err != nil {
		return nil, 0, c.err
	}
	rows, err = all[T](ctx, q, t.plan.columns, c)
	return rows, total, err
}

// withKey returns an order that leaves no two rows equal.
func (p *plan) withKey(order []string) []string {
	order = slices.Clone(order)
	for _, c := range p.key {
		if !slices.Contains(order, c.Name) && !slices.Contains(order, "-"+c.Name) {
			order = append(order, c.Name)
		}
	}
	return order
}
