package dao_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/terem-go/terem/dao"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/errs"
)

// No method of a table with a scope reads or writes a row of another one.
func TestScope(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, s *db.Session) {
		ann, bob := writer(t, ctx, s, "Ann"), writer(t, ctx, s, "Bob")
		hers, his := papers.Scope("author_id", ann), papers.Scope("author_id", bob)
		one := draft(uuid.Nil, 1)
		must(t, hers.Insert(ctx, s, one))
		if one.AuthorID != ann {
			t.Errorf("the paper is %s's", one.AuthorID)
		}
		must(t, his.Insert(ctx, s, draft(bob, 7)))
		if got := titles(t, ctx, s, hers, dao.Where("number < $1", 5)) + "; " + titles(t, ctx, s, his) + "; " + titles(t, ctx, s, his, dao.Eq("number", 1)); got != "No. 1; No. 7; " {
			t.Errorf("found %s", got)
		}
		if err := his.Insert(ctx, s, draft(ann, 8)); err == nil || !strings.Contains(err.Error(), "another author_id than the scope") {
			t.Errorf("inserted into another's scope: %v", err)
		}
		_, err := his.Get(ctx, s, one.ID)
		wantNotFound(t, err, "papers.not_found")
		_, err = his.One(ctx, s, dao.Eq("number", 1))
		wantNotFound(t, err, "papers.not_found")
		wantNotFound(t, his.Delete(ctx, s, one.ID), "papers.not_found")
		wantNotFound(t, his.Purge(ctx, s, one.ID), "papers.not_found")
		wantNotFound(t, his.Patch(ctx, s, one.ID, dao.Set("title", "mine")), "papers.not_found")
		if err := his.Patch(ctx, s, one.ID, dao.Set("author_id", ann)); err == nil || !strings.Contains(err.Error(), "than the scope") {
			t.Errorf("a patch gave a row away: %v", err)
		}
		stolen := *one
		stolen.AuthorID = bob
		wantNotFound(t, his.Update(ctx, s, &stolen), "papers.not_found")
		if err := hers.Update(ctx, s, &stolen); err == nil {
			t.Error("an update gave a row away")
		}
		stolen.Title = "stolen"
		if err := his.Upsert(ctx, s, &stolen, "id"); errs.From(err).Code != "papers.id_taken" {
			t.Errorf("an upsert took a row: %v", err)
		}
		n, err := his.Count(ctx, s, dao.Where("number > $1 OR number < $2", 0, 100))
		must(t, err)
		if n != 1 {
			t.Errorf("counted %d", n)
		}
		byAuthor, err := dao.Load(ctx, s, his, "author_id", []uuid.UUID{ann, bob})
		must(t, err)
		if len(byAuthor) != 1 || len(byAuthor[bob]) != 1 {
			t.Errorf("loaded %v", byAuthor)
		}
		both := hers.Scope("number", 1)
		if got := titles(t, ctx, s, both); got != "No. 1" {
			t.Errorf("with two scopes, found %s", got)
		}
		if _, err := papers.Scope("colour", 1).Count(ctx, s); err == nil || !strings.Contains(err.Error(), `papers has no column "colour"`) {
			t.Errorf("a scope of no column: %v", err)
		}
		if got := titles(t, ctx, s, papers); got != "No. 1, No. 7" {
			t.Errorf("in the end there are %s", got)
		}
	})
}
