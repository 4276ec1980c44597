package articles

import "time"

// Article is a row of the table articles.
type Article struct {
	ID          int64     `db:"id,pk"`
	Title       string    `db:"title,size:200"`
	Description string    `db:"description,size:200"`
	Body        string    `db:"body"`
	AuthorID    int64     `db:"author_id,index,ref:users,ondelete:cascade"`
	CreatedAt   time.Time `db:"created_at,created"`
	UpdatedAt   time.Time `db:"updated_at,updated"`
}
