// Package item is what every contestant serves: one table, one row of it as
// JSON, and one way to add a row.
package item

import (
	"errors"
	"fmt"
	"time"
	"unicode/utf8"
)

// Item is a row of the table items, and the JSON that contestants answer with.
type Item struct {
	ID        int64     `json:"id"`
	Name      string    `json:"name"`
	Note      string    `json:"note"`
	Price     int64     `json:"price"`
	CreatedAt time.Time `json:"created_at"`
}

// Create is the body that adds a row.
type Create struct {
	Name  string `json:"name"`
	Note  string `json:"note"`
	Price int64  `json:"price"`
}

// The rules for a Create, which every contestant checks in its own way.
const (
	MaxName = 100
	MaxNote = 500
)

// Check is how hand-written contestants check the rules.
func (c *Create) Check() error {
	switch n := utf8.RuneCountInString(c.Name); {
	case n < 1 || n > MaxName:
		return errors.New("name must have 1 to 100 characters")
	case utf8.RuneCountInString(c.Note) > MaxNote:
		return errors.New("note must have at most 500 characters")
	case c.Price < 0:
		return errors.New("price must not be negative")
	}
	return nil
}

// New returns the row that a Create adds, without an id.
func New(c Create) Item {
	return Item{Name: c.Name, Note: c.Note, Price: c.Price, CreatedAt: time.Now().UTC().Truncate(time.Microsecond)}
}

// Rows is how many rows the table has at the start, with ids from 1.
const Rows = 10_000

// Of returns the row that the table has under an id from the start.
func Of(id int64) Item {
	c := CreateOf(id)
	at := time.Date(2026, 1, 2, 3, 4, 5, 678_901_000, time.UTC).Add(time.Duration(id) * time.Minute)
	return Item{ID: id, Name: c.Name, Note: c.Note, Price: c.Price, CreatedAt: at}
}

// CreateOf returns a body that adds a row like that of an id.
func CreateOf(id int64) Create {
	return Create{Name: fmt.Sprintf("Item %06d", id), Note: note, Price: 100 + id%900}
}

const note = "A line or two about it, as people write them: what it is for, how long it lasts, and why it costs what it does."
