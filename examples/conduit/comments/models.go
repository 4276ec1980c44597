package comments

import (
	"time"

	"github.com/terem-go/terem/dao"

	"github.com/terem-go/terem/examples/conduit/profiles"
	"github.com/terem-go/terem/examples/conduit/utils"
)

// Comment is a row of the table comments.
type Comment struct {
	ID        int64     `db:"id,pk"`
	ArticleID int64     `db:"article_id,ref:articles,ondelete:cascade"`
	AuthorID  int64     `db:"author_id,ref:users,ondelete:cascade"`
	Body      string    `db:"body,size:10000"`
	CreatedAt time.Time `db:"created_at,created"`
	UpdatedAt time.Time `db:"updated_at,updated"`
}

// Table says what concerns more than one column.
func (Comment) Table(t *dao.Def) { t.Index("article_id", "id") }

// check says what is wrong with a comment.
func (c *Comment) check() error {
	var wrong utils.Wrong
	wrong.Blank("body", c.Body)
	return wrong.Err()
}

// View is a comment as a viewer sees it.
type View struct {
	Comment
	Author profiles.Profile
}
