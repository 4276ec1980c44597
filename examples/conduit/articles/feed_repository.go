package articles

import (
	"context"

	"github.com/terem-go/terem/dao"
	"github.com/terem-go/terem/db"

	"github.com/terem-go/terem/examples/conduit/utils"
)

// Feed is List for the articles of some authors. Where only few articles are theirs,
// each author is asked for the newest one: only those whose newest article is among
// the newest can be on the page, or on one before it, and of each of them it reads what
// is not older than all of these newest ones. Else it reads all articles from the
// newest on, as far as the page, and leaves out those of others.
func (r Repository) Feed(ctx context.Context, q db.Querier, viewer int64, authors []int64, limit, offset int) (views []View, total int64, err error) {
	total, err = r.writtenBy(ctx, q, authors)
	if !more(total, offset, err) {
		return nil, total, err
	}
	of, newest, reads := utils.Object(authors), int64(limit+offset), int64(len(authors))
	if newest > reads {
		reads = min(newest*reads, total)
	}
	few := true
	if reads > manyReads {
		all, err := r.all(ctx, q)
		if err != nil {
			return nil, total, err
		}
		few = reads <= all/total*newest
	}
	var rows []viewRow
	switch postgres := q.Dialect() == db.Postgres; {
	case few && postgres:
		rows, err = dao.Query[viewRow](ctx, q, seen+"$5"+anyOf+newestOf+`SELECT n.id FROM h CROSS JOIN LATERAL (`+newestOfOne+`) n ORDER BY n.id DESC LIMIT $3 OFFSET $4`+anyEnd, of, newest, limit, offset, viewer)
	case few:
		rows, err = dao.Query[viewRow](ctx, q, seen+"$5"+oneOf+newestOf+`SELECT n.id FROM h CROSS JOIN articles n WHERE n.id IN (`+newestOfOne+`) ORDER BY n.id DESC LIMIT $3 OFFSET $4`+oneEnd, of, newest, limit, offset, viewer)
	case postgres:
		rows, err = dao.Query[viewRow](ctx, q, seen+"$4"+anyOf+allOf+anyEnd, of, limit, offset, viewer)
	default:
		rows, err = dao.Query[viewRow](ctx, q, seen+"$4"+oneOf+allOf+oneEnd, of, limit, offset, viewer)
	}
	return shown(rows), total, err
}

// The ids of a page of a feed, for few authors and for many.
const (
	newestOf = "WITH h AS MATERIALIZED (SELECT f.id, (SELECT max(id) FROM articles WHERE author_id = f.id) AS newest FROM " + utils.IDs +
		" f ORDER BY newest DESC NULLS LAST LIMIT $2) "
	newestOfOne = "SELECT id FROM articles WHERE author_id = h.id AND id >= (SELECT CASE WHEN count(newest) = $2 THEN min(newest) ELSE 0 END FROM h) ORDER BY id DESC LIMIT $2"
	allOf       = "SELECT id FROM articles WHERE (author_id IN (SELECT id FROM " + utils.IDs + " f)) IS TRUE ORDER BY id DESC LIMIT $2 OFFSET $3"
)

// manyReads is from how many entries of indexes on Feed looks for a shorter way.
const manyReads = 1000
