package dao

// Option says which rows a read is for, and in which order: a Condition, an
// Order, a Limit or a Lock.
type Option interface{ apply(*selection) }

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

// Lock keeps others from changing the rows that a session reads until it ends.
// On SQLite it changes nothing: a session that writes has the database to itself
// from its first statement on. A reader cannot lock.
type Lock uint8

const (
	// ForUpdate waits for those who have locked one of the rows.
	ForUpdate Lock = iota + 1
	// SkipLocked leaves out rows that others have locked: each of several
	// sessions takes other rows out of a queue.
	SkipLocked
)

func (l Lock) apply(s *selection) { s.lock = l }

func (l Lock) sql() string {
	return [...]string{"", " FOR UPDATE", " FOR UPDATE SKIP LOCKED"}[l]
}

// selection is what the options of a call ask for.
type selection struct {
	where []Condition
	order []string
	limit *Limit
	one   bool // the first row only
	lock  Lock
}

func newSelection(opts []Option) selection {
	var s selection
	for _, o := range opts {
		o.apply(&s)
	}
	return s
}
