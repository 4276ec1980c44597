package schema_test

import (
	"context"
	"testing"
	"testing/fstest"

	"github.com/terem-go/terem/dao"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/internal/schema"
)

// models returns the schema of descriptions that dao would make.
func models(t *testing.T, list ...*dao.Model) *schema.Schema {
	t.Helper()
	s, err := schema.From(list)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// described returns a description; columns are names, kinds and tags in turn.
func described(t *testing.T, table string, columns ...string) *dao.Model {
	t.Helper()
	var all []dao.Column
	for i := 0; i < len(columns); i += 2 {
		c := dao.Column{Field: "F", Kind: dao.Kind(columns[i])}
		if kind, null := c.Kind[1:], c.Kind[0] == '*'; null {
			c.Kind, c.Type, c.Nullable = kind, "*"+string(kind), true
		}
		if err := c.ParseTag(columns[i+1]); err != nil {
			t.Fatal(err)
		}
		all = append(all, c)
	}
	m, err := dao.NewModel(table, "test."+table, all, nil)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// change returns the files of one dialect.
func generated(t *testing.T, from, to *schema.Schema, d db.Dialect, o schema.Options) []schema.File {
	t.Helper()
	files, err := schema.Change(from, to, []db.Dialect{d}, o)
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// A table that is made anew, under another name, keeps its triggers, its indexes
// and the number that comes next; views and other tables' triggers go on.
func TestARebuildKeepsWhatModelsDoNotSay(t *testing.T) {
	t.Parallel()
	before := models(t, described(t, "users", "int64", "id,pk", "string", "name"), described(t, "pets", "int64", "id,pk", "int64", "user_id,ref:users,ondelete:cascade"))
	after := models(t, described(t, "people", "int64", "id,pk", "string", "full_name,size:50"), described(t, "pets", "int64", "id,pk", "int64", "user_id,ref:people,ondelete:cascade"))
	w := &walk{T: t, db: dbtest.SQLite(t, nil), files: fstest.MapFS{}}
	w.add(generated(t, &schema.Schema{}, before, db.SQLite, schema.Options{}))
	w.add([]schema.File{{Dialect: db.SQLite, Text: `-- +goose Up
CREATE TABLE log (entry TEXT);
CREATE UNIQUE INDEX users_lower ON users (lower(name));
CREATE VIEW names AS SELECT name FROM users;
-- +goose StatementBegin
CREATE TRIGGER renamed AFTER UPDATE OF name ON users BEGIN
	INSERT INTO log VALUES (old.name || ' is ' || new.name);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER logged AFTER INSERT ON log BEGIN
	UPDATE users SET id = id WHERE name = new.entry;
END;
-- +goose StatementEnd
INSERT INTO users (id, name) VALUES (1, 'Ann'), (9, 'Bob');
INSERT INTO pets (user_id) VALUES (1);
DELETE FROM users WHERE id = 9;
`}})
	w.add(generated(t, before, after, db.SQLite, schema.Options{Renames: []string{"users:people", "users.name:people.full_name"}}))
	w.up(0, nil)
	w.verify(0, after, nil)
	err := w.db.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
		var id, pets, entries, names int64
		if err := s.QueryRow(ctx, "INSERT INTO people (full_name) VALUES ('Cid') RETURNING id").Scan(&id); err != nil {
			return err
		}
		if _, err := s.Exec(ctx, "UPDATE people SET full_name = 'Anna' WHERE id = 1"); err != nil {
			return err
		}
		for query, n := range map[string]*int64{
			"SELECT count(*) FROM pets JOIN people ON people.id = user_id":  &pets,
			"SELECT count(*) FROM log WHERE entry = 'Ann is Anna'":          &entries,
			"SELECT count(*) FROM names WHERE full_name IN ('Anna', 'Cid')": &names,
		} {
			if err := s.QueryRow(ctx, query).Scan(n); err != nil {
				return err
			}
		}
		if id != 10 || pets != 1 || entries != 1 || names != 2 {
			t.Errorf("the next number is %d, %d pets, %d entries of the trigger, %d names in the view", id, pets, entries, names)
		}
		err := s.Nested(ctx, func(ctx context.Context, s *db.Session) error {
			_, err := s.Exec(ctx, "INSERT INTO people (full_name) VALUES ('ANNA')")
			return err
		})
		if db.ClassOf(err) != db.Unique {
			t.Errorf("a second name of the index: %v", err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// What models say is what databases do.
func TestConstraintsHold(t *testing.T) {
	t.Parallel()
	status := described(t, "orders",
		"int64", "id,pk", "int64", "user_id,ref:users,ondelete:cascade", "*int64", "by_id,ref:users,ondelete:null", "string", "code,unique,size:3",
		"string", "status,default:'a'", "bytes", "picture,size:2,default:''", "decimal", "total,check:total >= 0,default:0", "*string", "note,size:3")
	status.Columns[4].Values = []string{"a", "it's"}
	status.Columns[6].Precision, status.Columns[6].Scale = 5, 2
	want := models(t, described(t, "users", "int64", "id,pk", "string", "name"), status)
	dbtest.Each(t, nil, func(t *testing.T, d *db.DB) {
		w := &walk{T: t, db: d, files: fstest.MapFS{}}
		w.add(generated(t, &schema.Schema{}, want, d.Dialect(), schema.Options{}))
		w.up(0, nil)
		bytes := map[db.Dialect]string{db.SQLite: "x'010203'", db.Postgres: `'\x010203'`}[d.Dialect()]
		err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
			for _, c := range []struct {
				sql  string
				want db.Class
			}{
				{"INSERT INTO users (id, name) VALUES (1, 'Ann'), (2, 'Bob')", 0},
				{"INSERT INTO users (id, name) VALUES (3, NULL)", db.NotNull},
				{"INSERT INTO orders (user_id, by_id, code) VALUES (1, 2, 'abc')", 0},
				{"INSERT INTO orders (user_id, code, status, total, note) VALUES (1, 'abd', 'it''s', '10.5', 'äöü')", 0},
				{"INSERT INTO orders (user_id, code) VALUES (1, 'abc')", db.Unique},
				{"INSERT INTO orders (user_id, code) VALUES (7, 'x')", db.ForeignKey},
				{"INSERT INTO orders (user_id, code, status) VALUES (1, 'y', 'b')", db.Check},
				{"INSERT INTO orders (user_id, code, total) VALUES (1, 'z', '-1')", db.Check},
				{"INSERT INTO orders (user_id, code, picture) VALUES (1, 'p', " + bytes + ")", db.Check},
				{"INSERT INTO orders (user_id, code) VALUES (1, 'long')", map[db.Dialect]db.Class{db.SQLite: db.Check, db.Postgres: db.Data}[d.Dialect()]},
				{"DELETE FROM users WHERE id = 2", 0},
				{"INSERT INTO users (name) SELECT NULL FROM orders WHERE by_id IS NOT NULL", 0}, // there is none
				{"DELETE FROM users WHERE id = 1", 0},
			} {
				err := s.Nested(ctx, func(ctx context.Context, s *db.Session) error {
					_, err := s.Exec(ctx, c.sql)
					return err
				})
				if db.ClassOf(err) != c.want || err != nil && c.want == 0 {
					t.Errorf("%s: %v, want %v", c.sql, err, c.want)
				}
			}
			var orders int
			err := s.QueryRow(ctx, "SELECT count(*) FROM orders").Scan(&orders)
			if orders != 0 {
				t.Errorf("%d orders are left of somebody who is gone", orders)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
}
