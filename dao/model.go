package dao

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
	// Nullable says that the column may be NULL: its field is a pointer, or one
	// of the Null types of database/sql.
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
}

// Kind is what a column holds. For numbers, strings and booleans it is the name
// of the Go type: "bool", "int8" … "int64", "uint8" … "uint64", "float32",
// "float64", "string"; int and uint count as those of 64 bits.
type Kind string

// The kinds that are not named like a basic Go type.
const (
	Bytes  Kind = "bytes"  // []byte and types made of it
	Time   Kind = "time"   // time.Time, in UTC, to the microsecond
	Custom Kind = "custom" // a type that is a sql.Scanner and a driver.Valuer
)
