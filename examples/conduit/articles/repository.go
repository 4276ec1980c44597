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

// Hold returns an article, or ErrNotFound. Nobody else changes it, marks it or deletes
// it until the session ends.
func (r Repository) Hold(ctx context.Context, s *db.Session, slug string) (*Article, error) {
	return r.find(ctx, s, dao.Eq("slug", slug), dao.ForUpdate)
}

// Own is Hold for an author who is about to change the article: ErrForbidden for
// others.
func (r Repository) Own(ctx context.Context, s *db.Session, author int64, slug string) (*Article, error) {
	a, err := r.Hold(ctx, s, slug)
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
	err := r.withSlug(ctx, s, a, func(ctx context.Context, s *db.Session) error {
		a.ID = 0
		return r.Insert(ctx, s, a)
	})
	if err != nil {
		return err
	}
	if err := r.tag(ctx, s, a.ID, tags); err != nil {
		return err
	}
	return r.count(ctx, s, ofArticle(1, a, tags)...)
}

// withSlug writes an article under the slug of its title or, where another has that,
// under one that ends otherwise.
func (r Repository) withSlug(ctx context.Context, s *db.Session, a *Article, write func(ctx context.Context, s *db.Session) error) error {
	a.Slug = slugOf(a.Title)
	if !reserved(a.Slug) {
		// Two articles of one title may come at the same time, so the database decides.
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

// Favorite marks an article for a user. Who has marked it already goes on.
func (r Repository) Favorite(ctx context.Context, x db.Execer, user int64, a *Article) error {
	n, err := x.Exec(ctx, "INSERT INTO favorites (user_id, article_id) VALUES ($1, $2) ON CONFLICT DO NOTHING", user, a.ID)
	var failed *db.Error
	if errors.As(err, &failed) && failed.Class == db.ForeignKey {
		return ErrNotFound.Wrap(err) // deleted meanwhile
	}
	if err != nil || n == 0 {
		return err
	}
	return r.favored(ctx, x, user, a, 1)
}

// Unfavorite takes the mark away. Who has not marked the article goes on like that. The
// article is one of Hold, since whoever deletes it has it first, and then its marks: the
// other way round, both could wait for each other.
func (r Repository) Unfavorite(ctx context.Context, x db.Execer, user int64, a *Article) error {
	n, err := x.Exec(ctx, "DELETE FROM favorites WHERE user_id = $1 AND article_id = $2", user, a.ID)
	if err != nil || n == 0 {
		return err
	}
	return r.favored(ctx, x, user, a, -1)
}

// favored counts a mark that came or went.
func (r Repository) favored(ctx context.Context, x db.Execer, user int64, a *Article, by int64) error {
	err := x.QueryRow(ctx, "UPDATE articles SET favorites_count = favorites_count + $2 WHERE id = $1 RETURNING favorites_count", a.ID, by).Scan(&a.FavoritesCount)
	if errors.Is(err, db.ErrNoRows) {
		return ErrNotFound.Wrap(err)
	}
	if err != nil {
		return err
	}
	return r.count(ctx, x, change{KindFavorited, id(user), by})
}

// Tagged returns the table of tags, for who writes many at a time and calls Recount
// afterwards.
func (r Repository) Tagged() dao.Table[Tag] { return r.tags }

// Marked returns the table of marks, like Tagged.
func (r Repository) Marked() dao.Table[Favorite] { return r.favorites }
