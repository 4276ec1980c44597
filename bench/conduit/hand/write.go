package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
)

// draft is what is published.
type draft struct {
	Article struct {
		Title       string   `json:"title"`
		Description string   `json:"description"`
		Body        string   `json:"body"`
		TagList     []string `json:"tagList"`
	} `json:"article"`
}

// check says what is wrong.
func (d *draft) check() error {
	f := &failure{http.StatusUnprocessableEntity, map[string][]string{}}
	a := &d.Article
	a.Title = strings.TrimSpace(a.Title)
	for _, c := range []struct {
		name, text string
		max        int
	}{{"title", a.Title, 255}, {"description", a.Description, 1000}, {"body", a.Body, 200_000}} {
		switch {
		case strings.TrimSpace(c.text) == "":
			f.Errors[c.name] = []string{"can't be blank"}
		case utf8.RuneCountInString(c.text) > c.max || strings.ContainsRune(c.text, 0):
			f.Errors[c.name] = []string{"is invalid"}
		}
	}
	for i, tag := range a.TagList {
		if tag == "" || strings.TrimSpace(tag) != tag || utf8.RuneCountInString(tag) > 64 || strings.ContainsFunc(tag, func(r rune) bool { return !unicode.IsPrint(r) }) ||
			slices.Contains(a.TagList[:i], tag) || i >= 32 {
			f.Errors["tagList"] = []string{"is invalid"}
		}
	}
	if len(f.Errors) > 0 {
		return f
	}
	return nil
}

// create publishes an article. Its slug is that of its title, or another one where
// that is taken.
func (s *server) create(r *http.Request) (int, any, error) {
	ctx := r.Context()
	u, err := s.caller(ctx, r)
	if err != nil {
		return 0, nil, err
	}
	var d draft
	decoder := json.NewDecoder(http.MaxBytesReader(nil, r.Body, 1<<20))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&d); err != nil {
		return 0, nil, fail(http.StatusUnprocessableEntity, "body", "is invalid")
	}
	if err := d.check(); err != nil {
		return 0, nil, err
	}
	now := time.Now().Truncate(time.Microsecond)
	a := article{Slug: slug(d.Article.Title), Title: d.Article.Title, Description: d.Article.Description, Body: &d.Article.Body,
		TagList: append([]string{}, d.Article.TagList...), CreatedAt: moment(now), UpdatedAt: moment(now), Author: u.author}
	err = pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error {
		id, err := insert(ctx, tx, &a, u.id, now)
		if errors.Is(err, pgx.ErrNoRows) { // the slug is taken
			a.Slug = strings.TrimLeft(a.Slug+"-", "-") + strings.ToLower(rand.Text()[:10])
			id, err = insert(ctx, tx, &a, u.id, now)
		}
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "INSERT INTO article_tags (article_id, position, name) SELECT $1, t.n - 1, t.name FROM unnest($2::text[]) WITH ORDINALITY AS t (name, n)", id, a.TagList)
		if err != nil {
			return err
		}
		if err := count(ctx, tx, a.TagList, u.id); err != nil {
			return err
		}
		return tx.QueryRow(ctx, "SELECT EXISTS (SELECT FROM follows WHERE follower_id = $1 AND followee_id = $1)", u.id).Scan(&a.Author.Following)
	})
	return http.StatusCreated, reply{a}, err
}

// insert writes an article, or returns pgx.ErrNoRows when its slug is taken.
func insert(ctx context.Context, tx pgx.Tx, a *article, author int64, now time.Time) (id int64, err error) {
	if a.Slug == "" || a.Slug == "feed" { // an address of the API
		return 0, pgx.ErrNoRows
	}
	err = tx.QueryRow(ctx, `INSERT INTO articles (slug, title, description, author_id, created_at, updated_at, body)
		VALUES ($1, $2, $3, $4, $5, $5, $6) ON CONFLICT (slug) DO NOTHING RETURNING id`, a.Slug, a.Title, a.Description, author, now, a.Body).Scan(&id)
	return id, err
}

const counted = " ON CONFLICT (kind, name) DO UPDATE SET articles = article_counts.articles + excluded.articles"

// count counts an article. All count in the order of the table's key, so that nobody
// waits in a circle.
func count(ctx context.Context, tx pgx.Tx, tags []string, author int64) error {
	_, err := tx.Exec(ctx, `INSERT INTO article_counts (kind, name, articles)
		SELECT kind, name, 1 FROM (VALUES ('all', $1::text), ('author', $2::text)) AS c (kind, name)
		UNION ALL SELECT 'tag', name, 1 FROM unnest($3::text[]) AS t (name) ORDER BY 1, 2`+counted,
		strconv.FormatInt(author%16, 10), strconv.FormatInt(author, 10), tags)
	return err
}

// slug returns the letters and figures of a title, with dashes between the words.
func slug(title string) string {
	words := strings.FieldsFunc(strings.ToLower(title), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) })
	s := strings.Join(words, "-")
	for len(s) > 80 {
		_, size := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-size]
	}
	return s
}

func (s *server) favorite(r *http.Request) (int, any, error) {
	return s.mark(r, "INSERT INTO favorites (user_id, article_id) SELECT $1, id FROM articles WHERE slug = $2 ON CONFLICT DO NOTHING RETURNING article_id", 1)
}

func (s *server) unfavorite(r *http.Request) (int, any, error) {
	return s.mark(r, "DELETE FROM favorites WHERE user_id = $1 AND article_id = (SELECT id FROM articles WHERE slug = $2) RETURNING article_id", -1)
}

// mark changes whether the caller has marked an article, and counts that if it has
// changed.
func (s *server) mark(r *http.Request, sql string, by int) (int, any, error) {
	ctx := r.Context()
	u, err := s.caller(ctx, r)
	if err != nil {
		return 0, nil, err
	}
	var a article
	err = pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error {
		var id int64
		switch err := tx.QueryRow(ctx, sql, u.id, r.PathValue("slug")).Scan(&id); {
		case errors.Is(err, pgx.ErrNoRows): // nothing has changed, or there is no such article
		case err != nil:
			return err
		default:
			_, err := tx.Exec(ctx, "UPDATE articles SET favorites_count = favorites_count + $2 WHERE id = $1", id, by)
			_, err2 := tx.Exec(ctx, "INSERT INTO article_counts (kind, name, articles) VALUES ('favorited', $1, $2)"+counted, strconv.FormatInt(u.id, 10), by)
			if err := cmp.Or(err, err2); err != nil {
				return err
			}
		}
		a, err = bySlug(ctx, tx, u.id, r.PathValue("slug"))
		return err
	})
	return http.StatusOK, reply{a}, err
}
