package dao

import "strings"

// Model describes a table: its columns as the tags of a struct tell them. It is
// plain data, for tools as well as for Table.
type Model struct {
	// Table is the name of the table.
	Table string
	// Type is the Go type that a row becomes, such as "users.User".
	Type string
	// Columns are in the order of the struct's fields, those of embedded structs
	// at the place of the embedding.
	Columns []Column
	// Indexes are those of several columns and those with a condition, unique
	// ones too, as the struct's method Table declares them.
	Indexes []Index
	// Checks are those that the method Table declares.
	Checks []Check
}

// Index is an index that concerns more than one column, or not all rows.
type Index struct {
	Name    string   // such as "orders_shop_id_number_key"
	Columns []string // those that go down begin with a minus
	Unique  bool
	Where   string // SQL that the rows in it meet; "" for all rows
}

// Check is a rule that rows must meet.
type Check struct {
	Name string // such as "orders_total_check"
	SQL  string
}

// Reference is what a column refers to.
type Reference struct {
	Table, Column string
	// OnDelete is what becomes of the row when the other one is deleted:
	// "restrict" keeps the other one, "cascade" deletes the row as well, "null"
	// sets the column to NULL.
	OnDelete string
}

// Key returns the columns of the primary key, in order. It is empty for a table
// without one.
func (m *Model) Key() []Column {
	var key []Column
	for _, c := range m.Columns {
		if c.Key {
			key = append(key, c)
		}
	}
	return key
}

// column returns the column of a name, or nil.
func (m *Model) column(name string) *Column {
	for i := range m.Columns {
		if m.Columns[i].Name == name {
			return &m.Columns[i]
		}
	}
	return nil
}

// Column describes one column of a table.
type Column struct {
	// Name is the column's name.
	Name string
	// Field is the struct's field; embedded structs stand before it, joined by
	// dots.
	Field string
	// Type is the field's Go type, such as "*users.Status".
	Type string
	// Kind is what the column holds, whatever the Go type is called.
	Kind Kind
	// Nullable says that the column may be NULL: its field is a pointer, or a
	// sql.Scanner whose name begins with Null, such as sql.Null[T].
	Nullable bool
	// Key says that the column is the primary key or a part of it (pk).
	Key bool
	// Identity says that the database numbers the rows: the column is the whole
	// key and an integer.
	Identity bool
	// Unique says that no two rows have the same value (unique).
	Unique bool
	// Size is the most characters of a string, or bytes of a []byte (size:N).
	// 0 is no limit.
	Size int
	// Created says that Insert sets the time, unless it is set (created).
	Created bool
	// Updated says that Insert and Update set the time (updated).
	Updated bool
	// Deleted says that Delete sets the time instead of deleting the row, which
	// no read sees from then on (deleted).
	Deleted bool
	// Version says that Update counts the column up, and refuses a row that
	// somebody else has updated meanwhile (version).
	Version bool
	// Index says that there is an index of this column alone (index).
	Index bool
	// References is what the column refers to (ref:users), or nil.
	References *Reference
	// Check is SQL that the value meets (check:…), "" for none.
	Check string
	// Default is the SQL of the value that the database gives to a row that was
	// written past the application or before the column was there (default:…),
	// "" for none.
	Default string
	// Values are those of an enum: a string type with a method Values() []string.
	Values []string
	// Precision and Scale are the digits of a decimal, in all and behind the
	// point (decimal:12:2).
	Precision, Scale int
}

// Kind is what a column holds. For numbers, strings and booleans it is the name
// of the Go type: "bool", "int8" … "int64", "uint8" … "uint64", "float32",
// "float64", "string"; int and uint count as those of 64 bits.
type Kind string

// The kinds that are not named like a basic Go type.
const (
	KindBytes   Kind = "bytes"   // []byte and types made of it
	KindTime    Kind = "time"    // time.Time, in UTC, to the microsecond
	KindDate    Kind = "date"    // github.com/terem-go/terem/civil.Date
	KindUUID    Kind = "uuid"    // github.com/google/uuid.UUID
	KindJSON    Kind = "json"    // a JSON[T]
	KindDecimal Kind = "decimal" // an exact number with the option decimal
	KindCustom  Kind = "custom"  // another type that is a sql.Scanner and a driver.Valuer
)

// Integer reports whether the kind is one of integers.
func (k Kind) Integer() bool {
	return strings.HasPrefix(string(k), "int") || strings.HasPrefix(string(k), "uint")
}
