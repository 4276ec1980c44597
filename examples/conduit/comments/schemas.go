package comments

import (
	"time"

	"github.com/terem-go/terem/api"

	"github.com/terem-go/terem/examples/conduit/users"
)

// CommentCreate makes a comment.
type CommentCreate struct {
	User users.Current
	Body struct {
		Body      string `json:"body" maxLength:"10000"`
		ArticleID int64  `json:"article_id" minimum:"1"`
	}
}

// row returns the row to insert.
func (in *CommentCreate) row() *Comment {
	return &Comment{
		Body:      in.Body.Body,
		ArticleID: in.Body.ArticleID,
	}
}

// CommentByID names a comment.
type CommentByID struct {
	User users.Current
	ID   int64 `path:"id" minimum:"1"`
}

// CommentFilter says how comments can be filtered and sorted.
type CommentFilter struct {
	ArticleID     api.Optional[int64]     `query:"article_id" minimum:"1"`
	AuthorID      api.Optional[int64]     `query:"author_id" minimum:"1"`
	CreatedAtFrom api.Optional[time.Time] `query:"created_at[gte]"`
	CreatedAtTo   api.Optional[time.Time] `query:"created_at[lte]"`
	Sort          []string                `query:"sort" enum:"created_at,-created_at"`
}

// CommentList lists comments from one place to the next.
type CommentList struct {
	User users.Current
	api.CursorRequest
	CommentFilter
}

// CommentUpdate changes a comment: what is left out stays.
type CommentUpdate struct {
	User users.Current
	ID   int64 `path:"id" minimum:"1"`
	Body struct {
		Body      *string `json:"body,omitempty" maxLength:"10000"`
		ArticleID *int64  `json:"article_id,omitempty" minimum:"1"`
	}
}

// apply changes a row, and returns the columns that are changed.
func (in *CommentUpdate) apply(row *Comment) (changed []string) {
	if v := in.Body.Body; v != nil {
		row.Body, changed = *v, append(changed, "body")
	}
	if v := in.Body.ArticleID; v != nil {
		row.ArticleID, changed = *v, append(changed, "article_id")
	}
	return changed
}

// CommentRead is a comment as clients see it.
type CommentRead struct {
	ID        int64     `json:"id"`
	Body      string    `json:"body"`
	ArticleID int64     `json:"article_id"`
	AuthorID  int64     `json:"author_id"`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
}

// newCommentRead turns a row into what clients see of it.
func newCommentRead(row *Comment) CommentRead {
	return CommentRead{
		ID:        row.ID,
		Body:      row.Body,
		ArticleID: row.ArticleID,
		AuthorID:  row.AuthorID,
		CreatedAt: row.CreatedAt,
		UpdatedAt: row.UpdatedAt,
	}
}
