package articles

import (
	"crypto/rand"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/terem-go/terem/dao"

	"github.com/terem-go/terem/examples/conduit/profiles"
	"github.com/terem-go/terem/examples/conduit/utils"
)

// Summary is an article without its text, as lists show it. Ids grow with time, and
// lists are sorted by them: the newest article has the largest.
type Summary struct {
	ID             int64     `db:"id,pk"`
	Slug           string    `db:"slug,unique,size:120"`
	Title          string    `db:"title,size:255"`
	Description    string    `db:"description,size:1000"`
	AuthorID       int64     `db:"author_id,ref:users,ondelete:cascade"`
	FavoritesCount int64     `db:"favorites_count,default:0"` // rows of favorites
	CreatedAt      time.Time `db:"created_at,created"`
	UpdatedAt      time.Time `db:"updated_at,updated"`
}

// Article is a row of the table articles.
type Article struct {
	Summary
	Body string `db:"body,size:200000"`
}

// Table says what concerns more than one column.
func (Article) Table(t *dao.Def) { t.Index("author_id", "id") }

// How many tags an article has, and how many characters a tag, at most.
const maxTags, maxTag = 32, 64

// tidy brings what people typed into the form in which it is stored, or says what is
// wrong with it and its tags.
func (a *Article) tidy(tags []string) error {
	a.Title = strings.TrimSpace(a.Title)
	var wrong utils.Wrong
	wrong.Blank("title", a.Title)
	wrong.Blank("description", a.Description)
	wrong.Blank("body", a.Body)
	if len(tags) > maxTags {
		wrong.Add("tagList", fmt.Sprintf("has more than %d tags", maxTags))
	}
	seen := map[string]bool{}
	for _, tag := range tags {
		switch {
		case wrong.Blank("tagList", tag):
		case strings.TrimSpace(tag) != tag || !utils.Printable(tag):
			wrong.Add("tagList", "has a tag with white space around it or characters that cannot be seen")
		case utf8.RuneCountInString(tag) > maxTag:
			wrong.Add("tagList", fmt.Sprintf("has a tag of more than %d characters", maxTag))
		case seen[tag]:
			wrong.Add("tagList", "has a tag twice")
		}
		seen[tag] = true
	}
	return wrong.Err()
}

// View is an article as a viewer sees it.
type View struct {
	Summary
	Body      string // "" in lists
	Tags      []string
	Favorited bool // by the viewer
	Author    profiles.Profile
}

// Tag is a row of the table article_tags: one tag of an article.
type Tag struct {
	ArticleID int64  `db:"article_id,pk,ref:articles,ondelete:cascade"`
	Position  int    `db:"position,pk"` // in the article's list, from 0
	Name      string `db:"name,size:64"`
}

// Table says what concerns more than one column.
func (Tag) Table(t *dao.Def) { t.Unique("name", "article_id") }

// Favorite is a row of the table favorites: a user has marked an article.
type Favorite struct {
	UserID    int64 `db:"user_id,pk,ref:users,ondelete:cascade"`
	ArticleID int64 `db:"article_id,pk,index,ref:articles,ondelete:cascade"`
}

// Count is a row of the table article_counts: how many articles a list has, so that
// nobody counts a million rows to show twenty.
type Count struct {
	Kind     Kind   `db:"kind,pk"`
	Name     string `db:"name,pk,size:64"`
	Articles int64  `db:"articles"`
}

// Table says what concerns more than one column.
func (Count) Table(t *dao.Def) { t.Index("-articles", "name").Where("kind = 'tag'") }

// Kind is what the articles of a list have in common.
type Kind string

// The kinds, with what the names of their lists are.
const (
	KindAll       Kind = "all"       // nothing: the parts of one number, see shards
	KindAuthor    Kind = "author"    // an author's id
	KindFavorited Kind = "favorited" // the id of the user who has marked them
	KindTag       Kind = "tag"       // a tag
)

// Values lists the kinds.
func (Kind) Values() []string {
	return []string{string(KindAll), string(KindAuthor), string(KindFavorited), string(KindTag)}
}

// maxSlug is how many bytes of a title become part of a slug.
const maxSlug = 80

// slugOf returns the slug that a title asks for: its letters and figures in lower
// case, and dashes.
func slugOf(title string) string {
	var b strings.Builder
	dash := false
	for _, r := range strings.ToLower(title) {
		switch {
		case b.Len() > maxSlug:
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) && b.Len() > 0:
			if dash && b.Len() > 0 {
				b.WriteByte('-')
			}
			b.WriteRune(r)
			dash = false
		default:
			dash = true
		}
	}
	return b.String()
}

// anotherSlug returns a slug that nobody has, for a title whose own is taken.
func anotherSlug(slug string) string {
	return strings.TrimLeft(slug+"-", "-") + strings.ToLower(rand.Text()[:10])
}

// reserved reports whether a slug cannot be had: an address of the API has that name.
func reserved(slug string) bool { return slug == "" || slug == "feed" }
