// Package dao is a domain's base data access: a Table reads and writes the rows
// of one table as values of one struct, through the session it is given.
//
//	// User is a row of the table users.
//	type User struct {
//		ID        int64     `db:"id,pk"` // numbered by the database
//		Email     string    `db:"email,unique,size:320"`
//		Name      *string   `db:"name"` // may be NULL
//		CreatedAt time.Time `db:"created_at,created"`
//		UpdatedAt time.Time `db:"updated_at,updated"`
//	}
//
//	// Repository reads and writes users.
//	type Repository struct{ dao.Table[User] }
//
//	func (r Repository) ByEmail(ctx context.Context, q db.Querier, email string) (*User, error) {
//		return r.One(ctx, q, dao.Where("email = $1", strings.ToLower(email)))
//	}
//
//	users := Repository{dao.Of[User]("users")}
//
// A method that takes a db.Querier reads, one that takes a db.Execer writes.
// None begins or ends a transaction, and nothing is hidden in the context: what
// several repositories do with one session is committed or rolled back as one.
// SQL of any other form goes through Query, which maps it to any struct, or
// through the session itself.
//
// # Tags
//
// The tag of a field names its column, then options:
//
//	pk               the primary key or a part of it; a single integer is numbered by the database, a UUID is made
//	unique           no two rows have the same value
//	index            rows are looked up by it
//	size:100         at most that many characters of a string, or bytes of a []byte
//	decimal:12:2     an exact number of 12 digits, 2 of them behind the point
//	ref:users        the key of a row of another table, its column id, or another one as in ref:users.code
//	ondelete:cascade what becomes of the row when that one is deleted: restrict (the default), cascade or null
//	check:total >= 0 SQL that every value meets
//	default:0        SQL of the value of rows that are there when the column comes
//	created          Insert sets the time, unless it is set
//	updated          Insert and Update set the time
//	version          Update counts it up, and refuses a row that was updated meanwhile
//	deleted          Delete sets the time instead of deleting the row
//
// What concerns more than one column is said by a method Table, see Def. An
// exported field without a tag is refused, so that none is left out by mistake:
// db:"-" leaves it out. The fields of an embedded struct count as the struct's own.
// Names are lower-case: a-z, 0-9 and _.
//
// # Types
//
// A column is any integer, float, bool, string, []byte or time.Time, or a type
// made of one of these; time.Duration is an integer of nanoseconds. A string type
// with a method Values() []string is an enum, and holds those values only. A day
// without a time is a civil.Date, a UUID is github.com/google/uuid's, JSON[T] holds
// any Go type, and a decimal is a type of a decimal package with the option decimal. Any other type that is a sql.Scanner and a
// driver.Valuer is a text of its own form; where it is something else, write the type
// of the column into the migration.
//
// A pointer to one of these may be NULL, and so may a sql.Null[T] and any other type
// that is a sql.Scanner and whose name begins with Null, such as uuid.NullUUID.
//
// Values are the same on every engine: times are stored in UTC and cut to
// microseconds; a nil []byte is stored as an empty one. Text with a NUL or that is
// not UTF-8, NaN, a time outside of the years 0 to 9999, an unsigned number past the
// largest int64, more digits than a decimal has and what is over its size are refused
// as a database would refuse them (class db.Data), but before anything is sent.
//
// # Errors
//
// A row that is not there is an errs.NotFound with the code "<table>.not_found". A
// constraint that fails has a code made of the table and the columns, and names the
// field: users.email_taken, orders.total_invalid, orders.reference. The driver's
// error is its cause.
package dao

import "reflect"

// Table reads and writes the rows of one table as values of T, a struct whose
// tags describe it. Of makes one. It is safe for use by many goroutines, and
// embedding it gives a repository its methods.
//
// A Table whose description is wrong returns the reason from every method.
type Table[T any] struct {
	plan  *plan
	scope []any // what is written for the values of the plan's scope
	err   error // what is wrong with the scope
}

// Of returns the Table of the named table. Model tells whether T describes one.
func Of[T any](table string) Table[T] {
	return Table[T]{plan: newPlan(table, reflect.TypeFor[T]())}
}

// Model returns the description of the table, which must not be changed, or
// what is wrong with it: the struct, each wrong field and the reason.
func (t Table[T]) Model() (*Model, error) {
	if err := t.check(); err != nil {
		return nil, err
	}
	return &t.plan.model, nil
}
