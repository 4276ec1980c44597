package articles

import (
	"context"
	"encoding/json"

	"github.com/terem-go/terem/dao"
	"github.com/terem-go/terem/db"
)

// A page is read along the index that has its list in order, so that it costs what it
// shows and what it skips, and not what the list has.
const (
	summaries = "SELECT a.id, a.slug, a.title, a.description, a.author_id, a.favorites_count, a.created_at, a.updated_at"

	// What a user has marked, of an author or with a tag.
	favoritedAnd = ` FROM favorites f JOIN articles a ON a.id = f.article_id
		WHERE f.user_id = $1 AND (CAST($2 AS BIGINT) = 0 OR a.author_id = $2)
		AND (CAST($3 AS TEXT) = '' OR EXISTS (SELECT 1 FROM article_tags t WHERE t.name = $3 AND t.article_id = f.article_id))`
	// What an author has written with a tag.
	authorAnd = ` FROM articles a WHERE a.author_id = $1
		AND EXISTS (SELECT 1 FROM article_tags t WHERE t.name = $2 AND t.article_id = a.id)`
)

// List returns limit articles of a list from an offset on, the newest first, and how
// many the list has: all articles, or those with a tag, of an author and marked by a
// user, each unless it is zero. How long a list is stands in article_counts, but for
// those that two things narrow: they are counted, along the one of a user.
func (r Repository) List(ctx context.Context, q db.Querier, tag string, author, favorited int64, limit, offset int) (rows []Summary, total int64, err error) {
	switch {
	case favorited != 0 && (author != 0 || tag != ""):
		total, err = dao.QueryOne[int64](ctx, q, "SELECT count(*)"+favoritedAnd, favorited, author, tag)
		if more(total, offset, err) {
			rows, err = dao.Query[Summary](ctx, q, summaries+favoritedAnd+" ORDER BY f.article_id DESC LIMIT $4 OFFSET $5", favorited, author, tag, limit, offset)
		}
	case favorited != 0:
		total, err = r.counted(ctx, q, KindFavorited, id(favorited))
		if more(total, offset, err) {
			rows, err = dao.Query[Summary](ctx, q, summaries+` FROM favorites f JOIN articles a ON a.id = f.article_id
				WHERE f.user_id = $1 ORDER BY f.article_id DESC LIMIT $2 OFFSET $3`, favorited, limit, offset)
		}
	case author != 0 && tag != "":
		total, err = dao.QueryOne[int64](ctx, q, "SELECT count(*)"+authorAnd, author, tag)
		if more(total, offset, err) {
			rows, err = dao.Query[Summary](ctx, q, summaries+authorAnd+" ORDER BY a.id DESC LIMIT $3 OFFSET $4", author, tag, limit, offset)
		}
	case author != 0:
		total, err = r.counted(ctx, q, KindAuthor, id(author))
		if more(total, offset, err) {
			rows, err = dao.Query[Summary](ctx, q, summaries+" FROM articles a WHERE a.author_id = $1 ORDER BY a.id DESC LIMIT $2 OFFSET $3", author, limit, offset)
		}
	case tag != "":
		total, err = r.counted(ctx, q, KindTag, tag)
		if more(total, offset, err) {
			rows, err = dao.Query[Summary](ctx, q, summaries+` FROM article_tags t JOIN articles a ON a.id = t.article_id
				WHERE t.name = $1 ORDER BY t.article_id DESC LIMIT $2 OFFSET $3`, tag, limit, offset)
		}
	default:
		total, err = r.counted(ctx, q, KindAll, everyShard...)
		if more(total, offset, err) {
			rows, err = dao.Query[Summary](ctx, q, summaries+" FROM articles a ORDER BY a.id DESC LIMIT $1 OFFSET $2", limit, offset)
		}
	}
	return rows, total, err
}

// more reports whether a list has something from an offset on.
func more(total int64, offset int, err error) bool { return err == nil && total > int64(offset) }

// Feed is List for the articles of some authors. It reads the newest of each, as many
// as the page could have, and of these the newest: what others have written, and what
// they have written before, is not read.
func (r Repository) Feed(ctx context.Context, q db.Querier, authors []int64, limit, offset int) (rows []Summary, total int64, err error) {
	names := make([]string, len(authors))
	for i := range authors {
		names[i] = id(authors[i])
	}
	total, err = r.counted(ctx, q, KindAuthor, names...)
	if !more(total, offset, err) {
		return rows, total, err
	}
	if q.Dialect() == db.Postgres {
		rows, err = dao.Query[Summary](ctx, q, summaries+` FROM articles a WHERE a.id = ANY (ARRAY (SELECT n.id FROM unnest($1::bigint[]) AS f (id)
			CROSS JOIN LATERAL (SELECT id FROM articles WHERE author_id = f.id ORDER BY id DESC LIMIT $2) n
			ORDER BY n.id DESC LIMIT $3 OFFSET $4)) ORDER BY a.id DESC`, authors, limit+offset, limit, offset)
		return rows, total, err
	}
	list, err := json.Marshal(authors)
	if err != nil {
		return rows, total, err
	}
	rows, err = dao.Query[Summary](ctx, q, summaries+` FROM articles a WHERE a.id IN (SELECT n.id FROM json_each($1) f
		CROSS JOIN articles n WHERE n.id IN (SELECT id FROM articles WHERE author_id = f.value ORDER BY id DESC LIMIT $2)
		ORDER BY n.id DESC LIMIT $3 OFFSET $4) ORDER BY a.id DESC`, string(list), limit+offset, limit, offset)
	return rows, total, err
}

// FavoritedBy tells which of some articles a user has marked, who may be 0, for nobody.
func (r Repository) FavoritedBy(ctx context.Context, q db.Querier, user int64, articles []int64) (map[int64]bool, error) {
	favorited := map[int64]bool{}
	if user == 0 {
		return favorited, nil
	}
	rows, err := r.favorites.Find(ctx, q, dao.Eq("user_id", user), dao.In("article_id", articles))
	for _, f := range rows {
		favorited[f.ArticleID] = true
	}
	return favorited, err
}

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
