package sqlite_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"math"
	"path/filepath"
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
	id    [4]byte
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

func (i *id) Value() (driver.Value, error) {
	if i == nil {
		return "none", nil
	}
	return i[:], nil
}

type broken struct{}

func (broken) Value() (driver.Value, error) { return nil, errors.New("no value today") }

func ptr[T any](v T) *T { return &v }

var moment = time.Date(2026, 2, 3, 4, 5, 6, 123456789, time.FixedZone("east", 2*3600))

// Each argument goes through the database into a variable of the type of what
// is wanted.
func TestValues(t *testing.T) {
	t.Parallel()
	d := open(t, filepath.Join(t.TempDir(), "a.db"))
	stored := time.Date(2026, 2, 3, 2, 5, 6, 123456000, time.UTC)
	tests := []struct {
		name string
		arg  any
		kind string // as SQLite has it
		want any
	}{
		{"nil", nil, "null", (*string)(nil)},
		{"int", 42, "integer", 42},
		{"int8", int8(-8), "integer", int8(-8)},
		{"int64", int64(math.MinInt64), "integer", int64(math.MinInt64)},
		{"uint", uint(7), "integer", uint(7)},
		{"uint64", uint64(math.MaxInt64), "integer", uint64(math.MaxInt64)},
		{"uint8", uint8(255), "integer", uint8(255)},
		{"float64", 1.5, "real", 1.5},
		{"float32", float32(1.5), "real", float32(1.5)},
		{"infinity", math.Inf(1), "real", math.Inf(1)},
		{"integer as float", 3, "integer", 3.0},
		{"whole real as integer", 3.0, "real", 3},
		{"true", true, "integer", true},
		{"false", false, "integer", false},
		{"true as integer", true, "integer", 1},
		{"string", "héllo", "text", "héllo"},
		{"string with NUL", "a\x00b", "text", "a\x00b"},
		{"empty string", "", "text", ""},
		{"bytes", []byte{0, 1, 255}, "blob", []byte{0, 1, 255}},
		{"empty bytes", []byte{}, "blob", []byte{}},
		{"nil bytes", []byte(nil), "null", []byte(nil)},
		{"bytes as string", []byte("abc"), "blob", "abc"},
		{"string as bytes", "abc", "text", []byte("abc")},
		{"time", moment, "text", stored},
		{"time as string", moment, "text", "2026-02-03 02:05:06.123456"},
		{"pointer to time", &moment, "text", &stored},
		{"json", json.RawMessage(`{"a":1}`), "text", json.RawMessage(`{"a":1}`)},
		{"pointer", ptr(5), "integer", ptr(5)},
		{"nil pointer", (*int)(nil), "null", (*int)(nil)},
		{"pointer to pointer", ptr(ptr("x")), "text", ptr(ptr("x"))},
		{"named string", name("Ann"), "text", name("Ann")},
		{"named integer", level(3), "integer", level(3)},
		{"named bool", flag(true), "integer", flag(true)},
		{"valuer", money{250}, "integer", money{250}},
		{"pointer to valuer", &money{250}, "integer", money{250}},
		{"nil pointer to valuer", (*money)(nil), "null", (*money)(nil)},
		{"valuer on the pointer", &id{1, 2, 3, 4}, "blob", []byte{1, 2, 3, 4}},
		{"valuer on the nil pointer", (*id)(nil), "text", "none"},
		{"null string", sql.NullString{}, "null", sql.NullString{}},
		{"null time", sql.NullTime{Time: moment, Valid: true}, "text", sql.NullTime{Time: stored, Valid: true}},
		{"generic null", sql.Null[time.Time]{V: moment, Valid: true}, "text", sql.Null[time.Time]{V: stored, Valid: true}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dest := reflect.New(reflect.TypeOf(test.want))
			var kind string
			err := d.Read(t.Context(), func(ctx context.Context, r *db.Reader) error {
				return r.QueryRow(ctx, "SELECT $1, typeof($1)", test.arg).Scan(dest.Interface(), &kind)
			})
			if err != nil {
				t.Fatal(err)
			}
			if kind != test.kind {
				t.Errorf("it is stored as %s, want %s", kind, test.kind)
			}
			if diff := cmp.Diff(test.want, dest.Elem().Interface(), cmp.AllowUnexported(money{})); diff != "" {
				t.Errorf("it came back different (-want +got):\n%s", diff)
			}
		})
	}
}

func TestArgumentsRefused(t *testing.T) {
	t.Parallel()
	d := open(t, filepath.Join(t.TempDir(), "a.db"))
	tests := []struct {
		name string
		arg  any
		want string
	}{
		{"channel", make(chan int), "the argument for $2: a chan int cannot be stored"},
		{"struct", struct{}{}, "a struct {} cannot be stored"},
		{"named argument", sql.Named("a", 1), "a sql.NamedArg cannot be stored"},
		{"array", id{}, "a sqlite_test.id cannot be stored"},
		{"strings", []string{"a"}, "a []string cannot be stored"},
		{"too large", uint64(math.MaxInt64 + 1), "9223372036854775808 is more than an integer of the database holds"},
		{"NaN", math.NaN(), "NaN cannot be stored"},
		{"year", time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC), "the year 10000 cannot be stored"},
		{"valuer", broken{}, "the Value method of sqlite_test.broken: no value today"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			err := d.Read(t.Context(), func(ctx context.Context, r *db.Reader) error {
				return r.QueryRow(ctx, "SELECT $1, $2", 1, test.arg).Scan(new(any), new(any))
			})
			if db.ClassOf(err) != db.Data || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got  %v\nwant …%s…", err, test.want)
			}
		})
	}
}

func TestScanRefused(t *testing.T) {
	t.Parallel()
	d := open(t, filepath.Join(t.TempDir(), "a.db"))
	tests := []struct {
		name, sql string
		dest      any
		want      string
	}{
		{"null", "SELECT NULL AS age", new(int), "column 1, age: it is NULL, which int cannot hold; scan into *int"},
		{"null time", "SELECT NULL", new(time.Time), "it is NULL, which time.Time cannot hold; scan into *time.Time"},
		{"null string", "SELECT NULL", new(string), "it is NULL, which string cannot hold"},
		{"overflow", "SELECT 300", new(uint8), "its number does not fit into uint8"},
		{"negative", "SELECT -1", new(uint), "its number does not fit into uint"},
		{"fraction", "SELECT 1.5", new(int), "it is a real number, which int cannot hold"},
		{"float32", "SELECT 1e300", new(float32), "its number does not fit into float32"},
		{"text as number", "SELECT '12'", new(int), "it is text, which int cannot hold"},
		{"number as text", "SELECT 12", new(string), "it is an integer, which string cannot hold"},
		{"bool", "SELECT 2", new(bool), "it is an integer, which bool cannot hold"},
		{"no time", "SELECT 'soon'", new(time.Time), "it is text, which time.Time cannot hold"},
		{"number as time", "SELECT 1700000000", new(time.Time), "it is an integer, which time.Time cannot hold"},
		{"blob", "SELECT x'00'", new(int), "it is a blob, which int cannot hold"},
		{"raw bytes", "SELECT 'a'", new(sql.RawBytes), "sql.RawBytes would be gone with the row; scan into a []byte"},
		{"no pointer", "SELECT 1", 1, "int is not a pointer to scan into"},
		{"nil pointer", "SELECT 1", (*int8)(nil), "*int8 is not a pointer to scan into"},
		{"scanner", "SELECT 'a'", new(money), "column 1, 'a': money is an integer"},
		{"inner", "SELECT 300", new(*uint8), "its number does not fit into uint8"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			err := d.Read(t.Context(), func(ctx context.Context, r *db.Reader) error {
				return r.QueryRow(ctx, test.sql).Scan(test.dest)
			})
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got  %v\nwant …%s…", err, test.want)
			}
		})
	}
}

// The driver makes times of text in columns that are declared as such, and of
// no others.
func TestTimes(t *testing.T) {
	t.Parallel()
	d := open(t, filepath.Join(t.TempDir(), "a.db"))
	do(t, d, "CREATE TABLE t (a TEXT, b DATETIME, c TIMESTAMP, d)")
	want := moment.UTC().Truncate(time.Microsecond)
	err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
		if _, err := s.Exec(ctx, "INSERT INTO t VALUES ($1, $1, $1, $1)", moment); err != nil {
			return err
		}
		for _, column := range []string{"a", "b", "c", "d", "max(a)", "max(b)"} {
			var got time.Time
			var null sql.NullTime
			if err := s.QueryRow(ctx, "SELECT "+column+", "+column+" FROM t").Scan(&got, &null); err != nil {
				return err
			}
			if !got.Equal(want) || got.Location() != time.UTC || !null.Time.Equal(want) {
				t.Errorf("%s: got %v and %v, want %v", column, got, null, want)
			}
		}
		var year, text, sorted string
		err := s.QueryRow(ctx, "SELECT strftime('%Y', a), b, min(a, $1) FROM t", moment.Add(time.Second)).Scan(&year, &text, &sorted)
		if err != nil || year != "2026" || text != "2026-02-03 02:05:06.123456" || sorted != text {
			t.Errorf("SQLite reads %q, text is %q, the earlier one %q, %v", year, text, sorted, err)
		}
		for _, sql := range []string{
			"CURRENT_TIMESTAMP", "'2026-02-03'", "'2026-02-03 04:05'", "'2026-02-03T04:05:06Z'",
			"'2026-02-03 04:05:06.5+02:00'", "'2026-02-03T04:05:06'",
		} {
			var got time.Time
			if err := s.QueryRow(ctx, "SELECT "+sql).Scan(&got); err != nil || got.Location() != time.UTC || got.Year() < 2026 {
				t.Errorf("%s: %v, %v", sql, got, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestScanAny(t *testing.T) {
	t.Parallel()
	d := open(t, filepath.Join(t.TempDir(), "a.db"))
	do(t, d, "CREATE TABLE t (at DATETIME)", "INSERT INTO t VALUES ('2026-02-03 04:05:06+02:00')")
	got := make([]any, 6)
	err := d.Read(t.Context(), func(ctx context.Context, r *db.Reader) error {
		return r.QueryRow(ctx, "SELECT 1, 1.5, 'a', x'', NULL, at FROM t").
			Scan(&got[0], &got[1], &got[2], &got[3], &got[4], &got[5])
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []any{int64(1), 1.5, "a", []byte{}, nil, time.Date(2026, 2, 3, 2, 5, 6, 0, time.UTC)}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("values (-want +got):\n%s", diff)
	}
	if at, ok := got[5].(time.Time); !ok || at.Location() != time.UTC {
		t.Errorf("the time is %v, want UTC", got[5])
	}
}

func TestScanCount(t *testing.T) {
	t.Parallel()
	d := open(t, filepath.Join(t.TempDir(), "a.db"))
	err := d.Read(t.Context(), func(ctx context.Context, r *db.Reader) error {
		rows, err := r.Query(ctx, "SELECT 1, 2")
		if err != nil {
			return err
		}
		if !rows.Next() {
			t.Error("no row")
		}
		return rows.Scan(new(int))
	})
	if err == nil || !strings.Contains(err.Error(), "2 columns cannot be scanned into 1 values") {
		t.Error(err)
	}
}
