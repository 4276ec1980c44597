// Package shared has what models of another package are made of.
package shared

import (
	"database/sql/driver"
	"fmt"
	"time"

	"github.com/terem-go/terem/dao"
)

// Stamps is embedded.
type Stamps struct {
	CreatedAt time.Time `db:"created_at,created"`
	UpdatedAt time.Time `db:"updated_at,updated"`
}

// Colour is an enum of another package.
type Colour string

// The colours.
const (
	Red   Colour = "red"
	Green        = Colour("green")
)

// Values implements an enum.
func (Colour) Values() []string { return []string{string(Red), string(Green), "blue"} }

// Point is a type that writes its values itself.
type Point struct{ X, Y int }

// Value implements driver.Valuer.
func (p Point) Value() (driver.Value, error) { return fmt.Sprint(p.X, p.Y), nil }

// Scan implements sql.Scanner.
func (p *Point) Scan(src any) error { _, err := fmt.Sscan(fmt.Sprint(src), &p.X, &p.Y); return err }

// Place says something about a table that it is embedded in.
type Place struct {
	City string `db:"city"`
}

// Table implements dao's description.
func (*Place) Table(t *dao.Def) { t.Index("city").Where("city <> ''") }
