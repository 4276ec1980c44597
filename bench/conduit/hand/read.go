package main

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
)

// columns are those of an article a by an author u as the user $1 sees it.
const columns = `a.slug, a.title, a.description, a.created_at, a.updated_at, a.favorites_count,
	ARRAY (SELECT t.name FROM article_tags t WHERE t.article_id = a.id ORDER BY t.position),
	EXISTS (SELECT FROM favorites f WHERE f.user_id = $1 AND f.article_id = a.id),
	u.username, u.bio, u.image,
	EXISTS (SELECT FROM follows f WHERE f.follower_id = $1 AND f.followee_id = a.author_id)`

func (a *article) fields() []any {
	return []any{&a.Slug, &a.Title, &a.Description, (*time.Time)(&a.CreatedAt), (*time.Time)(&a.UpdatedAt), &a.FavoritesCount,
		&a.TagList, &a.Favorited, &a.Author.Username, &a.Author.Bio, &a.Author.Image, &a.Author.Following}
}

var errNotFound = fail(http.StatusNotFound, "article", "not found")

func (s *server) article(r *http.Request) (int, any, error) {
	viewer, err := s.viewer(r.Context(), r)
	var refused *failure
	if err != nil && !errors.As(err, &refused) { // a token that is worth nothing is nobody's
		return 0, nil, err
	}
	a, err := bySlug(r.Context(), s.db, viewer.id, r.PathValue("slug"))
	return http.StatusOK, reply{a}, err
}

// querier is the pool or a transaction.
type querier interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// bySlug returns an article with its text.
func bySlug(ctx context.Context, q querier, viewer int64, slug string) (a article, err error) {
	err = q.QueryRow(ctx, "SELECT "+columns+", a.body FROM articles a JOIN users u ON u.id = a.author_id WHERE a.slug = $2", viewer, slug).
		Scan(append(a.fields(), &a.Body)...)
	if errors.Is(err, pgx.ErrNoRows) {
		err = errNotFound
	}
	return a, err
}

// page reads which part of a list is wanted.
func page(r *http.Request) (limit, offset int, err error) {
	limit = 20
	for _, p := range []struct {
		name       string
		value      *int
		least, max int
	}{{"limit", &limit, 1, 1000}, {"offset", &offset, 0, 1_000_000_000}} {
		text := r.URL.Query().Get(p.name)
		if text == "" {
			continue
		}
		if *p.value, err = strconv.Atoi(text); err != nil || *p.value < p.least || *p.value > p.max {
			return 0, 0, fail(http.StatusUnprocessableEntity, p.name, "is invalid")
		}
	}
	return limit, offset, nil
}

// list lists all articles, or those with a tag.
func (s *server) list(r *http.Request) (int, any, error) {
	limit, offset, err := page(r)
	if err != nil {
		return 0, nil, err
	}
	viewer, err := s.viewer(r.Context(), r)
	if err != nil {
		return 0, nil, err
	}
	var l list
	if tag := r.URL.Query().Get("tag"); tag != "" {
		err = s.lists(r.Context(), &l, "SELECT coalesce(sum(articles), 0)::bigint FROM article_counts WHERE kind = 'tag' AND name = $1", []any{tag},
			"SELECT article_id AS id FROM article_tags WHERE name = $4 ORDER BY article_id DESC", viewer.id, limit, offset, tag)
	} else {
		err = s.lists(r.Context(), &l, "SELECT coalesce(sum(articles), 0)::bigint FROM article_counts WHERE kind = 'all'", nil,
			"SELECT id FROM articles ORDER BY id DESC", viewer.id, limit, offset)
	}
	return http.StatusOK, l, err
}

// feed lists the articles of those whom the caller follows.
func (s *server) feed(r *http.Request) (int, any, error) {
	limit, offset, err := page(r)
	if err != nil {
		return 0, nil, err
	}
	u, err := s.caller(r.Context(), r)
	if err != nil {
		return 0, nil, err
	}
	var l list
	// Only authors whose newest article is among the newest can be on the page.
	err = s.lists(r.Context(), &l, `SELECT coalesce(sum(articles), 0)::bigint FROM article_counts
		WHERE kind = 'author' AND name = ANY (ARRAY (SELECT followee_id::text FROM follows WHERE follower_id = $1))`, []any{u.id},
		`WITH h AS MATERIALIZED (SELECT f.followee_id AS id, (SELECT max(id) FROM articles WHERE author_id = f.followee_id) AS newest
			FROM follows f WHERE f.follower_id = $1 ORDER BY newest DESC NULLS LAST LIMIT $4)
		SELECT n.id FROM h CROSS JOIN LATERAL (SELECT id FROM articles WHERE author_id = h.id
			AND id >= (SELECT CASE WHEN count(newest) = $4 THEN min(newest) ELSE 0 END FROM h) ORDER BY id DESC LIMIT $4) n
		ORDER BY n.id DESC`, u.id, limit, offset, limit+offset)
	return http.StatusOK, l, err
}

// lists reads a part of a list, and how many articles the whole list has. The ids that
// SQL finds are those of the list, in its order; $1 is the viewer, $2 and $3 the part.
// A limit that PostgreSQL does not know when it plans a statement is one for which it
// does not plan it anew every time, which takes longer than the statement itself.
func (s *server) lists(ctx context.Context, l *list, count string, of []any, ids string, args ...any) error {
	if err := s.db.QueryRow(ctx, count, of...).Scan(&l.ArticlesCount); err != nil {
		return err
	}
	rows, err := s.db.Query(ctx, "SELECT "+columns+" FROM articles a JOIN users u ON u.id = a.author_id WHERE a.id = ANY (ARRAY ("+ids+
		" LIMIT (SELECT $2::bigint) OFFSET (SELECT $3::bigint))) ORDER BY a.id DESC", args...)
	if err != nil {
		return err
	}
	l.Articles, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (a article, err error) { return a, row.Scan(a.fields()...) })
	return err
}
