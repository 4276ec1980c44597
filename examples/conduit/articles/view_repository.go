package articles

import (
	"context"
	"fmt"
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

// views reads viewRows. It is formatted with the column of the text, or an empty one,
// the viewer's parameter, and what follows WHERE. LIMIT and OFFSET keep PostgreSQL from
// reading all that a viewer has marked, or whom they follow.
const views = "SELECT a.id, a.slug, a.title, a.description, a.author_id, a.favorites_count, a.created_at, a.updated_at, %[1]s AS body, " +
	"COALESCE((SELECT string_agg(t.name, '" + separator + `' ORDER BY t.position) FROM article_tags t WHERE t.article_id = a.id), '') AS tags,
	EXISTS (SELECT 1 FROM favorites f WHERE f.user_id = %[2]s AND f.article_id = a.id LIMIT 1 OFFSET 0) AS favorited, u.username, u.bio, u.image,
	EXISTS (SELECT 1 FROM follows f WHERE f.follower_id = %[2]s AND f.followee_id = a.author_id LIMIT 1 OFFSET 0) AS following
	FROM articles a JOIN users u ON u.id = a.author_id WHERE %[3]s`

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
	//terem:ignore data-owner one statement instead of five: this is what is asked for most
	row, err := dao.QueryOne[viewRow](ctx, q, fmt.Sprintf(views, "a.body", "$1", "a.slug = $2"), viewer, slug)
	if errs.HasKind(err, errs.NotFound) {
		return nil, ErrNotFound.Wrap(err)
	}
	if err != nil {
		return nil, err
	}
	v := row.view()
	return &v, nil
}

// page returns limit articles from an offset on of those that SQL finds the ids of, as a
// viewer sees them and without their texts: the newest first, in which order the ids are.
// Only ids are sorted and skipped: they stand in indexes, which are much smaller than
// articles.
func (r Repository) page(ctx context.Context, q db.Querier, viewer int64, ids string, limit, offset int, args ...any) ([]View, error) {
	n := len(args)
	in, viewed := fmt.Sprintf("IN (%s LIMIT $%d OFFSET $%d)", ids, n+1, n+2), fmt.Sprintf("$%d", n+3)
	if q.Dialect() == db.Postgres {
		// PostgreSQL would join all articles to IN, where it expects many ids, and plan the
		// statement anew for every limit, which takes longer than the statement itself.
		in = fmt.Sprintf("= ANY (ARRAY (%s LIMIT (SELECT $%d::bigint) OFFSET (SELECT $%d::bigint)))", ids, n+1, n+2)
	}
	//terem:ignore data-owner one statement instead of five: this is what is asked for most
	rows, err := dao.Query[viewRow](ctx, q, fmt.Sprintf(views, "''", viewed, "a.id "+in+" ORDER BY a.id DESC"), append(args, limit, offset, viewer)...)
	if err != nil {
		return nil, err
	}
	shown := make([]View, len(rows))
	for i := range rows {
		shown[i] = rows[i].view()
	}
	return shown, nil
}
