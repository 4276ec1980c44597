package articles

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strconv"

	"github.com/terem-go/terem/dao"
	"github.com/terem-go/terem/db"
)

// shards is into how many rows the number of all articles is split, so that authors
// who publish at the same time seldom wait for each other.
const shards = 16

// everyShard are the names of these rows.
var everyShard = func() (names []string) {
	for i := range shards {
		names = append(names, id(int64(i)))
	}
	return names
}()

// list is what a Count counts.
type list struct {
	kind Kind
	name string
}

func lists(kind Kind, names ...string) (all []list) {
	for _, name := range names {
		all = append(all, list{kind, name})
	}
	return all
}

func id(n int64) string { return strconv.FormatInt(n, 10) }

// listsOf returns the lists that an article is on, but for those of favourites.
func listsOf(a *Article, tags []string) []list {
	return append(lists(KindTag, tags...), list{KindAuthor, id(a.AuthorID)}, list{KindAll, id(a.AuthorID % shards)})
}

// count adds a number to the counts of lists, in one statement. Everybody does it in
// the same order, so that nobody waits in a circle.
func (r Repository) count(ctx context.Context, x db.Execer, by int64, all []list) error {
	if len(all) == 0 {
		return nil
	}
	slices.SortFunc(all, func(a, b list) int { return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.name, b.name)) })
	kinds, names := make([]string, len(all)), make([]string, len(all))
	for i, l := range all {
		kinds[i], names[i] = string(l.kind), l.name
	}
	if x.Dialect() == db.Postgres {
		_, err := x.Exec(ctx, `INSERT INTO article_counts (kind, name, articles)
			SELECT kind, name, $3 FROM unnest($1::text[], $2::text[]) AS l (kind, name)
			ON CONFLICT (kind, name) DO UPDATE SET articles = article_counts.articles + excluded.articles`, kinds, names, by)
		return err
	}
	rows, err := json.Marshal([][]string{kinds, names})
	if err != nil {
		return err
	}
	_, err = x.Exec(ctx, `INSERT INTO article_counts (kind, name, articles)
		SELECT k.value, n.value, $2 FROM json_each($1, '$[0]') k JOIN json_each($1, '$[1]') n ON n.key = k.key WHERE true
		ON CONFLICT (kind, name) DO UPDATE SET articles = article_counts.articles + excluded.articles`, string(rows), by)
	return err
}

// uncountFavorites takes an article that is about to be deleted from the counts of
// those who have marked it.
func (r Repository) uncountFavorites(ctx context.Context, x db.Execer, article int64) error {
	_, err := x.Exec(ctx, `UPDATE article_counts SET articles = articles - 1
		WHERE kind = 'favorited' AND name IN (SELECT CAST(user_id AS TEXT) FROM favorites WHERE article_id = $1)`, article)
	return err
}

// counted returns how many articles some lists of a kind have together.
func (r Repository) counted(ctx context.Context, q db.Querier, kind Kind, names ...string) (total int64, err error) {
	rows, err := r.counts.Find(ctx, q, dao.Eq("kind", kind), dao.In("name", names))
	for _, c := range rows {
		total += c.Articles
	}
	return total, err
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

// maxTags is how many tags Tags returns at most.
const maxTags = 1000

// Tags returns the tags that articles have, the most used first.
func (r Repository) Tags(ctx context.Context, q db.Querier) ([]string, error) {
	rows, err := r.counts.Find(ctx, q, dao.Where("kind = 'tag' AND articles > 0"), dao.OrderBy("-articles", "name"), dao.Limit(maxTags))
	names := make([]string, len(rows))
	for i, c := range rows {
		names[i] = c.Name
	}
	return names, err
}
