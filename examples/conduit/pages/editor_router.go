package pages

import (
	"context"

	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/web"

	"github.com/terem-go/terem/examples/conduit/articles"
	"github.com/terem-go/terem/examples/conduit/users"
)

// editorRoutes registers what authors do with their articles.
func (p *Pages) editorRoutes(r *api.Router) {
	api.Get(r, "/editor", p.askPublish, users.Member)
	api.Post(r, "/editor", p.publish, users.Member)
	api.Get(r, "/editor/{slug}", p.askEdit, users.Member)
	api.Post(r, "/editor/{slug}", p.edit, users.Member)
	api.Post(r, "/article/{slug}/delete", p.remove, users.Member)
}

func (p *Pages) askPublish(_ context.Context, _ api.None, in *Look) (*web.Page, error) {
	return p.page("editor", in.Visitor, editorView{}), nil
}

func (p *Pages) publish(ctx context.Context, s *db.Session, in *Publish) (*web.Page, error) {
	if form := &in.Form; form.Valid() {
		a := &articles.Article{Summary: articles.Summary{AuthorID: in.Visitor.ID}}
		form.Value.apply(a)
		err := p.articles.Articles.Create(ctx, s, a, form.Value.tags())
		if err == nil {
			return p.views.Redirect("/article/" + a.Slug).Flash("Your article is published."), nil
		}
		if !wrong(form, err) {
			return nil, err
		}
	}
	return p.again("editor", in.Visitor, editorView{Form: in.Form}), nil
}

func (p *Pages) askEdit(ctx context.Context, r *db.Reader, in *LookArticle) (*web.Page, error) {
	a, err := p.articles.Articles.BySlug(ctx, r, in.Slug)
	if err != nil {
		return nil, err
	}
	if a.AuthorID != in.Visitor.ID {
		return nil, articles.ErrForbidden.Here()
	}
	tags, err := p.articles.Articles.TagsOf(ctx, r, []int64{a.ID})
	return p.page("editor", in.Visitor, editorView{web.Form[ArticleForm]{Value: newArticleForm(a, tags[a.ID])}, a.Slug}), err
}

func (p *Pages) edit(ctx context.Context, s *db.Session, in *Edit) (*web.Page, error) {
	a, err := p.articles.Articles.Own(ctx, s, in.Visitor.ID, in.Slug)
	if err != nil {
		return nil, err
	}
	if form := &in.Form; form.Valid() {
		err := p.articles.Articles.Change(ctx, s, a, form.Value.apply(a), form.Value.tags())
		if err == nil {
			return p.views.Redirect("/article/" + a.Slug).Flash("Your article is changed."), nil
		}
		if !wrong(form, err) {
			return nil, err
		}
	}
	return p.again("editor", in.Visitor, editorView{in.Form, in.Slug}), nil
}

func (p *Pages) remove(ctx context.Context, s *db.Session, in *LookArticle) (*web.Page, error) {
	a, err := p.articles.Articles.Own(ctx, s, in.Visitor.ID, in.Slug)
	if err != nil {
		return nil, err
	}
	return p.views.Redirect(profilePath(in.Visitor.Username)).Flash("Your article is deleted."), p.articles.Articles.Remove(ctx, s, a)
}
