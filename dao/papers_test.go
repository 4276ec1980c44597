package dao_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
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

func TestConditions(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, s *db.Session) {
		by := writer(t, ctx, s, "Ann")
		for i := range 6 {
			p := draft(by, i)
			if i == 3 {
				p.Note, p.Status = new("three"), "printed"
			}
			must(t, papers.Insert(ctx, s, p))
		}
		for name, c := range map[string]struct {
			condition dao.Condition
			want      string
		}{
			"eq":              {dao.Eq("number", 2), "2"},
			"eq of an enum":   {dao.Eq("status", "printed"), "3"},
			"eq of its type":  {dao.Eq("status", status("printed")), "3"},
			"eq nil":          {dao.Eq("note", nil), "0 1 2 4 5"},
			"too large":       {dao.Eq("number", uint64(1<<63)), ""},
			"in":              {dao.In("number", []int{1, 3, 99}), "1 3"},
			"in texts":        {dao.In("title", []string{"No. 4", "'; DROP TABLE papers; --"}), "4"},
			"in none":         {dao.In("number", []int{}), ""},
			"and":             {dao.And(dao.Where("number > $1", 1), dao.Where("number < $1 AND title <> $2", 5, "No. 2"), dao.In("number", []int{2, 3, 4})), "3 4"},
			"or":              {dao.Or(dao.Eq("number", 0), dao.And(dao.Eq("number", 5), dao.Eq("note", nil))), "0 5"},
			"and of nothing":  {dao.And(), "0 1 2 3 4 5"},
			"or of nothing":   {dao.Or(), ""},
			"not":             {dao.Not(dao.In("number", []int{0, 1, 2})), "3 4 5"},
			"dollars in text": {dao.And(dao.Eq("number", 1), dao.Where("title <> '$1' AND number = $1", 1)), "1"},
		} {
			got := strings.ReplaceAll(strings.ReplaceAll(titles(t, ctx, s, papers, c.condition), "No. ", ""), ",", "")
			if got != c.want {
				t.Errorf("%s: found %q, want %q", name, got, c.want)
			}
		}
		for name, c := range map[string]dao.Condition{
			`papers has no column "colour"`:               dao.Eq("colour", 1),
			`papers has no column "number; DROP"`:         dao.In("number; DROP", []int{1}),
			"the column number of papers is int, not str": dao.Eq("number", "1"),
			"cannot stand in a list on every engine":      dao.In("deleted_at", []time.Time{time.Now()}),
			"has $2 and 1 arguments":                      dao.And(dao.Where("number = $2", 1)),
		} {
			if _, err := papers.Find(ctx, s, c); err == nil || !strings.Contains(err.Error(), name) {
				t.Errorf("want %s, got %v", name, err)
			}
		}
	})
}

func TestEach(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, s *db.Session) {
		by := writer(t, ctx, s, "Ann")
		for i := range 5 {
			must(t, papers.Insert(ctx, s, draft(by, i)))
		}
		var got []int
		for p, err := range papers.Each(ctx, s, dao.OrderBy("-number")) {
			must(t, err)
			if got = append(got, p.Number); len(got) == 3 {
				break
			}
			if _, err := papers.Count(ctx, s); !errors.Is(err, db.ErrRowsOpen) {
				t.Errorf("a statement while rows are open: %v", err)
			}
		}
		if !slices.Equal(got, []int{4, 3, 2}) {
			t.Errorf("went through %v", got)
		}
		if n, err := papers.Count(ctx, s); err != nil || n != 5 {
			t.Errorf("after it %d, %v", n, err)
		}
		for _, err := range papers.Each(ctx, s, dao.OrderBy("colour")) {
			if err == nil {
				t.Error("went through the rows in no order")
			}
		}
	})
}

func TestUpsert(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, s *db.Session) {
		by := writer(t, ctx, s, "Ann")
		one := draft(by, 1)
		must(t, papers.Upsert(ctx, s, one, "author_id", "number"))
		again := draft(by, 1)
		again.Title = "again"
		must(t, papers.Upsert(ctx, s, again, "author_id", "number"))
		got, err := papers.Get(ctx, s, one.ID)
		must(t, err)
		if again.ID != one.ID || got.Title != "again" || got.Version != 2 {
			t.Errorf("ids %d and %d, the row is %+v", one.ID, again.ID, got)
		}
		a := author{ID: by, Name: "Anna"}
		must(t, authors.Upsert(ctx, s, &a, "id"))
		if a, err := authors.Get(ctx, s, by); err != nil || a.Name != "Anna" {
			t.Errorf("the author is %v, %v", a, err)
		}
		if err := papers.Upsert(ctx, s, one); err == nil {
			t.Error("an upsert on nothing")
		}
	})
}

func TestInsertMany(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, s *db.Session) {
		by := writer(t, ctx, s, "Ann")
		must(t, papers.Insert(ctx, s, draft(by, -1)))
		var list []paper
		for i := range 250 {
			list = append(list, *draft(by, i))
		}
		must(t, papers.InsertMany(ctx, s, list))
		must(t, papers.Insert(ctx, s, draft(by, 250))) // whose number is free
		n, err := papers.Count(ctx, s)
		must(t, err)
		got, err := papers.Get(ctx, s, list[249].ID)
		must(t, err)
		if d := cmp.Diff(&list[249], got, cmp.AllowUnexported(paper{})); n != 252 || d != "" {
			t.Errorf("%d rows, the last one:\n%s", n, d)
		}
		many := []author{{Name: "Bob"}, {Name: "Cid"}}
		must(t, authors.InsertMany(ctx, s, many))
		if a, err := authors.Get(ctx, s, many[1].ID); err != nil || a.Name != "Cid" {
			t.Errorf("%v, %v", a, err)
		}
		must(t, authors.InsertMany(ctx, s, nil))
		wantError(t, nested(ctx, s, func() error { return authors.InsertMany(ctx, s, []author{{Name: "Dee"}, {Name: "Bob"}}) }), errs.Conflict, "authors.name_taken", "name")
		if yes, err := authors.Exists(ctx, s, dao.Eq("name", "Dee")); yes || err != nil {
			t.Errorf("a row of those that failed is there: %t, %v", yes, err)
		}
		if err := papers.InsertMany(ctx, s, []paper{*draft(by, 300), list[0]}); err == nil || !strings.Contains(err.Error(), "1 of 2 rows of papers have a number") {
			t.Errorf("numbered and not: %v", err)
		}
	})
}

func TestPatch(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, s *db.Session) {
		p := draft(writer(t, ctx, s, "Ann"), 1)
		must(t, papers.Insert(ctx, s, p))
		must(t, papers.Patch(ctx, s, p.ID))
		must(t, papers.Patch(ctx, s, p.ID, dao.Set("note", "set"), dao.Set("status", status("printed"))))
		must(t, papers.Patch(ctx, s, p.ID, dao.Set("note", nil), dao.Set("title", "T")))
		got, err := papers.Get(ctx, s, p.ID)
		must(t, err)
		if got.Note != nil || got.Title != "T" || got.Status != "printed" || got.Number != 1 {
			t.Errorf("the row is %+v", got)
		}
		must(t, orders.Insert(ctx, s, &order{"north", 1, "first"}))
		must(t, orders.Patch(ctx, s, []any{"north", 1}, dao.Set("select", "second")))
		for want, c := range map[string]dao.Change{
			`papers has no column "colour"`:  dao.Set("colour", 1),
			"title of papers cannot be NULL": dao.Set("title", nil),
			"number of papers is int, not s": dao.Set("number", "1"),
			"id is part of the key":          dao.Set("id", int64(1)),
			"counts by itself":               dao.Set("version", 1),
		} {
			if err := papers.Patch(ctx, s, p.ID, c); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("want %s, got %v", want, err)
			}
		}
	})
}

func TestLoad(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, s *db.Session) {
		ann, bob := writer(t, ctx, s, "Ann"), writer(t, ctx, s, "Bob")
		for i := range 4 {
			must(t, papers.Insert(ctx, s, draft([]uuid.UUID{ann, bob}[i%2], i)))
		}
		got, err := dao.Load(ctx, s, papers, "author_id", []uuid.UUID{ann, bob, uuid.New()}, dao.OrderBy("-number"))
		must(t, err)
		if len(got) != 2 || len(got[ann]) != 2 || got[ann][0].Number != 2 || got[bob][1].Number != 1 {
			t.Errorf("loaded %v", got)
		}
		if got, err := dao.Load(ctx, s, papers, "author_id", []uuid.UUID{}); err != nil || len(got) != 0 {
			t.Errorf("loaded %v, %v", got, err)
		}
		if _, err := dao.Load(ctx, s, papers, "author_id", []uuid.UUID{ann}, dao.Limit(1)); err == nil {
			t.Error("loaded with a limit")
		}
	})
}

// Two sessions take different rows of a queue.
func TestLocks(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, s *db.Session) {
		must(t, users.Insert(ctx, s, &user{Email: "a"}))
		u, err := users.One(ctx, s, dao.Eq("email", "a"), dao.ForUpdate)
		must(t, err)
		found, err := users.Find(ctx, s, dao.SkipLocked, dao.Limit(5), dao.OrderBy("id"))
		must(t, err)
		if len(found) != 1 || found[0].ID != u.ID {
			t.Errorf("found %v", found)
		}
	})
}
