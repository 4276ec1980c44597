package comments

import (
	"context"
	"errors"

	"github.com/terem-go/terem/dao"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/errs"

	"github.com/terem-go/terem/examples/conduit/articles"
)

// Repository reads and writes comments. A method says in its signature whether it
// writes: db.Querier reads, db.Execer writes.
type Repository struct{ dao.Table[Comment] }

// maxComments is how many comments of an article are shown: the specification knows
// no pages of them.
const maxComments = 1000

// On returns the comments on an article, the newest first.
func (r Repository) On(ctx context.Context, q db.Querier, article int64) ([]Comment, error) {
	return r.Find(ctx, q, dao.Eq("article_id", article), dao.OrderBy("-id"), dao.Limit(maxComments))
}

// Create inserts a comment, or returns articles.ErrNotFound when its article has been
// deleted meanwhile.
func (r Repository) Create(ctx context.Context, x db.Execer, c *Comment) error {
	if err := c.check(); err != nil {
		return err
	}
	err := r.Insert(ctx, x, c)
	var failed *db.Error
	if errors.As(err, &failed) && failed.Class == db.ForeignKey {
		return articles.ErrNotFound.Wrap(err)
	}
	return err
}

// Remove deletes a comment on an article. It returns ErrNotFound when there is none,
// and ErrForbidden unless the author asks for it.
func (r Repository) Remove(ctx context.Context, s *db.Session, article, author, id int64) error {
	c, err := r.One(ctx, s, dao.Eq("id", id), dao.Eq("article_id", article), dao.ForUpdate)
	switch {
	case errs.HasKind(err, errs.NotFound):
		return ErrNotFound.Wrap(err)
	case err != nil:
		return err
	case c.AuthorID != author:
		return ErrForbidden.Here()
	}
	return r.Delete(ctx, s, id)
}
