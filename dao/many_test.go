package dao_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/dao"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/errs"
)

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
		if again.ID != one.ID || got.Title != "again" || got.Version != 2 || again.Version != 2 {
			t.Errorf("upserted %+v, then %+v; the row is %+v", one, again, got)
		}
		must(t, papers.Update(ctx, s, again)) // which is no stale row
		same := author{Name: "Ann"}
		must(t, authors.Upsert(ctx, s, &same, "name"))
		if same.ID != by {
			t.Errorf("the author's key is %s, and %s in the row that was upserted", by, same.ID)
		}
		old := user{Email: "a@example.com", Age: 1}
		must(t, users.Upsert(ctx, s, &old, "email"))
		young := user{Email: "a@example.com", Age: 2, CreatedAt: moment(0)}
		must(t, users.Upsert(ctx, s, &young, "email"))
		if u, err := users.Get(ctx, s, old.ID); err != nil || !cmp.Equal(u, &young) || u.CreatedAt != old.CreatedAt {
			t.Errorf("upserted %+v, then %+v; the row is %+v, %v", old, young, u, err)
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

func TestInsertNew(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, s *db.Session) {
		by := writer(t, ctx, s, "Ann")
		insert := func(p *paper, want bool) {
			t.Helper()
			got, err := papers.InsertNew(ctx, s, p, "author_id", "number")
			must(t, err)
			if got != want {
				t.Errorf("inserted is %t, want %t", got, want)
			}
		}
		one := draft(by, 1)
		insert(one, true)
		again := draft(by, 1)
		again.Title = "again"
		insert(again, false)
		insert(draft(by, 2), true)
		got, err := papers.Get(ctx, s, one.ID)
		must(t, err)
		if d := cmp.Diff(one, got, cmp.AllowUnexported(paper{})); d != "" || again.ID != 0 {
			t.Errorf("the row of the second has the number %d, that of the first:\n%s", again.ID, d)
		}
		for want, name := range map[bool]string{true: "Bob", false: "Ann"} { // whose keys the database does not number
			if got, err := authors.InsertNew(ctx, s, &author{Name: name}, "name"); got != want || err != nil {
				t.Errorf("%s: inserted is %t, %v", name, got, err)
			}
		}
		// Another constraint than the one that was named is an error.
		wantError(t, nested(ctx, s, func() error {
			_, err := authors.InsertNew(ctx, s, &author{Name: "Bob"}, "id")
			return err
		}), errs.Conflict, "authors.name_taken", "name")
		for _, on := range [][]string{nil, {"nothing"}} {
			if _, err := papers.InsertNew(ctx, s, draft(by, 3), on...); err == nil || !strings.Contains(err.Error(), "dao: InsertNew: ") {
				t.Errorf("on %v: %v", on, err)
			}
		}
	})
}

// Others may take numbers between those of the rows.
func TestInsertManyWithScatteredNumbers(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, s *db.Session) {
		if s.Dialect() != db.Postgres {
			return // its numbers follow each other, since nobody else writes
		}
		_, err := s.Exec(ctx, "ALTER SEQUENCE papers_id_seq INCREMENT BY 3")
		must(t, err)
		by := writer(t, ctx, s, "Ann")
		list := []paper{*draft(by, 0), *draft(by, 1), *draft(by, 2)}
		must(t, papers.InsertMany(ctx, s, list))
		for i := range list {
			got, err := papers.Get(ctx, s, list[0].ID+int64(3*i))
			must(t, err)
			if d := cmp.Diff(&list[i], got, cmp.AllowUnexported(paper{})); d != "" {
				t.Error(d)
			}
		}
	})
}

// Few rows are written in another way than many, and become the same, also where the
// database would always give numbers of its own.
func TestInsertManyOfFew(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, s *db.Session) {
		if s.Dialect() == db.Postgres {
			_, err := s.Exec(ctx, "ALTER TABLE papers ALTER COLUMN id SET GENERATED ALWAYS")
			must(t, err)
		}
		by := writer(t, ctx, s, "Ann")
		for _, n := range []int{1, 2, 19, 20, 21, 40} {
			var list []paper
			for i := range n {
				list = append(list, *draft(by, 100*n+i))
			}
			must(t, papers.InsertMany(ctx, s, list))
			for i := range list {
				got, err := papers.Get(ctx, s, list[i].ID)
				must(t, err)
				if d := cmp.Diff(&list[i], got, cmp.AllowUnexported(paper{})); d != "" {
					t.Errorf("%d of %d rows:\n%s", i+1, n, d)
				}
			}
		}
		next := draft(by, 0)
		must(t, papers.Insert(ctx, s, next)) // whose number is free
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
		next := draft(by, 250)
		must(t, papers.Insert(ctx, s, next)) // whose number is free
		n, err := papers.Count(ctx, s)
		must(t, err)
		got, err := papers.Get(ctx, s, list[249].ID)
		must(t, err)
		if d := cmp.Diff(&list[249], got, cmp.AllowUnexported(paper{})); n != 252 || d != "" {
			t.Errorf("%d rows, the last one:\n%s", n, d)
		}
		must(t, papers.Purge(ctx, s, list[249].ID))
		must(t, papers.Purge(ctx, s, next.ID))
		two := []paper{*draft(by, 400), *draft(by, 401)}
		must(t, papers.InsertMany(ctx, s, two))
		if two[0].ID <= next.ID || two[1].ID != two[0].ID+1 {
			t.Errorf("numbers %d and %d, the largest that rows ever had is %d", two[0].ID, two[1].ID, next.ID)
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

// However many rows there are, the statements are few, and few different ones.
func TestInsertManyStatements(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, migrations(t), func(t *testing.T, d *db.DB) {
		rows := 0
		for n, most := range map[int]int{1: 1, 2: 1, 3: 2, 99: 4, 128: 1, 163: 4, 1000: 10} {
			list := make([]author, n)
			for i := range list {
				list[i].Name = fmt.Sprint(rows + i)
			}
			seen := dbtest.Watch(d, func() {
				err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error { return authors.InsertMany(ctx, s, list) })
				if err != nil {
					t.Fatal(err)
				}
			})
			seen.AtMost(t, most)
			rows += n
		}
		err := d.Read(t.Context(), func(ctx context.Context, r *db.Reader) error {
			n, err := authors.Count(ctx, r)
			if n != int64(rows) {
				t.Errorf("%d rows, want %d", n, rows)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
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
			`papers has no column "colour"`:                    dao.Set("colour", 1),
			"title of papers cannot be NULL":                   dao.Set("title", nil),
			"number of papers is int, not s":                   dao.Set("number", "1"),
			"int, which 9223372036854775808 does not fit into": dao.Set("number", uint64(1)<<63),
			"id is part of the key":                            dao.Set("id", int64(1)),
			"counts by itself":                                 dao.Set("version", 1),
		} {
			if err := papers.Patch(ctx, s, p.ID, c); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("want %s, got %v", want, err)
			}
		}
	})
}
