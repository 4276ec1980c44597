package db

import "time"

// Options are the settings of one unit of work. Their zero values are the
// defaults; an Option sets one of them.
type Options struct {
	// Isolation is Default or Serializable.
	Isolation Isolation
	// Snapshot gives all statements of a reader one view of the data. Without
	// it each statement sees what was committed before it began.
	Snapshot bool
	// Attempts is how often a unit is tried that conflicts with another, at
	// most; the default is 3.
	Attempts int
	// Timeout ends the unit; 0 leaves that to the context.
	Timeout time.Duration
	// Alone keeps a session apart from others where they share a transaction,
	// so that no other can make it fail. DB sets it when that has happened, and
	// for a unit that is tried once.
	Alone bool
	// Primary keeps a reader on the primary where there are replicas.
	Primary bool
	// Replica lets a reader go to a replica. DB decides it where a Client is known.
	Replica bool
	// After is how far the replica must have come. DB sets it.
	After Position
}

// Isolation says what a session sees of others that run at the same time.
type Isolation uint8

// Default is READ COMMITTED on PostgreSQL and serializable on SQLite, which
// has one writer at a time. Serializable is the same on both: what is committed
// could have run one after the other.
const (
	Default Isolation = iota
	serializable
)

// Option changes a setting of one unit of work.
type Option func(*Options)

// Serializable makes a session run as if it were alone. Conflicts with others
// are found at the latest by its commit, and it is tried again.
func Serializable(o *Options) { o.Isolation = serializable }

// Snapshot gives all statements of a reader one view of the data. A session is
// not changed by it.
func Snapshot(o *Options) { o.Snapshot = true }

// Attempts sets how often a unit is tried that conflicts with others, at most.
// Less than 1 is taken as 1. Where units share a transaction, one that was
// undone through another's doing is tried once more, which does not count;
// with Attempts(1) the unit shares none.
func Attempts(n int) Option {
	return func(o *Options) { o.Attempts = max(n, 1); o.Alone = n <= 1 }
}

// Timeout ends the unit after d, its attempts and waits included.
func Timeout(d time.Duration) Option { return func(o *Options) { o.Timeout = d } }

// Primary keeps a reader on the primary where there are replicas: it sees what
// others have written, too.
func Primary(o *Options) { o.Primary = true }

// Replica lets a reader go to a replica where it would stay on the primary:
// without a Client, and after that one's write, which is waited for then. A
// replica that does not have it within half a second leaves the reader to the
// primary. A session is not changed by it.
func Replica(o *Options) { o.Replica = true }

// Serializable reports whether the unit asked to run as if it were alone.
func (o Options) Serializable() bool { return o.Isolation == serializable }

func options(opts []Option) Options {
	defaults := Options{Attempts: 3}
	if len(opts) == 0 {
		return defaults // without a copy on the heap, which the options need
	}
	o := defaults
	for _, opt := range opts {
		opt(&o)
	}
	return o
}
