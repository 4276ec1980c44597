// Package seed fills an empty database with articles, to look at and to measure.
package seed

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/terem-go/terem/app"
	"github.com/terem-go/terem/dao"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/errs"

	"github.com/terem-go/terem/examples/conduit/articles"
	"github.com/terem-go/terem/examples/conduit/comments"
	"github.com/terem-go/terem/examples/conduit/profiles"
	"github.com/terem-go/terem/examples/conduit/users"
)

// ErrNotEmpty says that there is something in the database.
var ErrNotEmpty = errs.New(errs.Conflict, "seed.not_empty", "The database has users or articles. Seed an empty one, such as DATABASE_URL=sqlite:seeded.db, after migrate up.")

// Config is what the service works with.
type Config struct {
	Auth     *users.Auth
	Users    users.Repository
	Follows  profiles.Repository
	Articles articles.Repository
	Comments comments.Repository
}

// Service makes articles, and what belongs to them.
type Service struct{ Config }

var _ app.Domain = (*Service)(nil)

// New returns the service.
func New(c Config) *Service { return &Service{c} }

// Register adds the command seed to the application.
func (sv *Service) Register(a *app.App) {
	a.Command("seed", "Fill an empty database with articles, for a look or a measurement.", &command{seed: sv})
}

// The bounds of Run.
const (
	Least = 10
	Most  = 1_000_000
)

// batch is how many rows a session writes.
const batch = 5000

// Size is how much to make.
type Size struct {
	Articles int
	Users    int // 0 for a hundredth as many as articles, and ten at least
}

// check fills in the default, or says what is out of bounds.
func (z *Size) check() error {
	z.Users = cmp.Or(z.Users, max(Least, z.Articles/100))
	for _, c := range []struct {
		what string
		n    int
	}{{"articles", z.Articles}, {"users", z.Users}} {
		if c.n < Least || c.n > Most {
			return fmt.Errorf("%d %s cannot be made: use %d to %d", c.n, c.what, Least, Most)
		}
	}
	return nil
}

// Run makes articles and their authors; follows, so that each user follows a hundred
// others, or all; marks, of which every third article has one and every third two;
// three tags each; and a comment on every tenth. All users have one password. It tells
// out how far it is. It returns ErrNotEmpty unless the database is empty; a run that
// was ended leaves what it has made.
func (sv *Service) Run(ctx context.Context, d *db.DB, out io.Writer, size Size, password string) error {
	if err := size.check(); err != nil {
		return err
	}
	n := size.Articles
	if err := sv.empty(ctx, d); err != nil {
		return err
	}
	hash, err := sv.Auth.Hash(ctx, password)
	if err != nil {
		return err
	}
	p := plan{users: make([]int64, size.Users), articles: make([]int64, n), hash: hash, begin: time.Now().UTC().Add(-time.Duration(n) * time.Minute)}
	for _, step := range []struct {
		what  string
		rows  int
		write func(ctx context.Context, s *db.Session, from, to int) error
	}{
		{"users", len(p.users), many(sv.Users.Table, p.user, func(i int, u *users.User) { p.users[i] = u.ID })},
		{"follows", len(p.users) * p.follows(), many(sv.Follows.Table, p.follow, nil)},
		{"articles", n, many(sv.Articles.Table, p.article, func(i int, a *articles.Article) { p.articles[i] = a.ID })},
		{"tags", n * tagsEach, many(sv.Articles.Tagged(), p.tag, nil)},
		{"favourites", p.marks(), many(sv.Articles.Marked(), p.mark, nil)},
		{"comments", n / 10, many(sv.Comments.Table, p.comment, nil)},
	} {
		if err := inBatches(ctx, d, out, step.what, step.rows, step.write); err != nil {
			return err
		}
	}
	fmt.Fprintln(out, "counting")
	return d.Do(ctx, func(ctx context.Context, s *db.Session) error { return sv.Articles.Recount(ctx, s) })
}

func (sv *Service) empty(ctx context.Context, d *db.DB) error {
	return d.Read(ctx, func(ctx context.Context, r *db.Reader) error {
		some, err := sv.Users.Exists(ctx, r)
		if err == nil && !some {
			some, err = sv.Articles.Exists(ctx, r)
		}
		if err == nil && some {
			err = ErrNotEmpty.Here()
		}
		return err
	})
}

// many writes rows that are made by their numbers, and hands each on to made, unless
// that is nil, once it has its id.
func many[T any](t dao.Table[T], row func(i int) T, made func(i int, row *T)) func(ctx context.Context, s *db.Session, from, to int) error {
	return func(ctx context.Context, s *db.Session, from, to int) error {
		rows := make([]T, 0, to-from)
		for i := from; i < to; i++ {
			rows = append(rows, row(i))
		}
		if err := t.InsertMany(ctx, s, rows); err != nil || made == nil {
			return err
		}
		for i := range rows {
			made(from+i, &rows[i])
		}
		return nil
	}
}

// inBatches writes rows in a session for each batch, and tells how far it is.
func inBatches(ctx context.Context, d *db.DB, out io.Writer, what string, rows int, write func(ctx context.Context, s *db.Session, from, to int) error) error {
	told := time.Now()
	for from := 0; from < rows; from += batch {
		to := min(from+batch, rows)
		err := d.Do(ctx, func(ctx context.Context, s *db.Session) error { return write(ctx, s, from, to) })
		if err != nil {
			return fmt.Errorf("%s %d to %d: %w", what, from+1, to, err)
		}
		if to == rows || time.Since(told) > time.Second {
			fmt.Fprintf(out, "%s: %d of %d\n", what, to, rows)
			told = time.Now()
		}
	}
	return nil
}

// plan says what each row is, so that the same numbers always make the same rows.
type plan struct {
	users, articles []int64 // their ids, once they have them
	hash            string
	begin           time.Time // when the first article was written; one a minute
}

// author returns the id of the user with a number, which begins again after the last.
func (p *plan) author(i int) int64 { return p.users[i%len(p.users)] }

func (p *plan) user(i int) users.User {
	name := fmt.Sprintf("user%d", i+1)
	return users.User{Username: name, Email: name + "@example.com", PasswordHash: p.hash}
}

// follows is how many others each user follows.
func (p *plan) follows() int { return min(100, len(p.users)-1) }

func (p *plan) follow(i int) profiles.Follow {
	follower, next := i/p.follows(), i%p.follows()
	return profiles.Follow{FollowerID: p.author(follower), FolloweeID: p.author(follower + 1 + next)}
}

func (p *plan) article(i int) articles.Article {
	at := p.begin.Add(time.Duration(i) * time.Minute)
	return articles.Article{
		Summary: articles.Summary{
			Slug: fmt.Sprintf("article-%d", i+1), Title: fmt.Sprintf("Article %d", i+1), Description: fmt.Sprintf("What number %d is about", i+1),
			AuthorID: p.author(i), FavoritesCount: int64(i % 3), CreatedAt: at, UpdatedAt: at,
		},
		Body: strings.Repeat(fmt.Sprintf("This is article %d, which was made for a look or a measurement.\n\n", i+1), 10),
	}
}

// tagsEach is how many tags an article has: one of ten that many have, one of a
// hundred, and one of a thousand that few have.
const tagsEach = 3

func (p *plan) tag(i int) articles.Tag {
	article, position := i/tagsEach, i%tagsEach
	names := [tagsEach]string{fmt.Sprintf("topic%d", article%10), fmt.Sprintf("theme%d", article%100), fmt.Sprintf("detail%d", article%1000)}
	return articles.Tag{ArticleID: p.articles[article], Position: position, Name: names[position]}
}

// marks returns how many marks the articles have: 0, 1, 2, 0, 1, 2 …
func (p *plan) marks() int { return len(p.articles)/3*3 + max(0, len(p.articles)%3-1) }

func (p *plan) mark(i int) articles.Favorite {
	article, which := i/3*3+1, 0 // the one with one mark, and the one with two
	if i%3 > 0 {
		article, which = article+1, i%3-1
	}
	return articles.Favorite{UserID: p.author(article*7 + which), ArticleID: p.articles[article]}
}

func (p *plan) comment(i int) comments.Comment {
	return comments.Comment{ArticleID: p.articles[i*10], AuthorID: p.author(i), Body: fmt.Sprintf("Comment %d", i+1)}
}
