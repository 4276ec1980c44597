package articles

import (
	"context"
	"strings"

	"github.com/terem-go/terem/dao"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/errs"

	"github.com/terem-go/terem/examples/conduit/profiles"
)

// viewRow is a View as one row.
type viewRow struct {
	Summary
	Body      string  `db:"body"`
	Tags      string  `db:"tags"` // with separator between
	Favorited bool    `db:"favorited"`
	Username  string  `db:"username"`
	Bio       *string `db:"bio"`
	Image     *string `db:"image"`
	Following bool    `db:"following"`
}

// separator is a character that no tag has, see Article.tidy.
const separator = "\x1f"

// seen, a parameter for the viewer, viewed and a condition for articles a read viewRows
// without texts. LIMIT and OFFSET keep PostgreSQL from reading all that a viewer has
// marked, or whom they follow.
const (
	seen     = "SELECT '' AS body, " + columns
	seenFull = "SELECT a.body, " + columns
	columns  = "a.id, a.slug, a.title, a.description, a.author_id, a.favorites_count, a.created_at, a.updated_at, " +
		"COALESCE((SELECT string_agg(t.name, '" + separator + "') FROM (SELECT name FROM article_tags WHERE article_id = a.id ORDER BY position) t), '') AS tags, " +
		"EXISTS (SELECT 1 FROM favorites f WHERE f.user_id = v.id AND f.article_id = a.id LIMIT 1 OFFSET 0) AS favorited, u.username, u.bio, u.image, " +
		//terem:ignore data-owner what is asked for most: one statement for tables of three domains takes half as long as one for each
		`EXISTS (SELECT 1 FROM follows f WHERE f.follower_id = v.id AND f.followee_id = a.author_id LIMIT 1 OFFSET 0) AS following
		FROM articles a JOIN users u ON u.id = a.author_id CROSS JOIN (SELECT CAST(`
	viewed = " AS BIGINT) AS id) v WHERE "
)

// view returns the row as a View.
func (r *viewRow) view() View {
	tags := []string{}
	if r.Tags != "" {
		tags = strings.Split(r.Tags, separator)
	}
	author := profiles.Profile{ID: r.AuthorID, Username: r.Username, Bio: r.Bio, Image: r.Image, Following: r.Following}
	return View{Summary: r.Summary, Body: r.Body, Tags: tags, Favorited: r.Favorited, Author: author}
}

// View returns an article as a viewer sees it (0 for nobody), or ErrNotFound.
func (r Repository) View(ctx context.Context, q db.Querier, viewer int64, slug string) (*View, error) {
	row, err := dao.QueryOne[viewRow](ctx, q, seenFull+"$1"+viewed+"a.slug = $2", viewer, slug)
	if errs.HasKind(err, errs.NotFound) {
		return nil, ErrNotFound.Wrap(err)
	}
	if err != nil {
		return nil, err
	}
	v := row.view()
	return &v, nil
}

// shown returns rows as Views.
func shown(rows []viewRow) []View {
	views := make([]View, len(rows))
	for i := range rows {
		views[i] = rows[i].view()
	}
	return views
}
