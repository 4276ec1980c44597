package articles

import (
	"context"
	"errors"
	"slices"

	"github.com/terem-go/terem/dao"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/errs"
)

// Repository reads and writes articles: here one by one, in list_repository.go as
// lists, in feed_repository.go as feeds, in count_repository.go how many a list has. A
// method says in its signature whether it writes: db.Querier reads, db.Execer writes.
type Repository struct {
	dao.Table[Article]
	tags      dao.Table[Tag]
	favorites dao.Table[Favorite]
	counts    dao.Table[Count]
}

func newRepository() Repository {
	return Repository{dao.Of[Article]("articles"), dao.Of[Tag]("article_tags"), dao.Of[Favorite]("favorites"), dao.Of[Count]("article_counts")}
}

// BySlug returns an article, or ErrNotFound.
func (r Repository) BySlug(ctx context.Context, q db.Querier, slug string) (*Article, error) {
	return r.find(ctx, q, dao.Eq("slug", slug))
}

func (r Repository) find(ctx context.Context, q db.Querier, opts ...dao.Option) (*Article, error) {
	a, err := r.One(ctx, q, opts...)
	if errs.HasKind(err, errs.NotFound) {
		err = ErrNotFound.Wrap(err)
	}
	return a, err
}

// Own returns an article that its author is about to change, ErrNotFound, or
// ErrForbidden for others. Nobody else changes it, marks it or deletes it until the
// session ends.
func (r Repository) Own(ctx context.Context, s *db.Session, author int64, slug string) (*Article, error) {
	a, err := r.find(ctx, s, dao.Eq("slug", slug), dao.ForUpdate)
	if err == nil && a.AuthorID != author {
		err = ErrForbidden.Here()
	}
	return a, err
}

// Create inserts an article with its tags, and gives it a slug that no other has.
func (r Repository) Create(ctx context.Context, s *db.Session, a *Article, tags []string) error {
	if err := a.tidy(tags); err != nil {
		return err
	}
	// Two articles of one title may come at the same time, so the database decides.
	a.Slug = slugOf(a.Title)
	inserted := false
	if !reserved(a.Slug) {
		var err error
		if inserted, err = r.InsertNew(ctx, s, a, "slug"); err != nil {
			return err
		}
	}
	if !inserted {
		a.Slug = anotherSlug(a.Slug)
		if err := r.Insert(ctx, s, a); err != nil {
			return err
		}
	}
	if err := r.tag(ctx, s, a.ID, tags); err != nil {
		return err
	}
	return r.count(ctx, s, ofArticle(1, a, tags)...)
}

// withSlug writes a changed article under the slug of its title or, where another has
// that, under one that ends otherwise.
func (r Repository) withSlug(ctx context.Context, s *db.Session, a *Article, write func(ctx context.Context, s *db.Session) error) error {
	a.Slug = slugOf(a.Title)
	if !reserved(a.Slug) {
		err := s.Nested(ctx, func(ctx context.Context, s *db.Session) error { return dao.Taken(write(ctx, s), "slug", errSlugTaken) })
		if !errors.Is(err, errSlugTaken) {
			return err
		}
	}
	a.Slug = anotherSlug(a.Slug)
	return write(ctx, s)
}

// Change writes an article of which some columns have changed, with a slug that
// follows its title, and, unless they are nil, its tags.
func (r Repository) Change(ctx context.Context, s *db.Session, a *Article, columns []string, tags []string) error {
	if err := a.tidy(tags); err != nil {
		return err
	}
	write := func(ctx context.Context, s *db.Session) error { return r.Update(ctx, s, a, append(columns, "slug")...) }
	var err error
	switch {
	case slices.Contains(columns, "title"):
		err = r.withSlug(ctx, s, a, write)
	case len(columns) > 0 || tags != nil:
		err = write(ctx, s)
	}
	if err != nil || tags == nil {
		return err
	}
	before, err := r.TagsOf(ctx, s, []int64{a.ID})
	if err != nil {
		return err
	}
	if _, err := s.Exec(ctx, "DELETE FROM article_tags WHERE article_id = $1", a.ID); err != nil {
		return err
	}
	if err := r.tag(ctx, s, a.ID, tags); err != nil {
		return err
	}
	return r.count(ctx, s, append(ofTags(-1, before[a.ID]), ofTags(1, tags)...)...)
}

// Remove deletes an article, with its tags, marks and comments.
func (r Repository) Remove(ctx context.Context, s *db.Session, a *Article) error {
	tags, err := r.TagsOf(ctx, s, []int64{a.ID})
	if err != nil {
		return err
	}
	if err := r.count(ctx, s, ofArticle(-1, a, tags[a.ID])...); err != nil {
		return err
	}
	if err := r.uncountFavorites(ctx, s, a.ID); err != nil {
		return err
	}
	return r.Delete(ctx, s, a.ID)
}

func (r Repository) tag(ctx context.Context, x db.Execer, article int64, names []string) error {
	rows := make([]Tag, len(names))
	for i, name := range names {
		rows[i] = Tag{ArticleID: article, Position: i, Name: name}
	}
	return r.tags.InsertMany(ctx, x, rows)
}

// Favorite marks an article for a user, or returns ErrNotFound. Who has marked it
// already goes on.
func (r Repository) Favorite(ctx context.Context, x db.Execer, user int64, slug string) error {
	article, err := r.favored(ctx, x, slug, 1)
	if err != nil {
		return err
	}
	inserted, err := r.favorites.InsertNew(ctx, x, &Favorite{UserID: user, ArticleID: article}, "user_id", "article_id")
	if err == nil && !inserted {
		_, err = r.favored(ctx, x, slug, -1)
	}
	if err != nil || !inserted {
		return err
	}
	return r.count(ctx, x, change{KindFavorited, id(user), 1})
}

// Unfavorite takes the mark away, or returns ErrNotFound. Who has not marked the article
// goes on like that.
func (r Repository) Unfavorite(ctx context.Context, x db.Execer, user int64, slug string) error {
	article, err := r.favored(ctx, x, slug, -1)
	if err != nil {
		return err
	}
	n, err := x.Exec(ctx, "DELETE FROM favorites WHERE user_id = $1 AND article_id = $2", user, article)
	if err == nil && n == 0 {
		_, err = r.favored(ctx, x, slug, 1)
	}
	if err != nil || n == 0 {
		return err
	}
	return r.count(ctx, x, change{KindFavorited, id(user), -1})
}

// favored counts a mark that comes or goes, and returns the id of the article, or
// ErrNotFound. It is counted before, and taken back where nothing came or went: so
// nobody else marks the article or deletes it until the session ends. Whoever deletes it
// has it first, and then its marks: the other way round, both could wait for each other.
func (r Repository) favored(ctx context.Context, x db.Execer, slug string, by int64) (article int64, err error) {
	article, err = dao.QueryOne[int64](ctx, x, "UPDATE articles SET favorites_count = favorites_count + $2 WHERE slug = $1 RETURNING id", slug, by)
	if errs.HasKind(err, errs.NotFound) {
		err = ErrNotFound.Wrap(err)
	}
	return article, err
}

// Tagged returns the table of tags, for who writes many at a time and calls Recount
// afterwards.
func (r Repository) Tagged() dao.Table[Tag] { return r.tags }

// Marked returns the table of marks, like Tagged.
func (r Repository) Marked() dao.Table[Favorite] { return r.favorites }
