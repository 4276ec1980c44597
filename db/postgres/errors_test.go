package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/errs"
)

const secret = "s3cret"

type login struct{ Password string }

func TestClasses(t *testing.T) {
	t.Parallel()
	url := fresh(t)
	direct(t, url, `
		CREATE TYPE mood AS ENUM ('fine');
		CREATE DOMAIN present AS text NOT NULL;
		CREATE TABLE users (
			id int PRIMARY KEY,
			email text CONSTRAINT users_email_key UNIQUE,
			age int CONSTRAINT users_age_check CHECK (age > 0),
			name text NOT NULL DEFAULT '',
			mood mood, short varchar(3),
			during int4range, EXCLUDE USING gist (during WITH &&)
		);
		CREATE TABLE orders (user_id int CONSTRAINT orders_user_fk REFERENCES users ON DELETE RESTRICT);
		INSERT INTO users (id, email, during) VALUES (1, '`+secret+`', '[1,2)'), (2, '2', NULL);
		INSERT INTO orders VALUES (1)`)
	d := open(t, one(url))
	for _, c := range []struct {
		sql  string
		args []any
		want db.Error
	}{
		{"INSERT INTO users (id, email) VALUES (3, $1)", []any{secret},
			db.Error{Class: db.Unique, Code: "23505", Constraint: "users_email_key", Table: "users", Columns: []string{"email"}}},
		{"INSERT INTO users (id, during) VALUES (4, '[1,3)')", nil,
			db.Error{Class: db.Unique, Code: "23P01", Constraint: "users_during_excl", Table: "users", Columns: []string{"during"}}},
		{"INSERT INTO orders VALUES ($1)", []any{12345},
			db.Error{Class: db.ForeignKey, Code: "23503", Constraint: "orders_user_fk", Table: "orders"}},
		{"DELETE FROM users WHERE email = $1", []any{secret},
			db.Error{Class: db.ForeignKey, Code: "23503", Constraint: "orders_user_fk", Table: "orders"}},
		{"UPDATE users SET name = NULL WHERE email = $1", []any{secret},
			db.Error{Class: db.NotNull, Code: "23502", Table: "users", Columns: []string{"name"}}},
		{"SELECT $1::present", []any{nil}, db.Error{Class: db.NotNull, Code: "23502"}},
		{"UPDATE users SET age = -1 WHERE email = $1", []any{secret},
			db.Error{Class: db.Check, Code: "23514", Constraint: "users_age_check", Table: "users"}},
		{"UPDATE users SET short = $1", []any{secret}, db.Error{Class: db.Data, Code: "22001"}},
		{"UPDATE users SET mood = $1", []any{secret}, db.Error{Class: db.Data, Code: "22P02"}},
		{"INSERT INTO users (id, email) SELECT 5, $1 || string_agg(md5(n::text), '') FROM generate_series(1, 1000) n", []any{secret},
			db.Error{Class: db.Data, Code: "54000"}},
		{"SELECT $1::text::int", []any{secret + "\" \n"}, db.Error{Class: db.Data, Code: "22P02"}},
		{"SELECT $1::text::timestamptz", []any{secret}, db.Error{Class: db.Data, Code: "22007"}},
		{"SELECT $1::int", []any{secret}, db.Error{Class: db.Data, Code: "22P02"}},
		{"SELECT $1::int", []any{login{secret}}, db.Error{Class: db.Data}},
		{"SELECT $1::int", []any{int64(99999999999)}, db.Error{Class: db.Data}},
		{"SELECT $1::text", []any{5}, db.Error{Class: db.Data}},
		{"SELECT $1::text", nil, db.Error{Class: db.Other}},
		{"SELECT 1", []any{1}, db.Error{Class: db.Other}},
		{"INSERT INTO nowhere VALUES ($1)", []any{1}, db.Error{Class: db.Other, Code: "42P01"}},
		{"INSERT INTO users (email) VALEUS ($1)", []any{1}, db.Error{Class: db.Other, Code: "42601"}},
		{"SELECT 1; SELECT 2", nil, db.Error{Class: db.Other, Code: "42601"}},
		{raise("53100"), nil, db.Error{Class: db.Full, Code: "53100"}},
		{raise("58030"), nil, db.Error{Class: db.Full, Code: "58030"}},
		{raise("57P01"), nil, db.Error{Class: db.Unreachable, Code: "57P01"}},
		{raise("08006"), nil, db.Error{Class: db.Unreachable, Code: "08006"}},
		{raise("08P01"), nil, db.Error{Class: db.Other, Code: "08P01"}},
		{raise("0A000"), nil, db.Error{Class: db.Other, Code: "0A000"}},
		{raise("40001"), nil, db.Error{Class: db.Contended, Code: "40001"}},
		{raise("26000"), nil, db.Error{Class: db.Contended, Code: "26000"}},
	} {
		for _, position := range []string{"first", "later"} {
			err := d.Do(limited(t), func(ctx context.Context, s *db.Session) error {
				if position == "later" {
					if _, err := s.Exec(ctx, "SELECT 1"); err != nil {
						return err
					}
				}
				_, err := s.Exec(ctx, c.sql, c.args...)
				return err
			}, db.Attempts(1))
			var e *db.Error
			if !errors.As(err, &e) {
				t.Errorf("%s (%s): %v, want an *Error", c.sql, position, err)
				continue
			}
			if diff := cmp.Diff(c.want, *e, cmpopts.IgnoreFields(db.Error{}, "Err")); diff != "" {
				t.Errorf("%s (%s): (-want +got)\n%s", c.sql, position, diff)
			}
			var log strings.Builder
			slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{ReplaceAttr: timeless})).Error("failed", "error", err)
			for _, value := range []string{secret, "12345", "99999"} {
				if shown := log.String() + fmt.Sprintf("%v %+v %s", err, e, errs.From(err)); strings.Contains(shown, value) {
					t.Errorf("%s (%s): the error shows %s: %s", c.sql, position, value, shown)
				}
			}
		}
	}
}

// timeless leaves the time out of a log, which may look like any value.
func timeless(_ []string, a slog.Attr) slog.Attr {
	if a.Key == slog.TimeKey {
		return slog.Attr{}
	}
	return a
}

func raise(code string) string {
	return "DO $$ BEGIN RAISE EXCEPTION 'as the test wants' USING ERRCODE = '" + code + "'; END $$"
}

// What pgx refuses to send fails once, and costs no connection.
func TestUnsentStatements(t *testing.T) {
	t.Parallel()
	d := open(t, one(fresh(t)))
	for _, args := range [][]any{{int64(99999999999)}, {1, 2}, {}} {
		for _, first := range []bool{true, false} {
			attempts, before := 0, backend(t, d)
			err := d.Do(limited(t), func(ctx context.Context, s *db.Session) error {
				attempts++
				if !first {
					if _, err := s.Exec(ctx, "SELECT 1"); err != nil {
						return err
					}
				}
				_, err := s.Exec(ctx, "SELECT $1::int", args...)
				return err
			})
			if err == nil || attempts != 1 {
				t.Errorf("%v: %d attempts, %v", args, attempts, err)
			}
			if backend(t, d) != before {
				t.Errorf("%v: the connection was not kept", args)
			}
		}
	}
}

func TestUniqueColumns(t *testing.T) {
	t.Parallel()
	url := fresh(t)
	direct(t, url, `CREATE TABLE k (a int, "b c" int, "d""e" text, f text)`, `INSERT INTO k VALUES (1, 1, ')=(', 'x')`)
	d := open(t, url)
	for on, want := range map[string][]string{
		`a`:                 {"a"},
		`a, "b c", "d""e"`:  {"a", "b c", `d"e`},
		`"d""e"`:            {`d"e`},
		`lower(f)`:          nil,
		`lower(f), a`:       {"a"},
		`(f || 'x'), "b c"`: {"b c"},
		`((a)=(a)), "d""e"`: {`d"e`},
	} {
		t.Run(on, func(t *testing.T) {
			err := d.Do(limited(t), func(ctx context.Context, s *db.Session) error {
				if _, err := s.Exec(ctx, "CREATE UNIQUE INDEX ON k ("+on+")"); err != nil {
					return err
				}
				_, err := s.Exec(ctx, "INSERT INTO k SELECT * FROM k")
				return err
			})
			var e *db.Error
			if !errors.As(err, &e) || e.Class != db.Unique {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, e.Columns); diff != "" {
				var said *pgconn.PgError
				errors.As(err, &said)
				t.Errorf("columns of %q (-want +got):\n%s", said.Detail, diff)
			}
		})
	}
}

// A reader cannot write, whatever way it tries; and SQL that tries does not
// harm the connection.
func TestReadersCannotWrite(t *testing.T) {
	t.Parallel()
	d := open(t, one(fresh(t)))
	do(t, d, notes)
	for _, sql := range []string{
		"INSERT INTO notes VALUES (1) RETURNING id",
		"WITH gone AS (DELETE FROM notes RETURNING id) SELECT * FROM gone",
		"CREATE TABLE more (id int)",
		"TRUNCATE notes",
	} {
		for _, opts := range [][]db.Option{nil, {db.Snapshot}} {
			err := d.Read(limited(t), func(ctx context.Context, r *db.Reader) error {
				rows, err := r.Query(ctx, sql)
				if err != nil {
					return err
				}
				rows.Close()
				return rows.Err()
			}, opts...)
			if db.ClassOf(err) != db.ReadOnly {
				t.Errorf("%s: %v", sql, err)
			}
		}
	}
	if n := value[int](t, d, "SELECT count(*) FROM notes"); n != 0 {
		t.Errorf("%d rows", n)
	}
}
