package dao

// Option says which rows a read is for, and in which order: a Condition, an
// Order or a Limit.
type Option interface{ apply(*selection) }

// Condition is a condition for rows, which Where makes.
type Condition struct {
	sql  string
	args []any
}

// Where is the condition that rows must meet, as SQL with the placeholders $1,
// $2 … for the arguments, which the text must all use:
//
//	dao.Where("lower(email) = lower($1)", email)
//
// Each Where of a call numbers its own from $1; rows must meet all of them. The
// text must come from the program: what users send belongs in args.
func Where(sql string, args ...any) Condition { return Condition{sql, args} }

func (c Condition) apply(s *selection) { s.where = append(s.where, c) }

// Order is the order of rows, which OrderBy makes.
type Order struct{ columns []string }

// OrderBy sorts by columns of the table, the first one first; a minus before
// the name, as in "-created_at", sorts downwards. NULL counts as the largest
// value on every engine. A name that is no column's is refused before anything
// is sent.
func OrderBy(columns ...string) Order { return Order{columns} }

func (o Order) apply(s *selection) { s.order = append(s.order, o.columns...) }

// Limit is the most rows that a read returns. Less than 0 is refused.
type Limit int

func (l Limit) apply(s *selection) { s.limit = &l }

// selection is what the options of a call ask for.
type selection struct {
	where []Condition
	order []string
	limit *Limit
}

func newSelection(opts []Option) selection {
	var s selection
	for _, o := range opts {
		o.apply(&s)
	}
	return s
}
