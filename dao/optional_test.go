package dao_test

import (
	"context"
	"database/sql"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/terem-go/terem/civil"
	"github.com/terem-go/terem/dao"
	"github.com/terem-go/terem/db"
)

// options is any value that a JSON holds.
type options struct {
	Colours []string       `json:"colours"`
	Sizes   map[string]int `json:"sizes"`
	Parent  *options       `json:"parent,omitempty"`
}

// optional has a column of every type that may be NULL, as a pointer and as a
// sql.Null.
type optional struct {
	ID        int64                        `db:"id,pk"`
	PDuration *time.Duration               `db:"p_duration"`
	NDuration sql.Null[time.Duration]      `db:"n_duration"`
	PUUID     *uuid.UUID                   `db:"p_uuid"`
	NUUID     uuid.NullUUID                `db:"n_uuid"`
	PDecimal  *decimal.Decimal             `db:"p_decimal,decimal:12:2"`
	NDecimal  sql.Null[decimal.Decimal]    `db:"n_decimal,decimal:12:2"`
	EDecimal  decimal.NullDecimal          `db:"e_decimal,decimal:12:2"`
	PJSON     *dao.JSON[options]           `db:"p_json"`
	NJSON     sql.Null[dao.JSON[options]]  `db:"n_json"`
	PList     *dao.JSON[[]int64]           `db:"p_list"`
	NList     sql.Null[dao.JSON[[]string]] `db:"n_list"`
	PEnum     *status                      `db:"p_enum"`
	NEnum     sql.Null[status]             `db:"n_enum"`
	PMoment   *time.Time                   `db:"p_moment"`
	NMoment   sql.Null[time.Time]          `db:"n_moment"`
	PDate     *civil.Date                  `db:"p_date"`
	NDate     sql.Null[civil.Date]         `db:"n_date"`
	PFloat    *float64                     `db:"p_float"`
	NFloat    sql.Null[float64]            `db:"n_float"`
	PSmall    *int16                       `db:"p_small"`
	NSmall    sql.Null[int16]              `db:"n_small"`
	PYes      *bool                        `db:"p_yes"`
	NYes      sql.Null[bool]               `db:"n_yes"`
	PBytes    *[]byte                      `db:"p_bytes"`
	NBytes    sql.Null[[]byte]             `db:"n_bytes"`
	POwn      *point                       `db:"p_own"`
	NOwn      sql.Null[point]              `db:"n_own"`
}

var optionals = dao.Of[optional]("optionals")

func some[T any](v T) sql.Null[T] { return sql.Null[T]{V: v, Valid: true} }

// zeros has no NULL, and the zero of each type.
func zeros() optional {
	return optional{
		PDuration: new(time.Duration(0)), NDuration: some(time.Duration(0)),
		PUUID: &uuid.UUID{}, NUUID: uuid.NullUUID{Valid: true},
		PDecimal: new(decimal.RequireFromString("0.00")), NDecimal: some(decimal.RequireFromString("0.00")),
		EDecimal: decimal.NewNullDecimal(decimal.RequireFromString("0.00")),
		PJSON:    &dao.JSON[options]{}, NJSON: some(dao.JSON[options]{}),
		PList: &dao.JSON[[]int64]{V: []int64{}}, NList: some(dao.JSON[[]string]{V: []string{}}),
		PEnum: new(status("draft")), NEnum: some(status("draft")),
		PMoment: new(time.Time{}), NMoment: some(time.Time{}),
		PDate: &civil.Date{}, NDate: some(civil.Date{}),
		PFloat: new(0.0), NFloat: some(0.0), PSmall: new(int16(0)), NSmall: some(int16(0)), PYes: new(false), NYes: some(false),
		PBytes: &[]byte{}, NBytes: some([]byte{}), POwn: &point{}, NOwn: some(point{}),
	}
}

// full has a value of each type that is not zero.
func full() optional {
	id := uuid.Must(uuid.NewV7())
	o := options{Colours: []string{"red", "тёмный \"'"}, Sizes: map[string]int{"s": 1}, Parent: &options{}}
	return optional{
		PDuration: new(-time.Nanosecond), NDuration: some(time.Hour),
		PUUID: &id, NUUID: uuid.NullUUID{UUID: id, Valid: true},
		PDecimal: new(decimal.RequireFromString("-9999999999.99")), NDecimal: some(decimal.RequireFromString("0.01")),
		EDecimal: decimal.NewNullDecimal(decimal.RequireFromString("5.50")),
		PJSON:    &dao.JSON[options]{V: o}, NJSON: some(dao.JSON[options]{V: o}),
		PList: &dao.JSON[[]int64]{V: []int64{1 << 62, -1}}, NList: some(dao.JSON[[]string]{V: []string{"", "a"}}),
		PEnum: new(status("printed")), NEnum: some(status("printed")),
		PMoment: new(moment(1000)), NMoment: some(moment(999999000)),
		PDate: new(civil.NewDate(9999, 12, 31)), NDate: some(civil.NewDate(2026, 11, 27)),
		PFloat: new(-0.1), NFloat: some(1e300), PSmall: new(int16(-5)), NSmall: some(int16(5)), PYes: new(true), NYes: some(true),
		PBytes: &[]byte{0, 255}, NBytes: some([]byte("'")), POwn: &point{1, 2}, NOwn: some(point{3, 4}),
	}
}

func TestOptionalFieldsOfEveryType(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, s *db.Session) {
		for name, want := range map[string]optional{"NULL": {}, "zero": zeros(), "full": full()} {
			row := want
			must(t, optionals.Insert(ctx, s, &row))
			want.ID = row.ID
			many := []optional{want, want}
			many[0].ID, many[1].ID = 0, 0
			must(t, optionals.InsertMany(ctx, s, many))
			other := full()
			if name == "full" {
				other = optional{}
			}
			must(t, optionals.Insert(ctx, s, &other))
			updated := want
			updated.ID = other.ID
			must(t, optionals.Update(ctx, s, &updated))
			for how, id := range map[string]int64{"inserted": row.ID, "one of many": many[1].ID, "updated": other.ID} {
				got, err := optionals.Get(ctx, s, id)
				must(t, err)
				got.ID = want.ID
				if d := cmp.Diff(&want, got); d != "" {
					t.Errorf("%s, %s (-want +got):\n%s", name, how, d)
				}
			}
		}
		m, err := optionals.Model()
		must(t, err)
		for _, c := range m.Columns[1:] {
			if !c.Nullable {
				t.Errorf("%s cannot be NULL", c.Name)
			}
		}
		n, err := optionals.Count(ctx, s, dao.Eq("p_decimal", nil), dao.Where("n_decimal IS NULL AND e_decimal IS NULL AND p_json IS NULL AND n_json IS NULL AND p_bytes IS NULL AND n_bytes IS NULL AND n_own IS NULL"))
		must(t, err)
		if n != 4 {
			t.Errorf("%d rows are NULL, want 4", n)
		}
	})
}

// A value may be given as what a pointer, a JSON or a Null type holds.
func TestValuesOfOptionalFields(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, s *db.Session) {
		row := optional{}
		must(t, optionals.Insert(ctx, s, &row))
		want := full()
		want.ID = row.ID
		must(t, optionals.Patch(ctx, s, row.ID,
			dao.Set("p_duration", *want.PDuration), dao.Set("n_duration", want.NDuration.V), dao.Set("p_uuid", want.PUUID), dao.Set("n_uuid", want.NUUID.UUID),
			dao.Set("p_decimal", *want.PDecimal), dao.Set("n_decimal", want.NDecimal.V), dao.Set("e_decimal", want.EDecimal.Decimal),
			dao.Set("p_json", want.PJSON.V), dao.Set("n_json", want.NJSON.V), dao.Set("p_list", want.PList.V), dao.Set("n_list", want.NList.V),
			dao.Set("p_enum", "printed"), dao.Set("n_enum", want.NEnum.V), dao.Set("p_moment", *want.PMoment), dao.Set("n_moment", want.NMoment.V),
			dao.Set("p_date", *want.PDate), dao.Set("n_date", want.NDate.V),
			dao.Set("p_float", *want.PFloat), dao.Set("n_float", want.NFloat.V), dao.Set("p_small", -5), dao.Set("n_small", want.NSmall.V),
			dao.Set("p_yes", true), dao.Set("n_yes", true), dao.Set("p_bytes", *want.PBytes), dao.Set("n_bytes", want.NBytes.V),
			dao.Set("p_own", *want.POwn), dao.Set("n_own", want.NOwn.V)))
		got, err := optionals.Get(ctx, s, row.ID)
		must(t, err)
		if d := cmp.Diff(&want, got); d != "" {
			t.Errorf("patched (-want +got):\n%s", d)
		}
		for name, c := range map[string]dao.Condition{
			"a Null type": dao.Eq("n_duration", time.Hour), "a NullUUID": dao.Eq("n_uuid", want.NUUID.UUID), "a NullDecimal": dao.Eq("e_decimal", want.EDecimal.Decimal),
			"a pointer": dao.Eq("p_uuid", want.PUUID), "an enum": dao.Eq("p_enum", "printed"), "a list": dao.In("n_small", []int16{4, 5}),
			"a date": dao.Eq("n_date", want.NDate.V), "a list of dates": dao.In("p_date", []civil.Date{{}, *want.PDate}),
		} {
			if yes, err := optionals.Exists(ctx, s, c); !yes || err != nil {
				t.Errorf("by %s: %t, %v", name, yes, err)
			}
		}
		if yes, err := optionals.Exists(ctx, s, dao.Eq("p_uuid", (*uuid.UUID)(nil))); yes || err != nil {
			t.Errorf("by a nil pointer: %t, %v", yes, err)
		}
	})
}

// PostgreSQL refuses a NUL in JSON; a backslash before u0000 makes none.
func TestJSONWithNUL(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, s *db.Session) {
		for text, ok := range map[string]bool{"a\x00b": false, "\\\x00": false, `a\u0000`: true, `\\u0000`: true} {
			row := optional{PList: nil, NList: some(dao.JSON[[]string]{V: []string{text}})}
			err := optionals.Insert(ctx, s, &row)
			if !ok {
				if db.ClassOf(err) != db.Data {
					t.Errorf("%q: %v", text, err)
				}
				continue
			}
			must(t, err)
			if got, err := optionals.Get(ctx, s, row.ID); err != nil || got.NList.V.V[0] != text {
				t.Errorf("%q: %v, %v", text, got, err)
			}
		}
	})
}
