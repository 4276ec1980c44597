package dao_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/dao"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/errs"
)

// people writes users of some ages, the nth with the address n@example.com, and
// every second one with a name.
func people(t *testing.T, ctx context.Context, s *db.Session, ages ...int) {
	t.Helper()
	for i, age := range ages {
		u := user{Email: fmt.Sprintf("%d@example.com", i+1), Age: age}
		if i%2 == 1 {
			name := fmt.Sprintf("Name %d", i+1)
			u.Name = &name
		}
		must(t, users.Insert(ctx, s, &u))
	}
}

// ids returns the keys of users.
func ids(list []user) []int64 {
	keys := []int64{}
	for _, u := range list {
		keys = append(keys, u.ID)
	}
	return keys
}

func TestKeys(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, s *db.Session) {
		type key string
		people(t, ctx, s, 10)
		must(t, orders.Insert(ctx, s, &order{Shop: "north", Number: 1}))
		must(t, numbers.Insert(ctx, s, &number{}))
		must(t, things.Insert(ctx, s, new(small())))
		for _, id := range []any{int64(1), 1, int8(1)} {
			if u, err := users.Get(ctx, s, id); err != nil || u.ID != 1 {
				t.Errorf("%T: %v, %v", id, u, err)
			}
		}
		if _, err := things.Get(ctx, s, uint8(1)); err != nil {
			t.Errorf("an unsigned key of another size: %v", err)
		}
		if _, err := orders.Get(ctx, s, key("north"), 1); err != nil {
			t.Errorf("a key of a named type: %v", err)
		}
		_, err := users.Get(ctx, s, int64(math.MaxInt64))
		wantNotFound(t, err, "users.not_found")
		_, err = numbers.Get(ctx, s, int64(math.MaxInt64)) // more than its column holds
		wantNotFound(t, err, "numbers.not_found")
		_, err = things.Get(ctx, s, uint64(math.MaxUint64))
		wantNotFound(t, err, "things.not_found")
		_, err = orders.Get(ctx, s, "a\x00b", 1) // no text for PostgreSQL
		wantNotFound(t, err, "order.not_found")
		_, err = orders.Get(ctx, s, "\xff", 1)
		wantNotFound(t, err, "order.not_found")

		for _, c := range []struct {
			key  []any
			want string
		}{
			{[]any{"1"}, "dao: the key id of users is int64, not string"},
			{[]any{nil}, "dao: the key id of users is int64, not nil"},
			{[]any{1.0}, "not float64"},
			{[]any{new(int64)}, "not *int64"},
			{[]any{}, "dao: the key of users has 1 columns, not 0"},
			{[]any{1, 2}, "dao: the key of users has 1 columns, not 2"},
			{[]any{1, dao.ForUpdate}, "dao: a key is values only; a lock and other options go with One"},
		} {
			_, err := users.Get(ctx, s, c.key...)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("Get %v: error %v, want …%s…", c.key, err, c.want)
			}
			if err := users.Delete(ctx, s, c.key...); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("Delete %v: error %v, want …%s…", c.key, err, c.want)
			}
		}
	})
}

func TestFind(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, s *db.Session) {
		people(t, ctx, s, 30, 10, 20, 10)
		for _, c := range []struct {
			name string
			opts []dao.Option
			want []int64
		}{
			{"sorted", []dao.Option{dao.OrderBy("id")}, []int64{1, 2, 3, 4}},
			{"downwards", []dao.Option{dao.OrderBy("-id")}, []int64{4, 3, 2, 1}},
			{"by two", []dao.Option{dao.OrderBy("age", "-id")}, []int64{4, 2, 3, 1}},
			{"by two options", []dao.Option{dao.OrderBy("age"), dao.OrderBy("id")}, []int64{2, 4, 3, 1}},
			{"NULL is largest", []dao.Option{dao.OrderBy("name", "id")}, []int64{2, 4, 1, 3}},
			{"NULL is largest downwards", []dao.Option{dao.OrderBy("-name", "id")}, []int64{1, 3, 4, 2}},
			{"limit", []dao.Option{dao.OrderBy("id"), dao.Limit(2)}, []int64{1, 2}},
			{"limit of none", []dao.Option{dao.Limit(0)}, []int64{}},
			{"the last limit", []dao.Option{dao.OrderBy("id"), dao.Limit(3), dao.Limit(1)}, []int64{1}},
			{"condition", []dao.Option{dao.Where("age = $1", 20)}, []int64{3}},
			{"no argument", []dao.Option{dao.Where("age = 20")}, []int64{3}},
			{"placeholders out of order", []dao.Option{dao.Where("id < $2 AND id > $1 AND $2 > 0", 2, 4)}, []int64{3}},
			{"two conditions", []dao.Option{dao.Where("age = $1 OR age = $2", 10, 20), dao.Where("id > $1", 2), dao.OrderBy("id")}, []int64{3, 4}},
			{"condition and limit", []dao.Option{dao.Limit(1), dao.OrderBy("-id"), dao.Where("age = $1", 10)}, []int64{4}},
			{"text like a placeholder", []dao.Option{dao.Where("email <> '$1'"), dao.Where("id = $1", 3)}, []int64{3}},
			{"none", []dao.Option{dao.Where("age > $1", 1000)}, []int64{}},
		} {
			got, err := users.Find(ctx, s, c.opts...)
			if err != nil {
				t.Fatalf("%s: %v", c.name, err)
			}
			if d := cmp.Diff(c.want, ids(got)); got == nil || d != "" {
				t.Errorf("%s (-want +got), nil: %t\n%s", c.name, got == nil, d)
			}
		}
	})
}

func TestOptionsThatAreWrongAreRefusedBeforeAnythingIsSent(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, s *db.Session) {
		for _, c := range []struct {
			opts []dao.Option
			want string
		}{
			{[]dao.Option{dao.OrderBy("nope")}, `dao: OrderBy: users has no column "nope"`},
			{[]dao.Option{dao.OrderBy("")}, `no column ""`},
			{[]dao.Option{dao.OrderBy("--id")}, `no column "-id"`},
			{[]dao.Option{dao.OrderBy("id; DROP TABLE users")}, "no column"},
			{[]dao.Option{dao.OrderBy(`id" DESC --`)}, "no column"},
			{[]dao.Option{dao.OrderBy("ID")}, "no column"},
			{[]dao.Option{dao.Limit(-1)}, "dao: a Limit of -1 is less than 0"},
			{[]dao.Option{dao.Where("age = $2", 1), dao.Limit(1)}, `dao: the condition "age = $2" has $2 and 1 arguments`},
			{[]dao.Option{dao.Where("age = $0", 1), dao.Limit(1)}, "has $0 and 1 arguments"},
			{[]dao.Option{dao.Where("age = $1", 1, 2), dao.Limit(1)}, `dao: the condition "age = $1" has no placeholder for each of its 2 arguments`},
			{[]dao.Option{dao.Where("age = $2", 1, 2), dao.Limit(1)}, `has no placeholder for each of its 2 arguments`},
			{[]dao.Option{dao.Where("age = $1", 1), dao.Where("age = $1")}, "has $1 and 0 arguments"},
		} {
			if _, err := users.Find(ctx, s, c.opts...); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("Find: error %v, want …%s…", err, c.want)
			}
			if _, err := users.Find(ctx, s); err != nil {
				t.Fatalf("the session has failed: %v", err)
			}
		}
		if _, err := users.Count(ctx, s, dao.Where("age = $2", 1), dao.Where("true")); err == nil {
			t.Error("Count takes a wrong condition")
		}
		if _, err := users.Exists(ctx, s, dao.Where("age = $2", 1), dao.Where("true")); err == nil {
			t.Error("Exists takes a wrong condition")
		}
		if _, _, err := users.Page(ctx, s, 1, 1, dao.Limit(1)); err == nil || !strings.Contains(err.Error(), "Page takes no Limit") {
			t.Errorf("Page with a Limit: %v", err)
		}
		if _, _, err := users.Page(ctx, s, 1, 1, dao.OrderBy("nope")); err == nil || !strings.Contains(err.Error(), `no column "nope"`) {
			t.Errorf("Page in the order of an unknown column: %v", err)
		}
	})
}

func TestOneCountExists(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, s *db.Session) {
		if found, err := users.Exists(ctx, s); found || err != nil {
			t.Errorf("Exists in an empty table: %t, %v", found, err)
		}
		people(t, ctx, s, 30, 10, 20, 10)
		if u, err := users.One(ctx, s, dao.Where("age = $1", 10), dao.OrderBy("-id"), dao.Limit(0)); err != nil || u.ID != 4 {
			t.Errorf("One: %v, %v, want the one with id 4", u, err)
		}
		_, err := users.One(ctx, s, dao.Where("age = $1", 1000))
		wantNotFound(t, err, "users.not_found")

		for want, conditions := range map[int64][]dao.Condition{
			4: nil,
			2: {dao.Where("age = $1", 10)},
			1: {dao.Where("age = $1", 10), dao.Where("id = $1", 2)},
			0: {dao.Where("age = $1", 10), dao.Where("id = $1", 1)},
		} {
			if n, err := users.Count(ctx, s, conditions...); n != want || err != nil {
				t.Errorf("Count: %d, %v, want %d", n, err, want)
			}
			if found, err := users.Exists(ctx, s, conditions...); found != (want > 0) || err != nil {
				t.Errorf("Exists: %t, %v, want %t", found, err, want > 0)
			}
		}
	})
}

func TestPage(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, s *db.Session) {
		people(t, ctx, s, 30, 10, 20, 10, 10)
		for _, c := range []struct {
			number, size int
			opts         []dao.Option
			want         []int64
			total        int64
		}{
			{1, 2, nil, []int64{1, 2}, 5},
			{2, 2, nil, []int64{3, 4}, 5},
			{3, 2, nil, []int64{5}, 5},
			{4, 2, nil, []int64{}, 5},
			{1, 100, nil, []int64{1, 2, 3, 4, 5}, 5},
			{1, 3, []dao.Option{dao.OrderBy("age")}, []int64{2, 4, 5}, 5},
			{2, 3, []dao.Option{dao.OrderBy("age")}, []int64{3, 1}, 5},
			{1, 2, []dao.Option{dao.OrderBy("age", "-id")}, []int64{5, 4}, 5},
			{2, 2, []dao.Option{dao.Where("age = $1", 10)}, []int64{5}, 3},
			{math.MaxInt / 2, 2, nil, []int64{}, 5},
		} {
			got, total, err := users.Page(ctx, s, c.number, c.size, c.opts...)
			must(t, err)
			if d := cmp.Diff(c.want, ids(got)); d != "" || got == nil || total != c.total {
				t.Errorf("page %d of %d: total %d, want %d; rows (-want +got):\n%s", c.number, c.size, total, c.total, d)
			}
		}
		for _, c := range [][2]int{{0, 1}, {1, 0}, {-1, 1}, {1, -1}, {math.MinInt, math.MinInt}, {math.MaxInt, 2}, {2, math.MaxInt}, {math.MaxInt, math.MaxInt}} {
			_, _, err := users.Page(ctx, s, c[0], c[1])
			if e := errs.From(err); err == nil || e.Kind != errs.Invalid || e.Code != "page_out_of_range" {
				t.Errorf("page %d of %d: error %v", c[0], c[1], err)
			}
		}
	})
}

// A name in quotes that SQLite does not know is a string to it: a column that
// the table lacks must not be read as its own name.
func TestColumnsThatTheTableLacksAreAnError(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, s *db.Session) {
		type wrong struct {
			ID   int64  `db:"id,pk"`
			Nope string `db:"nope"`
		}
		people(t, ctx, s, 1)
		table := dao.Of[wrong]("users")
		for name, f := range map[string]func() error{
			"Get":    func() error { _, err := table.Get(ctx, s, 1); return err },
			"Find":   func() error { _, err := table.Find(ctx, s); return err },
			"Order":  func() error { _, err := table.One(ctx, s, dao.OrderBy("nope")); return err },
			"Insert": func() error { return table.Insert(ctx, s, &wrong{}) },
			"Update": func() error { return table.Update(ctx, s, &wrong{ID: 1}) },
		} {
			var e *db.Error
			if err := nested(ctx, s, f); !errors.As(err, &e) {
				t.Errorf("%s: error %v, want the database's", name, err)
			}
		}
	})
}
