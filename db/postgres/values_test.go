package postgres_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/db"
)

type (
	name  string
	level int8
	flag  bool
	money struct{ cents int64 }
)

func (m money) Value() (driver.Value, error) { return m.cents, nil }

func (m *money) Scan(src any) error {
	n, ok := src.(int64)
	if !ok {
		return errors.New("money is an integer")
	}
	m.cents = n
	return nil
}

func ptr[T any](v T) *T { return &v }

var (
	moment = time.Date(2026, 2, 3, 23, 5, 6, 123456789, time.FixedZone("east", -2*3600))
	stored = time.Date(2026, 2, 4, 1, 5, 6, 123456000, time.UTC)
)

// TestValues sends an argument to a column and reads it into a variable of the
// type of what is wanted, in a session, where it is the first statement, and with
// a reader.
func TestValues(t *testing.T) {
	t.Parallel()
	d := open(t, fresh(t))
	for _, c := range []struct {
		column string
		arg    any
		want   any
	}{
		{"int4", 42, 42},
		{"int8", int64(math.MinInt64), int64(math.MinInt64)},
		{"int2", uint8(255), uint8(255)},
		{"int4", 3, 3.0},
		{"int4", nil, (*int)(nil)},
		{"int4", (*int)(nil), (*int)(nil)},
		{"int4", ptr(5), ptr(5)},
		{"int4", level(3), level(3)},
		{"int8", money{250}, money{250}},
		{"int8", (*money)(nil), (*money)(nil)},
		{"int8", sql.NullInt64{}, sql.NullInt64{}},
		{"float8", 1.5, 1.5},
		{"float8", math.Inf(1), math.Inf(1)},
		{"float4", float32(1.5), float32(1.5)},
		{"numeric", "12.50", "12.50"},
		{"numeric", 12.5, 12.5},
		{"bool", true, true},
		{"bool", flag(true), flag(true)},
		{"text", "héllo", "héllo"},
		{"text", "", ""},
		{"text", name("Ann"), name("Ann")},
		{"text", ptr(name("Ann")), ptr(name("Ann"))},
		{"text", sql.NullString{String: "x", Valid: true}, sql.NullString{String: "x", Valid: true}},
		{"text", []byte("abc"), "abc"},
		{"bytea", []byte{0, 1, 255}, []byte{0, 1, 255}},
		{"bytea", []byte{}, []byte{}},
		{"bytea", []byte(nil), []byte(nil)},
		{"uuid", "6ba7b810-9dad-11d1-80b4-00c04fd430c8", "6ba7b810-9dad-11d1-80b4-00c04fd430c8"},
		{"jsonb", json.RawMessage(`{"a": 1}`), json.RawMessage(`{"a": 1}`)},
		{"jsonb", `{"a": 1}`, `{"a": 1}`},
		{"text[]", []string{"a", "b"}, []string{"a", "b"}},
		{"timestamptz", moment, stored},
		{"timestamptz", &moment, &stored},
		{"timestamptz", (*time.Time)(nil), (*time.Time)(nil)},
		{"timestamptz", sql.NullTime{Time: moment, Valid: true}, sql.NullTime{Time: stored, Valid: true}},
		{"timestamptz[]", []time.Time{moment}, []time.Time{stored}},
		{"timestamp", moment, stored},
		{"timestamp", &moment, &stored},
		{"timestamp", sql.NullTime{Time: moment, Valid: true}, sql.NullTime{Time: stored, Valid: true}},
		{"timestamp", sql.NullTime{}, sql.NullTime{}},
		{"timestamp[]", []time.Time{moment}, []time.Time{stored}},
		{"date", time.Date(2026, 2, 3, 0, 0, 0, 0, moment.Location()), time.Date(2026, 2, 3, 0, 0, 0, 0, time.UTC)},
	} {
		read := func(ctx context.Context, q db.Querier) error {
			dest := reflect.New(reflect.TypeOf(c.want))
			if err := q.QueryRow(ctx, "SELECT $1::"+c.column, c.arg).Scan(dest.Interface()); err != nil {
				return err
			}
			if diff := cmp.Diff(c.want, dest.Elem().Interface(), cmp.AllowUnexported(money{})); diff != "" {
				t.Errorf("%T as %s came back different (-want +got):\n%s", c.arg, c.column, diff)
			}
			if got, ok := dest.Elem().Interface().(time.Time); ok && got.Location() != time.UTC {
				t.Errorf("%s comes back in the zone %s", c.column, got.Location())
			}
			return nil
		}
		err := d.Do(limited(t), func(ctx context.Context, s *db.Session) error { return read(ctx, s) })
		if err == nil {
			err = d.Read(limited(t), func(ctx context.Context, r *db.Reader) error { return read(ctx, r) })
		}
		if err != nil {
			t.Errorf("%T as %s: %v", c.arg, c.column, err)
		}
	}
}

func TestAny(t *testing.T) {
	t.Parallel()
	d := open(t, fresh(t))
	for column, want := range map[string]any{
		"1::int2":         int64(1),
		"1::int4":         int64(1),
		"1::int8":         int64(1),
		"1.5::real":       1.5,
		"1.5::float8":     1.5,
		"12.50::numeric":  "12.50",
		"true":            true,
		"'a'::text":       "a",
		"'a'::varchar":    "a",
		`'\x00ff'::bytea`: []byte{0, 255},
		"NULL":            nil,
		"NULL::int":       nil,
		"'6ba7b810-9dad-11d1-80b4-00c04fd430c8'::uuid": "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
		"'2026-02-04 01:05:06.123456+00'::timestamptz": stored,
		"'2026-02-04 01:05:06.123456'::timestamp":      stored,
		`'{"a": [1]}'::jsonb`:                          map[string]any{"a": []any{1.0}},
	} {
		if diff := cmp.Diff(want, value[any](t, d, "SELECT "+column)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", column, diff)
		}
	}
}

// SQL that makes times makes them in UTC, whatever the server's zone is.
func TestSessionTimeZone(t *testing.T) {
	t.Parallel()
	url := fresh(t)
	const at = "SELECT ('2026-02-04 01:05:06+00'::timestamptz)::timestamp::text"
	if got := value[string](t, open(t, url), at); got != "2026-02-04 01:05:06" {
		t.Errorf("by default: %s", got)
	}
	if got := value[string](t, open(t, with(url, "TimeZone=Asia/Tokyo")), at); got != "2026-02-04 10:05:06" {
		t.Errorf("with a zone in the URL: %s", got)
	}
}

func TestScanRefused(t *testing.T) {
	t.Parallel()
	d := open(t, one(fresh(t)))
	for _, c := range []struct {
		sql  string
		dest any
		want string
	}{
		{"SELECT NULL::int AS age", new(int), "(col: age): cannot scan NULL into *int"},
		{"SELECT NULL::text AS name", new(string), "(col: name): cannot scan NULL into *string"},
		{"SELECT NULL::timestamptz AS born", new(time.Time), "(col: born): cannot scan NULL into *time.Time"},
		{"SELECT 'a'::text AS name", new(int), "(col: name): cannot scan text"},
		{"SELECT 300 AS age", new(uint8), "(col: age)"},
		{"SELECT 'a'::text AS cost", new(money), "money is an integer"},
	} {
		before := backend(t, d)
		err := d.Do(limited(t), func(ctx context.Context, s *db.Session) error {
			return s.QueryRow(ctx, c.sql).Scan(c.dest)
		})
		if err == nil || !strings.Contains(err.Error(), c.want) || db.ClassOf(err) != db.Other {
			t.Errorf("%s into %T: got  %v\nwant …%s…", c.sql, c.dest, err, c.want)
		}
		if backend(t, d) != before {
			t.Errorf("%s into %T: the connection was replaced", c.sql, c.dest)
		}
	}
}

func TestRows(t *testing.T) {
	t.Parallel()
	d := open(t, one(fresh(t)))
	do(t, d, notes, "INSERT INTO notes SELECT generate_series(1, 3), 'x'")
	err := d.Do(limited(t), func(ctx context.Context, s *db.Session) error {
		rows, err := s.Query(ctx, "SELECT id, body FROM notes ORDER BY id")
		if err != nil {
			return err
		}
		if _, err := s.Query(ctx, "SELECT 1"); !errors.Is(err, db.ErrRowsOpen) {
			t.Errorf("a query inside another: %v", err)
		}
		if diff := cmp.Diff([]string{"id", "body"}, rows.Columns()); diff != "" {
			t.Errorf("columns (-want +got):\n%s", diff)
		}
		sum := 0
		for rows.Next() {
			var id int
			var body string
			if err := rows.Scan(&id, &body); err != nil {
				return err
			}
			sum += id
		}
		if sum != 6 || rows.Next() || rows.Err() != nil {
			t.Errorf("the sum is %d; %v", sum, rows.Err())
		}
		if err := s.QueryRow(ctx, "SELECT id FROM notes WHERE id = 9").Scan(&sum); !errors.Is(err, db.ErrNoRows) {
			t.Errorf("no row: %v", err)
		}
		for sql, want := range map[string]int64{
			"UPDATE notes SET body = 'y' WHERE id > 1":    2,
			"DELETE FROM notes WHERE id = 1 RETURNING id": 1,
			"SELECT * FROM notes":                         0,
			"CREATE TABLE others (id int)":                0,
		} {
			if n, err := s.Exec(ctx, sql); err != nil || n != want {
				t.Errorf("%s: %d rows changed, want %d; %v", sql, n, want, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
