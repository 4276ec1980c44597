package comments

import (
	"github.com/terem-go/terem/examples/conduit/profiles"
	"github.com/terem-go/terem/examples/conduit/users"
	"github.com/terem-go/terem/examples/conduit/utils"
)

// CommentList asks for the comments on an article.
type CommentList struct {
	Viewer users.Viewer
	Slug   string `path:"slug" maxLength:"120"`
}

// CommentCreate adds a comment to an article.
type CommentCreate struct {
	User users.Current
	Slug string `path:"slug" maxLength:"120"`
	Body struct {
		Comment NewComment `json:"comment"`
	}
}

// NewComment is what is said.
type NewComment struct {
	Body string `json:"body" maxLength:"10000" example:"His name was my name too."`
}

// CommentByID names a comment on an article.
type CommentByID struct {
	User users.Current
	Slug string `path:"slug" maxLength:"120"`
	ID   int64  `path:"id"`
}

// CommentReply is a comment.
type CommentReply struct {
	Comment CommentRead `json:"comment"`
}

// CommentsReply are the comments on an article.
type CommentsReply struct {
	Comments []CommentRead `json:"comments"`
}

// CommentRead is a comment as clients see it.
type CommentRead struct {
	ID        int64            `json:"id"`
	CreatedAt utils.Moment     `json:"createdAt" format:"date-time"`
	UpdatedAt utils.Moment     `json:"updatedAt" format:"date-time"`
	Body      string           `json:"body"`
	Author    profiles.Profile `json:"author"`
}

func newCommentRead(v *View) CommentRead {
	return CommentRead{ID: v.ID, CreatedAt: utils.Moment(v.CreatedAt), UpdatedAt: utils.Moment(v.UpdatedAt), Body: v.Body, Author: v.Author}
}

func newCommentsReply(views []View) *CommentsReply {
	reply := &CommentsReply{make([]CommentRead, len(views))}
	for i := range views {
		reply.Comments[i] = newCommentRead(&views[i])
	}
	return reply
}
