package pages

import (
	"html/template"
	"strings"

	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/auth"
	"github.com/terem-go/terem/errs"
	"github.com/terem-go/terem/web"

	"github.com/terem-go/terem/examples/conduit/articles"
	"github.com/terem-go/terem/examples/conduit/comments"
	"github.com/terem-go/terem/examples/conduit/profiles"
	"github.com/terem-go/terem/examples/conduit/users"
)

// The forms. Their fields have the names by which the domains' errors call them.
type (
	// RegisterForm asks for what a user is made of.
	RegisterForm struct {
		Username string `form:"username" maxLength:"64" autocomplete:"username" doc:"Others see it."`
		Email    string `form:"email" label:"E-mail address" format:"email" maxLength:"254"`
		Password string `form:"password" format:"password" maxLength:"1024" autocomplete:"new-password"`
	}
	// LogInForm asks who somebody is.
	LogInForm struct {
		Email    string `form:"email" label:"E-mail address" format:"email" maxLength:"254"`
		Password string `form:"password" format:"password" maxLength:"1024"`
	}
	// SettingsForm changes a user.
	SettingsForm struct {
		Image    string `form:"image,omitempty" label:"Address of your picture" format:"uri" maxLength:"2000" doc:"It begins with https://."`
		Username string `form:"username" maxLength:"64" autocomplete:"username"`
		Bio      string `form:"bio,omitempty" label:"About you" format:"multiline" maxLength:"2000"`
		Email    string `form:"email" label:"E-mail address" format:"email" maxLength:"254"`
		Password string `form:"password,omitempty" label:"New password" format:"password" maxLength:"1024" autocomplete:"new-password" doc:"Leave it empty to keep the one that you have."`
	}
	// ArticleForm is an article as its author writes it.
	ArticleForm struct {
		Title       string `form:"title" maxLength:"255"`
		Description string `form:"description" label:"What it is about" maxLength:"1000" doc:"Lists show it below the title."`
		Body        string `form:"body" label:"Text" format:"multiline" maxLength:"200000" doc:"In Markdown: **bold**, *italic*, # Heading, [a link](https://…)."`
		Tags        string `form:"tagList,omitempty" label:"Tags" maxLength:"2200" doc:"With commas between."`
	}
	// CommentForm is what is said about an article.
	CommentForm struct {
		Body string `form:"body" label:"Your comment" format:"multiline" maxLength:"10000"`
	}
)

func newSettingsForm(u *users.User) SettingsForm {
	f := SettingsForm{Username: u.Username, Email: u.Email}
	if u.Image != nil {
		f.Image = *u.Image
	}
	if u.Bio != nil {
		f.Bio = *u.Bio
	}
	return f
}

// changes returns what the form changes. No password changes none.
func (f *SettingsForm) changes() *users.UpdateUser {
	set := func(value string) api.Optional[string] { return api.Optional[string]{Value: value, Set: true} }
	c := &users.UpdateUser{Username: set(f.Username), Email: set(f.Email), Bio: set(f.Bio), Image: set(f.Image)}
	if f.Password != "" {
		c.Password = set(f.Password)
	}
	return c
}

func newArticleForm(a *articles.Article, tags []string) ArticleForm {
	return ArticleForm{Title: a.Title, Description: a.Description, Body: a.Body, Tags: strings.Join(tags, ", ")}
}

// apply changes a row, and returns the columns that are changed.
func (f *ArticleForm) apply(a *articles.Article) (changed []string) {
	if f.Title != a.Title { // a slug follows its title
		a.Title, changed = f.Title, append(changed, "title")
	}
	a.Description, a.Body = f.Description, f.Body
	return append(changed, "description", "body")
}

// tags returns the tags that were typed.
func (f *ArticleForm) tags() []string {
	tags := []string{}
	for tag := range strings.SplitSeq(f.Tags, ",") {
		if tag = strings.TrimSpace(tag); tag != "" {
			tags = append(tags, tag)
		}
	}
	return tags
}

// The inputs of the routes.
type (
	// Look asks for a page.
	Look struct{ Visitor users.Visitor }
	// LookLogIn asks for the page on which people log in.
	LookLogIn struct {
		Look
		Next string `query:"next" doc:"Where to go afterwards."`
	}
	// Part says which part of a list is wanted.
	Part struct {
		Page int `query:"page" minimum:"1" maximum:"1000000" default:"1"`
	}
	// LookHome asks for the home page.
	LookHome struct {
		Look
		Part
		Feed string `query:"feed" enum:"following" doc:"Only articles of those whom the visitor follows."`
		Tag  string `query:"tag" maxLength:"64" doc:"Only articles with this tag."`
	}
	// LookProfile asks for a profile.
	LookProfile struct {
		Look
		Part
		Username string `path:"username" maxLength:"64"`
	}
	// LookArticle asks for a page about an article.
	LookArticle struct {
		Look
		Slug string `path:"slug" maxLength:"120"`
	}
	// Mark is the button that marks an article, or takes the mark away.
	Mark struct {
		LookArticle
		Next string `query:"next" doc:"Where the button was."`
	}
	// Follow is the button that follows somebody, or no longer.
	Follow struct {
		Look
		Username string `path:"username" maxLength:"64"`
		Next     string `query:"next" doc:"Where the button was."`
	}
	// Register is a form that was sent.
	Register struct {
		LookLogIn
		Visit auth.Visit
		Form  web.Form[RegisterForm]
	}
	// LogIn is a form that was sent.
	LogIn struct {
		LookLogIn
		Visit auth.Visit
		Form  web.Form[LogInForm]
	}
	// Settings is a form that was sent.
	Settings struct {
		Look
		Form web.Form[SettingsForm]
	}
	// Publish is an article that was sent.
	Publish struct {
		Look
		Form web.Form[ArticleForm]
	}
	// Edit is an article that was sent again.
	Edit struct {
		LookArticle
		Form web.Form[ArticleForm]
	}
	// Say is a comment that was sent.
	Say struct {
		LookArticle
		Form web.Form[CommentForm]
	}
	// CommentByID names a comment on an article.
	CommentByID struct {
		LookArticle
		ID int64 `path:"id" minimum:"1"`
	}
)

// offset returns how many articles of the list come before the part.
func (p Part) offset() int { return (p.Page - 1) * perPage }

// What pages show.
type (
	homeView struct {
		List list
		Feed bool     // the list is the visitor's feed
		Tag  string   // the tag of the list, "" for all
		Tags []string // those that are used most
	}
	enterView[T any] struct {
		Form web.Form[T]
		Next string
	}
	articleView struct {
		Article  articles.View
		Text     template.HTML
		Own      bool // the visitor has written it
		Mark     markView
		Follow   followView
		Comments []comments.View
		Form     web.Form[CommentForm]
		Visitor  int64
	}
	editorView struct {
		Form web.Form[ArticleForm]
		Slug string // "" for a new article
	}
	profileView struct {
		Profile   profiles.Profile
		Own       bool // it is the visitor's
		Favorites bool // the list is of what they have marked
		Follow    followView
		List      list
	}
	errorView struct {
		Error     *errs.Error
		RequestID string
	}
)
