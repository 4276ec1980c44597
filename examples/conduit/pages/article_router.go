package pages

import (
	"context"

	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/web"

	"github.com/terem-go/terem/examples/conduit/comments"
	"github.com/terem-go/terem/examples/conduit/users"
)

// articleRoutes registers the page of an article, and what readers do there.
func (p *Pages) articleRoutes(r *api.Router) {
	api.Get(r, "/article/{slug}", p.article, api.Public)
	api.Post(r, "/article/{slug}/favorite", p.favorite, users.Member)
	api.Post(r, "/article/{slug}/unfavorite", p.unfavorite, users.Member)
	api.Post(r, "/article/{slug}/comments", p.say, users.Member)
	api.Post(r, "/article/{slug}/comments/{id}/delete", p.unsay, users.Member)
}

func (p *Pages) article(ctx context.Context, r *db.Reader, in *LookArticle) (*web.Page, error) {
	view, err := p.articleView(ctx, r, in.Visitor, in.Slug)
	return p.page("article", in.Visitor, view), err
}

// articleView returns what the page of an article shows, in a fixed number of
// statements.
func (p *Pages) articleView(ctx context.Context, q db.Querier, v users.Visitor, slug string) (view articleView, err error) {
	a, err := p.articles.Articles.View(ctx, q, v.Who(), slug)
	if err != nil {
		return view, err
	}
	here, member := "/article/"+a.Slug, v.User != nil
	view = articleView{
		Article: *a, Own: v.Who() == a.AuthorID, Visitor: v.Who(),
		Mark: markView{*a, member, here}, Follow: followView{a.Author, member, here},
	}
	if view.Text, err = render(a.Body); err != nil {
		return view, err
	}
	view.Comments, err = p.comments.Views.On(ctx, q, v.Who(), a.ID)
	return view, err
}

func (p *Pages) favorite(ctx context.Context, s *db.Session, in *Mark) (*web.Page, error) {
	return p.views.Redirect(web.Local(in.Next, "/article/"+in.Slug)), p.articles.Articles.Favorite(ctx, s, in.Visitor.ID, in.Slug)
}

func (p *Pages) unfavorite(ctx context.Context, s *db.Session, in *Mark) (*web.Page, error) {
	return p.views.Redirect(web.Local(in.Next, "/article/"+in.Slug)), p.articles.Articles.Unfavorite(ctx, s, in.Visitor.ID, in.Slug)
}

// say adds a comment, or shows the article again with what is wrong with it.
func (p *Pages) say(ctx context.Context, s *db.Session, in *Say) (*web.Page, error) {
	a, err := p.articles.Articles.BySlug(ctx, s, in.Slug)
	if err != nil {
		return nil, err
	}
	if form := &in.Form; form.Valid() {
		err := p.comments.Comments.Create(ctx, s, &comments.Comment{ArticleID: a.ID, AuthorID: in.Visitor.ID, Body: form.Value.Body})
		if err == nil {
			return p.views.Redirect("/article/" + a.Slug + "#comments"), nil
		}
		if !wrong(form, err) {
			return nil, err
		}
	}
	view, err := p.articleView(ctx, s, in.Visitor, a.Slug)
	view.Form = in.Form
	return p.again("article", in.Visitor, view), err
}

func (p *Pages) unsay(ctx context.Context, s *db.Session, in *CommentByID) (*web.Page, error) {
	a, err := p.articles.Articles.BySlug(ctx, s, in.Slug)
	if err != nil {
		return nil, err
	}
	return p.views.Redirect("/article/" + a.Slug + "#comments").Flash("Your comment is deleted."), p.comments.Comments.Remove(ctx, s, a.ID, in.Visitor.ID, in.ID)
}
