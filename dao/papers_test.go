package dao_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/terem-go/terem/dao"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/errs"
)

type status string

func (status) Values() []string { return []string{"draft", "printed"} }

// author is a row of a table whose key is a UUID.
type author struct {
	ID   uuid.UUID `db:"id,pk"`
	Name string    `db:"name,unique"`
}

// paper is a row of a table that has everything.
type paper struct {
	ID        int64               `db:"id,pk"`
	AuthorID  uuid.UUID           `db:"author_id,ref:authors"`
	Number    int                 `db:"number"`
	Title     string              `db:"title,size:50"`
	Status    status              `db:"status"`
	Tags      dao.JSON[[]string]  `db:"tags"`
	Price     decimal.Decimal     `db:"price,decimal:12:2,check:price >= 0"`
	Note      *string             `db:"note"`
	Version   int                 `db:"version,version"`
	DeletedAt *time.Time          `db:"deleted_at,deleted"`
	_         map[string]struct{} // of no interest
}

func (paper) Table(t *dao.Def) {
	t.Unique("author_id", "number")
	t.Index("status", "-number").Where("deleted_at IS NULL")
	t.Check("title", "title <> ''")
}

var (
	authors = dao.Of[author]("authors")
	papers  = dao.Of[paper]("papers")
)

// writer returns a new author.
func writer(t *testing.T, ctx context.Context, s *db.Session, name string) uuid.UUID {
	t.Helper()
	a := author{Name: name}
	must(t, authors.Insert(ctx, s, &a))
	return a.ID
}

// draft returns a paper that can be inserted.
func draft(by uuid.UUID, number int) *paper {
	return &paper{AuthorID: by, Number: number, Title: fmt.Sprint("No. ", number), Status: "draft",
		Tags: dao.JSON[[]string]{V: []string{"a", "b"}}, Price: decimal.RequireFromString("12.50")}
}

// titles returns the titles of papers, sorted by their numbers.
func titles(t *testing.T, ctx context.Context, q db.Querier, table dao.Table[paper], opts ...dao.Option) string {
	t.Helper()
	found, err := table.Find(ctx, q, append(opts, dao.OrderBy("number", "id"))...)
	must(t, err)
	var list []string
	for _, p := range found {
		list = append(list, p.Title)
	}
	return strings.Join(list, ", ")
}

// wantError checks the kind, the code and the field of an error.
func wantError(t *testing.T, err error, kind errs.Kind, code, field string) {
	t.Helper()
	e := errs.From(err)
	if err == nil || e.Kind != kind || e.Code != code || field != "" && (len(e.Fields) != 1 || e.Fields[0].Name != field) {
		t.Errorf("error %v: %+v, want %v %s on %q", err, e, kind, code, field)
	}
}

func TestValuesOfEveryType(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, s *db.Session) {
		by := writer(t, ctx, s, "Ann")
		if by.Version() != 7 {
			t.Errorf("the key %s is a UUID of version %d", by, by.Version())
		}
		p := draft(by, 1)
		must(t, papers.Insert(ctx, s, p))
		got, err := papers.Get(ctx, s, p.ID)
		must(t, err)
		if d := cmp.Diff(p, got, cmp.AllowUnexported(paper{})); d != "" {
			t.Errorf("what was written and what was read:\n%s", d)
		}
		p.Tags.V, p.Price = nil, decimal.RequireFromString("9999999999.99")
		must(t, papers.Update(ctx, s, p))
		got, err = papers.Get(ctx, s, p.ID)
		must(t, err)
		if got.Tags.V != nil || !got.Price.Equal(p.Price) {
			t.Errorf("read %v %v", got.Tags.V, got.Price)
		}
		all, err := authors.Find(ctx, s, dao.In("id", []uuid.UUID{by, uuid.New()}))
		must(t, err)
		if len(all) != 1 || all[0].ID != by {
			t.Errorf("found %v", all)
		}
	})
}

func TestConstraintsHaveMeaning(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, s *db.Session) {
		by := writer(t, ctx, s, "Ann")
		must(t, papers.Insert(ctx, s, draft(by, 1)))
		fails := func(change func(p *paper)) error {
			p := draft(by, 2)
			change(p)
			return nested(ctx, s, func() error { return papers.Insert(ctx, s, p) })
		}
		wantError(t, nested(ctx, s, func() error { return authors.Insert(ctx, s, &author{Name: "Ann"}) }), errs.Conflict, "authors.name_taken", "name")
		wantError(t, fails(func(p *paper) { p.Number = 1 }), errs.Conflict, "papers.author_id_number_taken", "number")
		wantError(t, fails(func(p *paper) { p.Price = decimal.NewFromInt(-1) }), errs.Invalid, "papers.price_invalid", "price")
		wantError(t, fails(func(p *paper) { p.Status = "burnt" }), errs.Invalid, "papers.status_invalid", "status")
		wantError(t, fails(func(p *paper) { p.Title = strings.Repeat("x", 51) }), errs.Invalid, "papers.title_invalid", "title")
		wantError(t, fails(func(p *paper) { p.AuthorID = uuid.New() }), errs.Conflict, "papers.reference", "")
		wantError(t, nested(ctx, s, func() error { return authors.Delete(ctx, s, by) }), errs.Conflict, "authors.reference", "")
	})
}

func TestVersions(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, s *db.Session) {
		p := draft(writer(t, ctx, s, "Ann"), 1)
		must(t, papers.Insert(ctx, s, p))
		stale := *p
		p.Title = "new"
		must(t, papers.Update(ctx, s, p))
		must(t, papers.Update(ctx, s, p, "title"))
		if p.Version != 3 {
			t.Errorf("the version is %d, want 3", p.Version)
		}
		stale.Title = "late"
		wantError(t, papers.Update(ctx, s, &stale), errs.Conflict, "papers.stale", "")
		must(t, papers.Patch(ctx, s, p.ID, dao.Set("note", "patched")))
		got, err := papers.Get(ctx, s, p.ID)
		must(t, err)
		if got.Version != 4 || got.Title != "new" || got.Note == nil || *got.Note != "patched" {
			t.Errorf("the row is %+v", got)
		}
		gone := *got
		gone.ID = 77
		wantNotFound(t, papers.Update(ctx, s, &gone), "papers.not_found")
	})
}

func TestDeletedRowsAreNotSeen(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, s *db.Session) {
		by := writer(t, ctx, s, "Ann")
		one, two := draft(by, 1), draft(by, 2)
		must(t, papers.Insert(ctx, s, one))
		must(t, papers.Insert(ctx, s, two))
		must(t, papers.Delete(ctx, s, one.ID))
		if got := titles(t, ctx, s, papers); got != "No. 2" {
			t.Errorf("found %s", got)
		}
		_, err := papers.Get(ctx, s, one.ID)
		wantNotFound(t, err, "papers.not_found")
		wantNotFound(t, papers.Update(ctx, s, one), "papers.not_found")
		wantNotFound(t, papers.Patch(ctx, s, one.ID, dao.Set("number", 9)), "papers.not_found")
		wantNotFound(t, papers.Delete(ctx, s, one.ID), "papers.not_found")
		wantNotFound(t, papers.Purge(ctx, s, one.ID), "papers.not_found")
		n, err := papers.Count(ctx, s)
		must(t, err)
		yes, err := papers.Exists(ctx, s, dao.Eq("number", 1))
		must(t, err)
		page, total, err := papers.Page(ctx, s, 1, 10)
		must(t, err)
		if n != 1 || yes || len(page) != 1 || total != 1 {
			t.Errorf("counted %d, there is one %t, a page of %d of %d", n, yes, len(page), total)
		}
		all := papers.WithDeleted()
		if got := titles(t, ctx, s, all); got != "No. 1, No. 2" {
			t.Errorf("with deleted ones found %s", got)
		}
		back, err := all.Get(ctx, s, one.ID)
		must(t, err)
		if back.DeletedAt == nil || time.Since(*back.DeletedAt) > time.Hour {
			t.Errorf("deleted at %v", back.DeletedAt)
		}
		back.DeletedAt = nil
		must(t, all.Update(ctx, s, back, "deleted_at"))
		must(t, papers.Purge(ctx, s, two.ID))
		if got := titles(t, ctx, s, all); got != "No. 1" {
			t.Errorf("after one came back and one was purged, found %s", got)
		}
	})
}
