package dao_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/terem-go/terem/dao"
	"github.com/terem-go/terem/db"
)

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
