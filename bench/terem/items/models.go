package items

import "time"

// Item is a row of the table items.
type Item struct {
	ID        int64     `db:"id,pk"`
	Name      string    `db:"name,size:100"`
	Note      string    `db:"note"`
	Price     int64     `db:"price"`
	CreatedAt time.Time `db:"created_at,created"`
}
