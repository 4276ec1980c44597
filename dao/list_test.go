package dao_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/terem-go/terem/dao"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/errs"
)

// given is a parameter, as api.Optional is one.
type given[T any] struct {
	value T
	set   bool
}

func (g given[T]) Given() (any, bool) { return g.value, g.set }

func yes[T any](v T) given[T] { return given[T]{v, true} }

type paperFilter struct {
	Number given[int]             `query:"number"`
	Not    given[int]             `query:"number[ne]"`
	Above  given[int]             `query:"number[gt]"`
	IDs    given[[]int]           `query:"number[in]"`
	Status given[string]          `query:"status"`
	Least  given[decimal.Decimal] `query:"price[gte]"`
	Most   given[decimal.Decimal] `query:"price[lt]"`
	Exact  given[decimal.Decimal] `query:"price"`
	Whole  given[int64]           `query:"price[gt]"`
	Text   given[string]          `query:"price[lte]"`
	Below  given[uint64]          `query:"number[lt]"`
	From   given[uint64]          `query:"number[gte]"`
	Page   int                    `query:"page"`
}

func TestFilter(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, s *db.Session) {
		by := writer(t, ctx, s, "Ann")
		for i, price := range []string{"9", "10.5", "100", "-0"} {
			p := draft(by, i)
			p.Price = decimal.RequireFromString(price)
			if price == "-0" {
				p.Price = decimal.Zero.Neg()
			}
			must(t, papers.Insert(ctx, s, p))
		}
		for _, c := range []struct {
			filter paperFilter
			want   string
		}{
			{paperFilter{}, "0 1 2 3"},
			{paperFilter{Number: yes(0)}, "0"},
			{paperFilter{Not: yes(0), Above: yes(1)}, "2 3"},
			{paperFilter{IDs: yes([]int{1, 2, 8})}, "1 2"},
			{paperFilter{Status: yes("printed")}, ""},
			{paperFilter{Least: yes(decimal.RequireFromString("10.50"))}, "1 2"},
			{paperFilter{Least: yes(decimal.NewFromInt(9)), Most: yes(decimal.NewFromInt(100))}, "0 1"},
			{paperFilter{Exact: yes(decimal.RequireFromString("10.500"))}, "1"},
			{paperFilter{Exact: yes(decimal.Zero)}, "3"},
			{paperFilter{Whole: yes(int64(9))}, "1 2"},
			{paperFilter{Text: yes("9.0001")}, "0 3"},
			{paperFilter{Least: yes(decimal.RequireFromString("10.499999"))}, "1 2"},
			{paperFilter{Below: yes(uint64(1) << 63)}, "0 1 2 3"},
			{paperFilter{From: yes(uint64(1) << 63)}, ""},
		} {
			got := strings.ReplaceAll(strings.ReplaceAll(titles(t, ctx, s, papers, dao.Filter(c.filter)), "No. ", ""), ",", "")
			if got != c.want {
				t.Errorf("%+v: found %q, want %q", c.filter, got, c.want)
			}
		}
		found, err := papers.Find(ctx, s, dao.OrderBy("price"))
		must(t, err)
		if len(found) != 4 || found[0].Number != 3 || found[1].Number != 0 || found[3].Number != 2 {
			t.Errorf("by price: %+v", found)
		}
		type wrong struct {
			A given[int] `query:"colour"`
		}
		type unknown struct {
			A given[int] `query:"number[like]"`
		}
		type number struct {
			A given[int64] `query:"title"`
		}
		type list struct {
			A given[[]int64] `query:"title[in]"`
		}
		for want, filter := range map[string]any{
			"title of papers is string, not int64": number{}, "a value for the column title": list{}, // also where they are not given
			`papers has no column "colour"`: wrong{}, "the operator of number[like] is not known": unknown{}} {
			if _, err := papers.Find(ctx, s, dao.Filter(filter)); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("want %s, got %v", want, err)
			}
		}
		_, err = papers.Find(ctx, s, dao.Filter(paperFilter{Text: yes("nine")}))
		wantError(t, err, errs.Invalid, "filter_invalid", "price[lte]")
	})
}

func TestDecimalsAreExact(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, s *db.Session) {
		by := writer(t, ctx, s, "Ann")
		for _, price := range []string{"0.001", "10000000000", "1e3", "0.005"} {
			p := draft(by, 1)
			p.Price = decimal.RequireFromString(price)
			err := papers.Insert(ctx, s, p)
			if price == "1e3" { // which is 1000 in plain
				must(t, err)
				continue
			}
			wantError(t, err, errs.Invalid, "papers.price_invalid", "price")
		}
	})
}

// Whatever the order, pages by cursor are all rows, once, in that order, although
// rows come and go meanwhile.
func TestAfter(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, s *db.Session) {
		by := writer(t, ctx, s, "Ann")
		random := rand.New(rand.NewPCG(1, 2))
		for i := range 60 {
			p := draft(by, i)
			p.Title = fmt.Sprint(random.IntN(4))
			p.Price = decimal.New(random.Int64N(4000), -2)
			if random.IntN(3) > 0 {
				p.Note = new(fmt.Sprint(random.IntN(3)))
			}
			must(t, papers.Insert(ctx, s, p))
		}
		for _, order := range [][]string{nil, {"-id"}, {"title"}, {"-title", "note"}, {"note", "-number"}, {"-note", "price"}, {"price"}, {"-price", "-id"}} {
			want, err := papers.Find(ctx, s, dao.OrderBy(append(order[:len(order):len(order)], "id")...))
			must(t, err)
			if len(order) > 0 && order[len(order)-1] == "-id" {
				want, err = papers.Find(ctx, s, dao.OrderBy(order...))
				must(t, err)
			}
			var got []paper
			cursor, pages := "", 0
			for {
				rows, next, err := papers.After(ctx, s, cursor, 7, dao.OrderBy(order...), dao.Where("number >= $1", 3))
				must(t, err)
				got = append(got, rows...)
				if pages++; next == "" {
					break
				}
				cursor = next
			}
			var left []paper
			for _, p := range want {
				if p.Number >= 3 {
					left = append(left, p)
				}
			}
			if len(got) != len(left) || pages != 9 {
				t.Fatalf("by %v: %d rows on %d pages, want %d", order, len(got), pages, len(left))
			}
			for i := range got {
				if got[i].ID != left[i].ID {
					t.Fatalf("by %v: row %d is %d, want %d", order, i, got[i].ID, left[i].ID)
				}
			}
		}
		_, next, err := papers.After(ctx, s, "", 5, dao.OrderBy("-title"))
		must(t, err)
		for name, cursor := range map[string]string{"garbage": "x", "not JSON": "eHg", "of another order": next, "cut": next[:len(next)-4]} {
			_, _, err := papers.After(ctx, s, cursor, 5, dao.OrderBy("title"))
			if errs.From(err).Code != "cursor_invalid" {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, _, err := papers.After(ctx, s, "", 0); errs.From(err).Kind != errs.Invalid {
			t.Errorf("a page of nothing: %v", err)
		}
		empty, next, err := papers.After(ctx, s, "", 5, dao.Eq("number", 1000))
		if empty == nil || len(empty) > 0 || next != "" || err != nil {
			t.Errorf("of no rows: %v %q %v", empty, next, err)
		}
	})
}

// A cursor by times and UUIDs.
func TestAfterOtherTypes(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, s *db.Session) {
		for i := range 5 {
			must(t, users.Insert(ctx, s, &user{Email: fmt.Sprint(i), CreatedAt: time.Date(2026, 1, 1, 0, 0, 0, (i/2)*1000, time.UTC)}))
			writer(t, ctx, s, fmt.Sprint(i))
		}
		var emails string
		for cursor := ""; ; {
			rows, next, err := users.After(ctx, s, cursor, 2, dao.OrderBy("-created_at"))
			must(t, err)
			for _, u := range rows {
				emails += u.Email
			}
			if cursor = next; next == "" {
				break
			}
		}
		seen := map[uuid.UUID]bool{}
		for cursor := ""; ; {
			rows, next, err := authors.After(ctx, s, cursor, 2)
			must(t, err)
			for _, a := range rows {
				seen[a.ID] = true
			}
			if cursor = next; next == "" {
				break
			}
		}
		if emails != "42301" || len(seen) != 5 {
			t.Errorf("went through the users %s and %d authors", emails, len(seen))
		}
	})
}
