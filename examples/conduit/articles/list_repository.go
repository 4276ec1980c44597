package articles

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/terem-go/terem/dao"
	"github.com/terem-go/terem/db"

	"github.com/terem-go/terem/examples/conduit/utils"
)

// walks are the lists by what their articles have in common, as ids along an index
// that has them in order.
var walks = map[Kind]string{
	KindAll:       "SELECT id FROM articles",
	KindAuthor:    "SELECT id FROM articles WHERE author_id = $1",
	KindFavorited: "SELECT article_id AS id FROM favorites WHERE user_id = $1",
	KindTag:       "SELECT article_id AS id FROM article_tags WHERE name = $1",
}

// filter is what the articles of a list have in common.
type filter struct {
	kind     Kind
	name     string // of the list in article_counts
	value    any    // $1 in walks, unless it is nil
	articles int64  // how many have it
}

// List returns limit articles of a list from an offset on as a viewer sees them (0 for
// nobody), the newest first, and how many the list has: all articles, or those with a
// tag, of an author and marked by a user, each unless it is zero. How long a list is
// stands in article_counts. Where several things narrow it, the shortest of their lists
// is walked, and counted.
func (r Repository) List(ctx context.Context, q db.Querier, viewer int64, tag string, author, favorited int64, limit, offset int) (rows []View, total int64, err error) {
	by, err := r.filters(ctx, q, tag, author, favorited)
	if err != nil {
		return nil, 0, err
	}
	var args []any
	parameter := func(value any) string {
		args = append(args, value)
		return "$" + strconv.Itoa(len(args))
	}
	from := " FROM (" + walks[by[0].kind] + ") l WHERE true"
	if by[0].value != nil {
		parameter(by[0].value)
	}
	for _, f := range by[1:] { // LIMIT and OFFSET keep PostgreSQL from reading the whole other list instead
		from += " AND EXISTS (SELECT 1 FROM (" + strings.ReplaceAll(walks[f.kind], "$1", parameter(f.value)) + ") o WHERE o.id = l.id LIMIT 1 OFFSET 0)"
	}
	total = by[0].articles
	if len(by) > 1 && total > 0 {
		total, err = dao.QueryOne[int64](ctx, q, "SELECT count(*)"+from, args...)
	}
	if more(total, offset, err) {
		rows, err = r.page(ctx, q, viewer, "SELECT l.id"+from+" ORDER BY l.id DESC", limit, offset, args...)
	}
	return rows, total, err
}

// filters returns what narrows a list, KindAll if nothing does, with how many articles
// each leaves: the fewest first.
func (r Repository) filters(ctx context.Context, q db.Querier, tag string, author, favorited int64) (by []filter, err error) {
	if tag != "" {
		by = append(by, filter{kind: KindTag, name: tag, value: tag})
	}
	if author != 0 {
		by = append(by, filter{kind: KindAuthor, name: id(author), value: author})
	}
	if favorited != 0 {
		by = append(by, filter{kind: KindFavorited, name: id(favorited), value: favorited})
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

// Feed is List for the articles of some authors. Where only few articles are theirs,
// each author is asked for the newest one: only those whose newest article is among
// the newest can be on the page, or on one before it, and of each of them it reads what
// is not older than all of these newest ones. Else it reads all articles from the
// newest on, as far as the page, and leaves out those of others.
func (r Repository) Feed(ctx context.Context, q db.Querier, viewer int64, authors []int64, limit, offset int) (rows []View, total int64, err error) {
	total, err = r.writtenBy(ctx, q, authors)
	if !more(total, offset, err) {
		return rows, total, err
	}
	table, arg := utils.Rows(q.Dialect(), authors)
	newest := int64(offset + limit)
	reads := int64(len(authors))
	if newest > reads {
		reads = min(newest*reads, total)
	}
	if reads > manyReads {
		all, err := r.all(ctx, q)
		if err != nil {
			return rows, total, err
		}
		if all/total*newest < reads {
			rows, err = r.page(ctx, q, viewer, "SELECT id FROM articles WHERE (author_id IN (SELECT id FROM "+table+" f)) IS TRUE ORDER BY id DESC", limit, offset, arg)
			return rows, total, err
		}
	}
	each := "SELECT id FROM articles WHERE author_id = h.id AND id >= (SELECT CASE WHEN count(newest) = $2 THEN min(newest) ELSE 0 END FROM h) ORDER BY id DESC LIMIT $2"
	if q.Dialect() == db.Postgres {
		each = "h CROSS JOIN LATERAL (" + each + ") n"
	} else {
		each = "h CROSS JOIN articles n WHERE n.id IN (" + each + ")"
	}
	rows, err = r.page(ctx, q, viewer, `WITH h AS MATERIALIZED (SELECT f.id, (SELECT max(id) FROM articles WHERE author_id = f.id) AS newest
			FROM `+table+` f ORDER BY newest DESC NULLS LAST LIMIT $2)
		SELECT n.id FROM `+each+` ORDER BY n.id DESC`, limit, offset, arg, newest)
	return rows, total, err
}

// manyReads is from how many entries of indexes on Feed looks for a shorter way.
const manyReads = 1000

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
