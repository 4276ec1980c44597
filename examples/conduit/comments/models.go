package comments

import "time"

// Comment is a row of the table comments.
type Comment struct {
	ID        int64     `db:"id,pk"`
	Body      string    `db:"body"`
	ArticleID int64     `db:"article_id,index,ref:articles"`
	AuthorID  int64     `db:"author_id,index,ref:users,ondelete:cascade"`
	CreatedAt time.Time `db:"created_at,created"`
	UpdatedAt time.Time `db:"updated_at,updated"`
}
