package articles

import (
	"time"

	"github.com/terem-go/terem/api"

	"github.com/terem-go/terem/examples/conduit/users"
)

// ArticleCreate makes an article.
type ArticleCreate struct {
	User users.Current
	Body struct {
		Title       string `json:"title" minLength:"1" maxLength:"200"`
		Description string `json:"description" minLength:"1" maxLength:"200"`
		Body        string `json:"body" maxLength:"10000"`
	}
}

// row returns the row to insert.
func (in *ArticleCreate) row() *Article {
	return &Article{
		Title:       in.Body.Title,
		Description: in.Body.Description,
		Body:        in.Body.Body,
	}
}

// ArticleByID names an article.
type ArticleByID struct {
	User users.Current
	ID   int64 `path:"id" minimum:"1"`
}

// ArticleFilter says how articles can be filtered and sorted.
type ArticleFilter struct {
	Title         api.Optional[string]    `query:"title" maxLength:"200"`
	Description   api.Optional[string]    `query:"description" maxLength:"200"`
	AuthorID      api.Optional[int64]     `query:"author_id" minimum:"1"`
	CreatedAtFrom api.Optional[time.Time] `query:"created_at[gte]"`
	CreatedAtTo   api.Optional[time.Time] `query:"created_at[lte]"`
	Sort          []string                `query:"sort" enum:"created_at,-created_at,title,-title,description,-description"`
}

// ArticleList lists articles from one place to the next.
type ArticleList struct {
	User users.Current
	api.CursorRequest
	ArticleFilter
}

// ArticleUpdate changes an article: what is left out stays.
type ArticleUpdate struct {
	User users.Current
	ID   int64 `path:"id" minimum:"1"`
	Body struct {
		Title       *string `json:"title,omitempty" minLength:"1" maxLength:"200"`
		Description *string `json:"description,omitempty" minLength:"1" maxLength:"200"`
		Body        *string `json:"body,omitempty" maxLength:"10000"`
	}
}

// apply changes a row, and returns the columns that are changed.
func (in *ArticleUpdate) apply(row *Article) (changed []string) {
	if v := in.Body.Title; v != nil {
		row.Title, changed = *v, append(changed, "title")
	}
	if v := in.Body.Description; v != nil {
		row.Description, changed = *v, append(changed, "description")
	}
	if v := in.Body.Body; v != nil {
		row.Body, changed = *v, append(changed, "body")
	}
	return changed
}

// ArticleRead is an article as clients see it.
type ArticleRead struct {
	ID          int64     `json:"id"`
	Title       string    `json:"title"`
	Description string    `json:"description"`
	Body        string    `json:"body"`
	AuthorID    int64     `json:"author_id"`
	CreatedAt   time.Time `json:"created_at"`
	UpdatedAt   time.Time `json:"updated_at"`
}

// newArticleRead turns a row into what clients see of it.
func newArticleRead(row *Article) ArticleRead {
	return ArticleRead{
		ID:          row.ID,
		Title:       row.Title,
		Description: row.Description,
		Body:        row.Body,
		AuthorID:    row.AuthorID,
		CreatedAt:   row.CreatedAt,
		UpdatedAt:   row.UpdatedAt,
	}
}
