package articles

import (
	"context"

	"github.com/terem-go/terem/dao"
	"github.com/terem-go/terem/db"
)

// Repository reads and writes articles. A method says in its signature whether it
// writes: db.Querier reads, db.Execer writes.
type Repository struct{ dao.Table[Article] }

// ForAuthor returns the repository of the articles of one author: no other is read or written.
func (r Repository) ForAuthor(id int64) Repository {
	return Repository{r.Scope("author_id", id)}
}

// List returns at most size articles that a filter asks for, from the place of a
// cursor on, and the cursor of the next ones: "" at the end.
func (r Repository) List(ctx context.Context, q db.Querier, f ArticleFilter, cursor string, size int) (rows []Article, next string, err error) {
	return r.After(ctx, q, cursor, size, dao.Filter(f), dao.OrderBy(f.Sort...))
}

// Change writes the named columns of an article. Only what was changed is written: the
// rest of a row that was read before may have been changed by others since.
func (r Repository) Change(ctx context.Context, x db.Execer, row *Article, columns ...string) error {
	if len(columns) == 0 {
		return nil
	}
	return r.Update(ctx, x, row, columns...)
}
