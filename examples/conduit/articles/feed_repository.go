package articles

import (
	"context"

	"github.com/terem-go/terem/dao"
	"github.com/terem-go/terem/db"
)

// Feed is List for the articles of those whom the viewer follows. Where only few
// articles are theirs, each author is asked for the newest one: only those whose newest
// article is among the newest can be on the page, or on one before it, and of each of
// them it reads what is not older than all of these newest ones. Else it reads all
// articles from the newest on, as far as the page, and leaves out those of others.
func (r Repository) Feed(ctx context.Context, q db.Querier, viewer int64, limit, offset int) (views []View, total int64, err error) {
	c, err := dao.QueryOne[written](ctx, q, writtenByFollowed, viewer)
	if !more(c.Articles, offset, err) {
		return nil, c.Articles, err
	}
	newest, reads := int64(limit+offset), c.Authors
	if newest > reads {
		reads = min(newest*reads, c.Articles)
	}
	few := true
	if reads > manyReads {
		all, err := r.all(ctx, q)
		if err != nil {
			return nil, c.Articles, err
		}
		few = reads <= all/c.Articles*newest
	}
	var rows []viewRow
	switch postgres := q.Dialect() == db.Postgres; {
	case few && postgres:
		rows, err = dao.Query[viewRow](ctx, q, seen+"$1"+anyOf+newestOf+`SELECT n.id FROM h CROSS JOIN LATERAL (`+newestOfOne+`) n ORDER BY n.id DESC LIMIT $3 OFFSET $4`+anyEnd, viewer, newest, limit, offset)
	case few:
		rows, err = dao.Query[viewRow](ctx, q, seen+"$1"+oneOf+newestOf+`SELECT n.id FROM h CROSS JOIN articles n WHERE n.id IN (`+newestOfOne+`) ORDER BY n.id DESC LIMIT $3 OFFSET $4`+oneEnd, viewer, newest, limit, offset)
	case postgres:
		rows, err = dao.Query[viewRow](ctx, q, seen+"$1"+anyOf+allOf+anyEnd, viewer, limit, offset)
	default:
		rows, err = dao.Query[viewRow](ctx, q, seen+"$1"+oneOf+allOf+oneEnd, viewer, limit, offset)
	}
	return shown(rows), c.Articles, err
}

// written is how many authors a viewer follows, and what these have written together.
type written struct {
	Authors  int64 `db:"authors"`
	Articles int64 `db:"articles"`
}

// The ids of a page of a feed, for few authors and for many.
const (
	//terem:ignore data-owner a feed is read by one statement, however many authors it has: their ids need not travel
	followed = "(SELECT followee_id AS id FROM follows WHERE follower_id = $1) f"

	writtenByFollowed = `SELECT count(*) AS authors,
		CAST(coalesce(sum((SELECT articles FROM article_counts WHERE kind = 'author' AND name = CAST(f.id AS TEXT))), 0) AS BIGINT) AS articles FROM ` + followed
	newestOf = "WITH h AS MATERIALIZED (SELECT f.id, (SELECT max(id) FROM articles WHERE author_id = f.id) AS newest FROM " + followed +
		" ORDER BY newest DESC NULLS LAST LIMIT $2) "
	newestOfOne = "SELECT id FROM articles WHERE author_id = h.id AND id >= (SELECT CASE WHEN count(newest) = $2 THEN min(newest) ELSE 0 END FROM h) ORDER BY id DESC LIMIT $2"
	allOf       = "SELECT id FROM articles WHERE (author_id IN (SELECT id FROM " + followed + ")) IS TRUE ORDER BY id DESC LIMIT $2 OFFSET $3"
)

// manyReads is from how many entries of indexes on Feed looks for a shorter way.
const manyReads = 1000
