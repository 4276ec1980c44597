package articles

import (
	"cmp"
	"context"
	"slices"

	"github.com/terem-go/terem/dao"
	"github.com/terem-go/terem/db"
)

// The ids of a page of a list, each along the index that has the list in order.
const (
	allIDs    = "SELECT id FROM articles ORDER BY id DESC LIMIT (SELECT CAST($1 AS BIGINT)) OFFSET (SELECT CAST($2 AS BIGINT))"
	tagIDs    = "SELECT article_id FROM article_tags WHERE name = $1 ORDER BY article_id DESC LIMIT (SELECT CAST($2 AS BIGINT)) OFFSET (SELECT CAST($3 AS BIGINT))"
	authorIDs = "SELECT id FROM articles WHERE author_id = $1 ORDER BY id DESC LIMIT (SELECT CAST($2 AS BIGINT)) OFFSET (SELECT CAST($3 AS BIGINT))"
	readerIDs = "SELECT article_id FROM favorites WHERE user_id = $1 ORDER BY article_id DESC LIMIT (SELECT CAST($2 AS BIGINT)) OFFSET (SELECT CAST($3 AS BIGINT))"
)

// What narrows a list further: an article l.article_id has a tag, an author, and somebody
// who has marked it, each unless it is zero. LIMIT and OFFSET keep PostgreSQL from
// reading all that has it instead of asking for one article after the other.
const (
	tagged   = "((SELECT CAST($1 AS TEXT)) = '' OR EXISTS (SELECT 1 FROM article_tags t WHERE t.name = $1 AND t.article_id = l.article_id LIMIT 1 OFFSET 0))"
	ofAuthor = "((SELECT CAST($2 AS BIGINT)) = 0 OR EXISTS (SELECT 1 FROM articles a WHERE a.id = l.article_id AND a.author_id = $2 LIMIT 1 OFFSET 0))"
	marked   = "((SELECT CAST($3 AS BIGINT)) = 0 OR EXISTS (SELECT 1 FROM favorites f WHERE f.user_id = $3 AND f.article_id = l.article_id LIMIT 1 OFFSET 0))"

	byTag    = " FROM article_tags l WHERE l.name = $1 AND " + ofAuthor + " AND " + marked
	byAuthor = " FROM (SELECT id AS article_id, author_id FROM articles) l WHERE l.author_id = $2 AND " + tagged + " AND " + marked
	byReader = " FROM favorites l WHERE l.user_id = $3 AND " + tagged + " AND " + ofAuthor

	countOf = "SELECT count(*)"
	idsOf   = "SELECT l.article_id"
	onPage  = " ORDER BY l.article_id DESC LIMIT (SELECT CAST($4 AS BIGINT)) OFFSET (SELECT CAST($5 AS BIGINT))"
)

// A page is read by the ids of its articles. Only ids are skipped and sorted: they stand
// in indexes, which are much smaller than articles. PostgreSQL would join all articles
// to IN, where it expects many ids. It would also plan anew each time for what it knows of
// parameters, which takes longer than reading the page: what stands behind SELECT it does
// not know.
const (
	anyOf  = viewed + "a.id = ANY (ARRAY ("
	anyEnd = ")) ORDER BY a.id DESC"
	oneOf  = viewed + "a.id IN ("
	oneEnd = ") ORDER BY a.id DESC"
)

// filter is something that narrows a list.
type filter struct {
	kind     Kind
	name     string // of its list in article_counts
	articles int64  // how many have it
}

// List returns limit articles of a list from an offset on as a viewer sees them (0 for
// nobody), the newest first, and how many the list has: all articles, or those with a
// tag, of an author and marked by a user, each unless it is zero. How long a list is
// stands in article_counts. Where several things narrow it, the shortest of their lists
// is walked, and counted.
func (r Repository) List(ctx context.Context, q db.Querier, viewer int64, tag string, author, favorited int64, limit, offset int) (views []View, total int64, err error) {
	by, err := r.filters(ctx, q, tag, author, favorited)
	if err != nil {
		return nil, 0, err
	}
	walk, total, several := by[0].kind, by[0].articles, len(by) > 1
	if several && total > 0 {
		switch walk {
		case KindTag:
			total, err = dao.QueryOne[int64](ctx, q, countOf+byTag, tag, author, favorited)
		case KindAuthor:
			total, err = dao.QueryOne[int64](ctx, q, countOf+byAuthor, tag, author, favorited)
		case KindFavorited:
			total, err = dao.QueryOne[int64](ctx, q, countOf+byReader, tag, author, favorited)
		}
	}
	if !more(total, offset, err) {
		return nil, total, err
	}
	var rows []viewRow
	if several {
		rows, err = r.narrowed(ctx, q, walk, tag, author, favorited, limit, offset, viewer)
		return shown(rows), total, err
	}
	switch postgres := q.Dialect() == db.Postgres; {
	case walk == KindAll && postgres:
		rows, err = dao.Query[viewRow](ctx, q, seen+"$3"+anyOf+allIDs+anyEnd, limit, offset, viewer)
	case walk == KindAll:
		rows, err = dao.Query[viewRow](ctx, q, seen+"$3"+oneOf+allIDs+oneEnd, limit, offset, viewer)
	case walk == KindTag && postgres:
		rows, err = dao.Query[viewRow](ctx, q, seen+"$4"+anyOf+tagIDs+anyEnd, tag, limit, offset, viewer)
	case walk == KindTag:
		rows, err = dao.Query[viewRow](ctx, q, seen+"$4"+oneOf+tagIDs+oneEnd, tag, limit, offset, viewer)
	case walk == KindAuthor && postgres:
		rows, err = dao.Query[viewRow](ctx, q, seen+"$4"+anyOf+authorIDs+anyEnd, author, limit, offset, viewer)
	case walk == KindAuthor:
		rows, err = dao.Query[viewRow](ctx, q, seen+"$4"+oneOf+authorIDs+oneEnd, author, limit, offset, viewer)
	case postgres:
		rows, err = dao.Query[viewRow](ctx, q, seen+"$4"+anyOf+readerIDs+anyEnd, favorited, limit, offset, viewer)
	default:
		rows, err = dao.Query[viewRow](ctx, q, seen+"$4"+oneOf+readerIDs+oneEnd, favorited, limit, offset, viewer)
	}
	return shown(rows), total, err
}

// narrowed returns a page of a list that several things narrow, along the list of one.
func (r Repository) narrowed(ctx context.Context, q db.Querier, walk Kind, args ...any) ([]viewRow, error) {
	switch postgres := q.Dialect() == db.Postgres; {
	case walk == KindTag && postgres:
		return dao.Query[viewRow](ctx, q, seen+"$6"+anyOf+idsOf+byTag+onPage+anyEnd, args...)
	case walk == KindTag:
		return dao.Query[viewRow](ctx, q, seen+"$6"+oneOf+idsOf+byTag+onPage+oneEnd, args...)
	case walk == KindAuthor && postgres:
		return dao.Query[viewRow](ctx, q, seen+"$6"+anyOf+idsOf+byAuthor+onPage+anyEnd, args...)
	case walk == KindAuthor:
		return dao.Query[viewRow](ctx, q, seen+"$6"+oneOf+idsOf+byAuthor+onPage+oneEnd, args...)
	case postgres:
		return dao.Query[viewRow](ctx, q, seen+"$6"+anyOf+idsOf+byReader+onPage+anyEnd, args...)
	default:
		return dao.Query[viewRow](ctx, q, seen+"$6"+oneOf+idsOf+byReader+onPage+oneEnd, args...)
	}
}

// filters returns what narrows a list, KindAll if nothing does, with how many articles
// each leaves: the fewest first.
func (r Repository) filters(ctx context.Context, q db.Querier, tag string, author, favorited int64) (by []filter, err error) {
	if author != 0 {
		by = append(by, filter{kind: KindAuthor, name: id(author)})
	}
	if favorited != 0 {
		by = append(by, filter{kind: KindFavorited, name: id(favorited)})
	}
	if tag != "" {
		by = append(by, filter{kind: KindTag, name: tag})
	}
	if len(by) == 0 {
		all, err := r.all(ctx, q)
		return []filter{{kind: KindAll, articles: all}}, err
	}
	each := make([]dao.Condition, len(by))
	for i, f := range by {
		each[i] = dao.And(dao.Eq("kind", f.kind), dao.Eq("name", f.name))
	}
	rows, err := r.counts.Find(ctx, q, dao.Or(each...))
	for _, c := range rows {
		for i := range by {
			if by[i].kind == c.Kind {
				by[i].articles = c.Articles
			}
		}
	}
	slices.SortStableFunc(by, func(a, b filter) int { return cmp.Compare(a.articles, b.articles) })
	return by, err
}

// more reports whether a list has something from an offset on.
func more(total int64, offset int, err error) bool { return err == nil && total > int64(offset) }

// TagsOf returns the tags of articles, by their ids, in their order.
func (r Repository) TagsOf(ctx context.Context, q db.Querier, articles []int64) (map[int64][]string, error) {
	rows, err := dao.Load(ctx, q, r.tags, "article_id", articles, dao.OrderBy("article_id", "position"))
	tags := map[int64][]string{}
	for _, article := range articles {
		tags[article] = []string{}
		for _, t := range rows[article] {
			tags[article] = append(tags[article], t.Name)
		}
	}
	return tags, err
}
