package articles

import (
	"github.com/terem-go/terem/api"

	"github.com/terem-go/terem/examples/conduit/profiles"
	"github.com/terem-go/terem/examples/conduit/users"
	"github.com/terem-go/terem/examples/conduit/utils"
)

// Paging is which part of a list is wanted.
type Paging struct {
	Limit  int `query:"limit" minimum:"1" maximum:"1000" default:"20" doc:"The numbers of items to return."`
	Offset int `query:"offset" minimum:"0" maximum:"1000000000" doc:"The number of items to skip before starting to collect the result set."`
}

// ArticleList lists articles.
type ArticleList struct {
	Viewer    users.Viewer
	Tag       string `query:"tag" maxLength:"64" doc:"Only articles with this tag."`
	Author    string `query:"author" maxLength:"64" doc:"Only articles of the user with this name."`
	Favorited string `query:"favorited" maxLength:"64" doc:"Only articles that the user with this name has marked."`
	Paging
}

// ArticleFeed lists articles of those whom the caller follows.
type ArticleFeed struct {
	User users.Current
	Paging
}

// ArticleGet asks for an article.
type ArticleGet struct {
	Viewer users.Viewer
	Slug   string `path:"slug" maxLength:"120"`
}

// ArticleBySlug names an article to do something with.
type ArticleBySlug struct {
	User users.Current
	Slug string `path:"slug" maxLength:"120"`
}

// ArticleCreate publishes an article.
type ArticleCreate struct {
	User users.Current
	Body struct {
		Article NewArticle `json:"article"`
	}
}

// NewArticle is what is published.
type NewArticle struct {
	Title       string                 `json:"title" maxLength:"255" example:"How to train your dragon"`
	Description string                 `json:"description" maxLength:"1000" example:"Ever wonder how?"`
	Body        string                 `json:"body" maxLength:"200000" example:"You have to believe"`
	TagList     api.Optional[[]string] `json:"tagList,omitempty" nullable:"false" maxItems:"32" maxLength:"64"`
}

// check says what cannot be null.
func (n *NewArticle) check() error {
	var wrong utils.Wrong
	wrong.Null("tagList", n.TagList.Null)
	return wrong.Err()
}

// row turns what was sent into a row.
func (n *NewArticle) row(author int64) *Article {
	return &Article{Summary: Summary{Title: n.Title, Description: n.Description, AuthorID: author}, Body: n.Body}
}

// ArticleUpdate changes an article.
type ArticleUpdate struct {
	ArticleBySlug
	Body struct {
		Article UpdateArticle `json:"article"`
	}
}

// UpdateArticle is what changes: what is left out stays.
type UpdateArticle struct {
	Title       api.Optional[string]   `json:"title,omitempty" nullable:"false" maxLength:"255"`
	Description api.Optional[string]   `json:"description,omitempty" nullable:"false" maxLength:"1000"`
	Body        api.Optional[string]   `json:"body,omitempty" nullable:"false" maxLength:"200000"`
	TagList     api.Optional[[]string] `json:"tagList,omitempty" nullable:"false" maxItems:"32" maxLength:"64"`
}

// check says what cannot be null.
func (c *UpdateArticle) check() error {
	var wrong utils.Wrong
	wrong.Null("title", c.Title.Null)
	wrong.Null("description", c.Description.Null)
	wrong.Null("body", c.Body.Null)
	wrong.Null("tagList", c.TagList.Null)
	return wrong.Err()
}

// apply changes a row, and returns the columns that are changed.
func (c *UpdateArticle) apply(row *Article) (changed []string) {
	if c.Title.Set && c.Title.Value != row.Title {
		row.Title, changed = c.Title.Value, append(changed, "title")
	}
	if c.Description.Set {
		row.Description, changed = c.Description.Value, append(changed, "description")
	}
	if c.Body.Set {
		row.Body, changed = c.Body.Value, append(changed, "body")
	}
	return changed
}

// tags returns the tags to have from now on, or nil to keep those that are there.
func (c *UpdateArticle) tags() []string {
	if !c.TagList.Set {
		return nil
	}
	return append([]string{}, c.TagList.Value...)
}

// ArticleReply is an article.
type ArticleReply struct {
	Article ArticleRead `json:"article"`
}

// ArticleRead is an article with its text.
type ArticleRead struct {
	ArticleSummary
	Body string `json:"body"`
}

// ArticlesReply is a part of a list of articles.
type ArticlesReply struct {
	Articles      []ArticleSummary `json:"articles"`
	ArticlesCount int64            `json:"articlesCount" doc:"How many the whole list has."`
}

// ArticleSummary is an article without its text.
type ArticleSummary struct {
	Slug           string           `json:"slug"`
	Title          string           `json:"title"`
	Description    string           `json:"description"`
	TagList        []string         `json:"tagList"`
	CreatedAt      utils.Moment     `json:"createdAt" format:"date-time"`
	UpdatedAt      utils.Moment     `json:"updatedAt" format:"date-time"`
	Favorited      bool             `json:"favorited"`
	FavoritesCount int64            `json:"favoritesCount"`
	Author         profiles.Profile `json:"author"`
}

func newArticleSummary(v *View) ArticleSummary {
	return ArticleSummary{
		Slug: v.Slug, Title: v.Title, Description: v.Description, TagList: v.Tags,
		CreatedAt: utils.Moment(v.CreatedAt), UpdatedAt: utils.Moment(v.UpdatedAt),
		Favorited: v.Favorited, FavoritesCount: v.FavoritesCount, Author: v.Author,
	}
}

func newArticleReply(v *View) *ArticleReply {
	return &ArticleReply{ArticleRead{newArticleSummary(v), v.Body}}
}

func newArticlesReply(views []View, total int64) *ArticlesReply {
	reply := &ArticlesReply{make([]ArticleSummary, len(views)), total}
	for i := range views {
		reply.Articles[i] = newArticleSummary(&views[i])
	}
	return reply
}

// TagsReply are tags.
type TagsReply struct {
	Tags []string `json:"tags"`
}
