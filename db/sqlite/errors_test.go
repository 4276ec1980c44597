package sqlite_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/terem-go/terem/db"
)

func TestClasses(t *testing.T) {
	t.Parallel()
	d := open(t, filepath.Join(t.TempDir(), "a.db"))
	do(t, d,
		`CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, age INTEGER,
			CONSTRAINT grown_up CHECK (age >= 18), CHECK (age < 200))`,
		"CREATE UNIQUE INDEX users_age ON users (age, email)",
		"CREATE TABLE names (name TEXT)",
		"CREATE UNIQUE INDEX names_lower ON names (lower(name))",
		"CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users, place TEXT, UNIQUE (user_id, place))",
		"CREATE TABLE numbers (n INTEGER) STRICT",
		"CREATE TABLE plain (a TEXT PRIMARY KEY) WITHOUT ROWID",
		"CREATE TRIGGER tr BEFORE INSERT ON numbers WHEN NEW.n = 13 BEGIN SELECT RAISE(ABORT, 'no 13'); END",
		"INSERT INTO users VALUES (1, 'ann@example.com', 30)",
		"INSERT INTO orders VALUES (1, 1, 'home')",
		"INSERT INTO plain VALUES ('a')",
		"INSERT INTO names VALUES ('ann')",
	)
	tests := []struct {
		name, sql string
		want      db.Error
	}{
		{"unique", "INSERT INTO users VALUES (2, 'ann@example.com', 40)",
			db.Error{Class: db.Unique, Code: "2067", Table: "users", Columns: []string{"email"}}},
		{"unique over two columns", "INSERT INTO orders VALUES (2, 1, 'home')",
			db.Error{Class: db.Unique, Code: "2067", Table: "orders", Columns: []string{"user_id", "place"}}},
		{"unique index of an expression", "INSERT INTO names VALUES ('ANN')",
			db.Error{Class: db.Unique, Code: "2067", Constraint: "names_lower"}},
		{"primary key", "INSERT INTO users VALUES (1, 'bob@example.com', 40)",
			db.Error{Class: db.Unique, Code: "1555", Table: "users", Columns: []string{"id"}}},
		{"primary key without rowid", "INSERT INTO plain VALUES ('a')",
			db.Error{Class: db.Unique, Code: "1555", Table: "plain", Columns: []string{"a"}}},
		{"foreign key", "INSERT INTO orders VALUES (2, 9, 'home')", db.Error{Class: db.ForeignKey, Code: "787"}},
		{"referred to", "DELETE FROM users WHERE id = 1", db.Error{Class: db.ForeignKey, Code: "787"}},
		{"not null", "INSERT INTO users VALUES (2, NULL, 40)",
			db.Error{Class: db.NotNull, Code: "1299", Table: "users", Columns: []string{"email"}}},
		{"check with a name", "INSERT INTO users VALUES (2, 'bob@example.com', 4)",
			db.Error{Class: db.Check, Code: "275", Constraint: "grown_up"}},
		{"check without a name", "INSERT INTO users VALUES (2, 'bob@example.com', 400)",
			db.Error{Class: db.Check, Code: "275", Constraint: "age < 200"}},
		{"trigger", "INSERT INTO numbers VALUES (13)", db.Error{Class: db.Check, Code: "1811"}},
		{"strict", "INSERT INTO numbers VALUES ('x')", db.Error{Class: db.Data, Code: "3091"}},
		{"mismatch", "INSERT INTO users (id) VALUES ('x')", db.Error{Class: db.Data, Code: "20"}},
		{"too big", "SELECT zeroblob(2000000000)", db.Error{Class: db.Data, Code: "18"}},
		{"syntax", "SELEC 1", db.Error{Class: db.Other, Code: "1"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
				_, err := s.Exec(ctx, test.sql)
				return err
			})
			var got *db.Error
			if !errors.As(err, &got) {
				t.Fatalf("%v is no *db.Error", err)
			}
			if diff := cmp.Diff(test.want, *got, cmpopts.IgnoreFields(db.Error{}, "Err")); diff != "" {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
		})
	}
}
