package articles

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strconv"

	"github.com/terem-go/terem/dao"
	"github.com/terem-go/terem/db"
)

// shards is into how many rows the number of all articles is split, so that authors
// who publish at the same time seldom wait for each other.
const shards = 16

// change is what becomes of the number of a list.
type change struct {
	kind Kind
	name string
	by   int64
}

func id(n int64) string { return strconv.FormatInt(n, 10) }

// ofTags are the changes when an article gets tags, or loses them.
func ofTags(by int64, tags []string) (all []change) {
	for _, tag := range tags {
		all = append(all, change{KindTag, tag, by})
	}
	return all
}

// ofArticle are the changes when an article comes or goes, but for favourites.
func ofArticle(by int64, a *Article, tags []string) []change {
	return append(ofTags(by, tags), change{KindAuthor, id(a.AuthorID), by}, change{KindAll, id(a.AuthorID % shards), by})
}

// count makes changes in one statement. Everybody makes them in the same order, so
// that nobody waits in a circle.
func (r Repository) count(ctx context.Context, x db.Execer, changes ...change) error {
	sums := map[change]int64{}
	for _, c := range changes {
		sums[change{c.kind, c.name, 0}] += c.by
	}
	maps.DeleteFunc(sums, func(_ change, by int64) bool { return by == 0 })
	all := slices.SortedFunc(maps.Keys(sums), func(a, b change) int { return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.name, b.name)) })
	if len(all) == 0 {
		return nil
	}
	kinds, names, by := make([]string, len(all)), make([]string, len(all)), make([]int64, len(all))
	for i, c := range all {
		kinds[i], names[i], by[i] = string(c.kind), c.name, sums[c]
	}
	if x.Dialect() == db.Postgres {
		_, err := x.Exec(ctx, `INSERT INTO article_counts (kind, name, articles)
			SELECT kind, name, by FROM unnest($1::text[], $2::text[], $3::bigint[]) AS c (kind, name, by)
			ON CONFLICT (kind, name) DO UPDATE SET articles = article_counts.articles + excluded.articles`, kinds, names, by)
		return err
	}
	rows, err := json.Marshal([]any{kinds, names, by})
	if err != nil {
		return err
	}
	_, err = x.Exec(ctx, `INSERT INTO article_counts (kind, name, articles)
		SELECT k.value, n.value, b.value
		FROM json_each($1, '$[0]') k JOIN json_each($1, '$[1]') n ON n.key = k.key JOIN json_each($1, '$[2]') b ON b.key = k.key WHERE true
		ON CONFLICT (kind, name) DO UPDATE SET articles = article_counts.articles + excluded.articles`, string(rows))
	return err
}

// uncountFavorites takes an article that is about to be deleted from the counts of
// those who have marked it. It comes after count, and has an order of its own: there
// may be very many of them, so they stay in the database.
func (r Repository) uncountFavorites(ctx context.Context, x db.Execer, article int64) error {
	_, err := x.Exec(ctx, `INSERT INTO article_counts (kind, name, articles)
		SELECT 'favorited', CAST(user_id AS TEXT), -1 FROM favorites WHERE article_id = $1 ORDER BY user_id
		ON CONFLICT (kind, name) DO UPDATE SET articles = article_counts.articles + excluded.articles`, article)
	return err
}

// all returns how many articles there are.
func (r Repository) all(ctx context.Context, q db.Querier) (int64, error) {
	return dao.QueryOne[int64](ctx, q, "SELECT CAST(coalesce(sum(articles), 0) AS BIGINT) FROM article_counts WHERE kind = 'all'")
}

// Recount counts everything anew: after articles were written past Create.
func (r Repository) Recount(ctx context.Context, x db.Execer) error {
	for _, sql := range []string{
		"DELETE FROM article_counts",
		"INSERT INTO article_counts (kind, name, articles) SELECT 'author', CAST(author_id AS TEXT), count(*) FROM articles GROUP BY author_id",
		"INSERT INTO article_counts (kind, name, articles) SELECT 'favorited', CAST(user_id AS TEXT), count(*) FROM favorites GROUP BY user_id",
		"INSERT INTO article_counts (kind, name, articles) SELECT 'tag', name, count(*) FROM article_tags GROUP BY name",
		"INSERT INTO article_counts (kind, name, articles) SELECT 'all', '0', count(*) FROM articles",
	} {
		if _, err := x.Exec(ctx, sql); err != nil {
			return err
		}
	}
	return nil
}

// Tags returns up to limit of the tags that articles have, the most used first.
func (r Repository) Tags(ctx context.Context, q db.Querier, limit int) ([]string, error) {
	if q.Dialect() == db.SQLite { // which would sort all tags
		return dao.Query[string](ctx, q, "SELECT name FROM article_counts INDEXED BY article_counts_articles_name_idx WHERE kind = 'tag' AND articles > 0 ORDER BY articles DESC, name LIMIT $1", limit)
	}
	return dao.Query[string](ctx, q, "SELECT name FROM article_counts WHERE kind = 'tag' AND articles > 0 ORDER BY articles DESC, name LIMIT $1", limit)
}
