package civil_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/civil"
)

// Every thirteenth day from the year 1 to 9999 is what package time says of it, and is before the next one.
func TestDates(t *testing.T) {
	t.Parallel()
	var d civil.Date
	if !d.IsZero() || d.String() != "0001-01-01" || d != civil.DateOf(time.Time{}) {
		t.Errorf("the zero Date is %s, %t", d, d.IsZero())
	}
	at := time.Time{}
	for at.Year() < 10_000 {
		year, month, dayOfMonth := d.Date()
		if d != civil.DateOf(at) || d != civil.NewDate(at.Date()) || !d.In(time.UTC).Equal(at) || d.Weekday() != at.Weekday() || !cmp.Equal(at, time.Date(year, month, dayOfMonth, 0, 0, 0, 0, time.UTC)) {
			t.Fatalf("%s is not %s", d, at)
		}
		if parsed, err := civil.ParseDate(d.String()); d.String() != at.Format(time.DateOnly) || parsed != d || err != nil {
			t.Fatalf("the text of %s is %s, which is read as %s, %v", at, d, parsed, err)
		}
		next := d.AddDays(1)
		if next.Compare(d) != 1 || d.Compare(next) != -1 || d.Compare(d) != 0 || !d.Before(next) || !next.After(d) || next.DaysSince(d) != 1 || next.String() < d.String() && at.Year() < 9999 {
			t.Fatalf("%s is not after %s", next, d)
		}
		d, at = d.AddDays(13), at.AddDate(0, 0, 13)
	}
	if text, err := civil.NewDate(10_000, 1, 1).MarshalText(); err == nil {
		t.Errorf("the year 10000 is written as %s", text)
	}
	if _, err := civil.NewDate(0, time.December, 31).Value(); err == nil {
		t.Error("the year 0 is stored")
	}
}

func TestDateOf(t *testing.T) {
	t.Parallel()
	tokyo := time.FixedZone("Tokyo", 9*60*60)
	moment := time.Date(2026, time.November, 26, 20, 0, 0, 0, time.UTC)
	today, there := civil.DateOf(moment), civil.DateOf(moment.In(tokyo))
	if today.String() != "2026-11-26" || there.String() != "2026-11-27" || there.In(tokyo) != time.Date(2026, time.November, 27, 0, 0, 0, 0, tokyo) {
		t.Errorf("%s in Greenwich is %s in Tokyo, which begins at %s", today, there, there.In(tokyo))
	}
	if d := civil.NewDate(2026, time.October, 32); d != civil.NewDate(2026, time.November, 1) || d.Format("2 January 2006") != "1 November 2026" {
		t.Errorf("the 32nd of October is %s", d)
	}
}

func TestParseDateRefuses(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "2026", "2026-11-7", "2026-13-01", "2026-02-29", "0000-01-01", "-001-01-01", "12026-01-01", "2026-11-27T00:00:00Z", " 2026-11-27", "2026-11-27\n", "tomorrow"} {
		if d, err := civil.ParseDate(text); err == nil {
			t.Errorf("%q is %s", text, d)
		}
	}
}

func TestDateInJSON(t *testing.T) {
	t.Parallel()
	type person struct {
		Born civil.Date             `json:"born"`
		Died *civil.Date            `json:"died"`
		Days map[civil.Date]string  `json:"days"`
		Zero civil.Date             `json:"zero,omitzero"`
		List []civil.Date           `json:"list"`
		More map[string]*civil.Date `json:"more"`
	}
	born := civil.NewDate(1815, time.December, 10)
	in := person{Born: born, Days: map[civil.Date]string{born: "birthday"}, List: []civil.Date{born}, More: map[string]*civil.Date{"born": &born}}
	text, err := json.Marshal(in)
	if want := `{"born":"1815-12-10","died":null,"days":{"1815-12-10":"birthday"},"list":["1815-12-10"],"more":{"born":"1815-12-10"}}`; string(text) != want || err != nil {
		t.Errorf("%s, %v\nwant %s", text, err, want)
	}
	var out person
	if err := json.Unmarshal(text, &out); err != nil || !cmp.Equal(in, out) {
		t.Errorf("%s, %v", cmp.Diff(in, out), err)
	}
	for _, wrong := range []string{`{"born": 7}`, `{"born": ""}`, `{"born": "2026-02-30"}`} {
		if err := json.Unmarshal([]byte(wrong), &out); err == nil {
			t.Errorf("%s is read", wrong)
		}
	}
}

func TestScan(t *testing.T) {
	t.Parallel()
	want := civil.NewDate(2026, time.November, 27)
	for _, src := range []any{"2026-11-27", []byte("2026-11-27"), time.Date(2026, time.November, 27, 0, 0, 0, 0, time.UTC)} {
		var d civil.Date
		if err := d.Scan(src); err != nil || d != want {
			t.Errorf("%v is scanned as %s, %v", src, d, err)
		}
	}
	for _, src := range []any{nil, int64(7), "infinity"} {
		if err := new(civil.Date).Scan(src); err == nil {
			t.Errorf("%v is scanned", src)
		}
	}
}

func TestSort(t *testing.T) {
	t.Parallel()
	list := []civil.Date{civil.NewDate(2026, 2, 1), civil.NewDate(2025, 3, 1), civil.NewDate(2026, 1, 31)}
	slices.SortFunc(list, civil.Date.Compare)
	if list[0].String() != "2025-03-01" || list[1].String() != "2026-01-31" {
		t.Errorf("sorted: %v", list)
	}
}
