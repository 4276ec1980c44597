package dao_test

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/dao"
	"github.com/terem-go/terem/db"
)

type group struct {
	Age    int     `db:"age"`
	People int64   `db:"people"`
	Oldest *string `db:"oldest"`
}

func TestQueryMapsColumnsByName(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, s *db.Session) {
		people(t, ctx, s, 30, 10, 20, 10)
		got, err := dao.Query[group](ctx, s,
			"SELECT max(name) AS oldest, count(*) AS people, age FROM users WHERE age > $1 GROUP BY age ORDER BY age", 0)
		must(t, err)
		want := []group{{10, 2, new("Name 4")}, {20, 1, nil}, {30, 1, nil}}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("groups (-want +got):\n%s", d)
		}
		none, err := dao.Query[group](ctx, s, "SELECT max(name) AS oldest, count(*) AS people, age FROM users WHERE age < 0 GROUP BY age")
		if err != nil || none == nil || len(none) != 0 {
			t.Errorf("no rows: %#v, %v", none, err)
		}
		one, err := dao.QueryOne[group](ctx, s, "SELECT age, 7 AS people, name AS oldest FROM users ORDER BY id")
		if want := (group{30, 7, nil}); err != nil || one != want {
			t.Errorf("the first row: %v, %v, want %v", one, err, want)
		}
		_, err = dao.QueryOne[group](ctx, s, "SELECT age, 7 AS people, name AS oldest FROM users WHERE id < 0")
		wantNotFound(t, err, "not_found")
	})
}

func TestQueryOfOneColumn(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, s *db.Session) {
		people(t, ctx, s, 30, 10)
		if n, err := dao.QueryOne[int](ctx, s, "SELECT sum(age) FROM users"); n != 40 || err != nil {
			t.Errorf("int: %d, %v", n, err)
		}
		if list, err := dao.Query[Status](ctx, s, "SELECT email FROM users ORDER BY id"); err != nil || !cmp.Equal(list, []Status{"1@example.com", "2@example.com"}) {
			t.Errorf("strings: %q, %v", list, err)
		}
		if list, err := dao.Query[*string](ctx, s, "SELECT name FROM users ORDER BY id"); err != nil || !cmp.Equal(list, []*string{nil, new("Name 2")}) {
			t.Errorf("pointers: %v, %v", list, err)
		}
		if list, err := dao.Query[sql.NullString](ctx, s, "SELECT name FROM users ORDER BY id"); err != nil || !cmp.Equal(list, []sql.NullString{{}, {String: "Name 2", Valid: true}}) {
			t.Errorf("a Scanner: %v, %v", list, err)
		}
		if at, err := dao.QueryOne[time.Time](ctx, s, "SELECT created_at FROM users"); err != nil || at.Location() != time.UTC || time.Since(at) > time.Hour {
			t.Errorf("time: %v, %v", at, err)
		}
		_, err := dao.QueryOne[int](ctx, s, "SELECT id, age FROM users")
		if err == nil || !strings.Contains(err.Error(), "dao: the result has 2 columns, and int takes one") {
			t.Errorf("two columns into one value: %v", err)
		}
	})
}

func TestQueryRefusesWhatDoesNotMatch(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, s *db.Session) {
		people(t, ctx, s, 30)
		for sql, want := range map[string]string{
			"SELECT age, 1 AS people, name AS oldest, id FROM users":  `dao: dao_test.group has no field for the column "id" of the result`,
			"SELECT age, 1 AS people FROM users":                      `dao: the result has no column "oldest" for the field dao_test.group.Oldest`,
			"SELECT age, age, 1 AS people, name AS oldest FROM users": `dao: the column "age" comes twice in the result`,
			"SELECT age, 1 AS people, name FROM users":                `no field for the column "name"`,
		} {
			if _, err := dao.Query[group](ctx, s, sql); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("Query %s: error %v, want …%s…", sql, err, want)
			}
			if _, err := dao.QueryOne[group](ctx, s, sql); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("QueryOne %s: error %v, want …%s…", sql, err, want)
			}
		}
		type wrong struct{ Age int }
		if _, err := dao.Query[wrong](ctx, s, "SELECT age FROM users"); err == nil || !strings.Contains(err.Error(), "dao_test.wrong.Age: has no db tag") {
			t.Errorf("a struct without tags: %v", err)
		}
		if _, err := dao.Query[any](ctx, s, "SELECT age FROM users"); err == nil || !strings.Contains(err.Error(), "dao: interface {} is not a struct") {
			t.Errorf("any: %v", err)
		}
		if n, err := users.Count(ctx, s); n != 1 || err != nil {
			t.Errorf("the session does not go on: %d, %v", n, err)
		}
		for name, f := range map[string]func() error{
			"Query":    func() error { _, err := dao.Query[group](ctx, s, "SELECT nope FROM users"); return err },
			"QueryOne": func() error { _, err := dao.QueryOne[group](ctx, s, "SELECT nope FROM users"); return err },
			"Find":     func() error { _, err := users.Find(ctx, s, dao.Where("nope = 1")); return err },
			"Count":    func() error { _, err := users.Count(ctx, s, dao.Where("nope = 1")); return err },
			"Exists":   func() error { _, err := users.Exists(ctx, s, dao.Where("nope = 1")); return err },
			"Page":     func() error { _, _, err := users.Page(ctx, s, 1, 1, dao.Where("nope = 1")); return err },
		} {
			var e *db.Error
			if err := nested(ctx, s, f); !errors.As(err, &e) {
				t.Errorf("%s of an unknown column: %v, want the database's error", name, err)
			}
		}
		if s.Dialect() == db.Postgres { // SQLite takes it for no limit
			var e *db.Error
			err := nested(ctx, s, func() error {
				_, err := dao.Query[group](ctx, s, "SELECT age, 1 AS people, name AS oldest FROM users LIMIT $1", -1)
				return err
			})
			if !errors.As(err, &e) {
				t.Errorf("a statement that fails when it runs: %v, want the database's error", err)
			}
		}
	})
}
