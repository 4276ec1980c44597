package dao_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/dao"
	"github.com/terem-go/terem/db"
)

// point is a struct that is stored as text.
type point struct{ X, Y int }

func (p point) Value() (driver.Value, error) { return fmt.Sprintf("%d;%d", p.X, p.Y), nil }

func (p *point) Scan(src any) error {
	_, err := fmt.Sscanf(fmt.Sprintf("%s", src), "%d;%d", &p.X, &p.Y)
	return err
}

// tags is a slice that is stored as JSON. json.Unmarshal writes into the
// memory of a slice that is there.
type tags []string

func (v *tags) Value() (driver.Value, error) {
	b, err := json.Marshal(*v)
	return string(b), err
}

func (v *tags) Scan(src any) error {
	switch src := src.(type) {
	case string:
		return json.Unmarshal([]byte(src), (*[]string)(v))
	case []byte:
		return json.Unmarshal(src, (*[]string)(v))
	}
	return fmt.Errorf("tags from %T", src)
}

// Integers is embedded in thing.
type Integers struct {
	I   int    `db:"i"`
	I8  int8   `db:"i8"`
	I16 int16  `db:"i16"`
	I32 int32  `db:"i32"`
	I64 int64  `db:"i64"`
	U   uint   `db:"u"`
	U8  uint8  `db:"u8"`
	U16 uint16 `db:"u16"`
	U32 uint32 `db:"u32"`
	U64 uint64 `db:"u64"`
}

// pointers is embedded in thing, and not exported.
type pointers struct {
	Int    *int       `db:"p_int"`
	Bool   *bool      `db:"p_bool"`
	Text   *string    `db:"p_text"`
	Bytes  *[]byte    `db:"p_bytes"`
	Moment *time.Time `db:"p_moment"`
	Status *Status    `db:"p_status"`
	Point  *point     `db:"p_point"`
}

// thing has a column of every type.
type thing struct {
	ID uint32 `db:"id,pk"`
	Integers
	F32    float32       `db:"f32"`
	F64    float64       `db:"f64"`
	Yes    bool          `db:"yes"`
	Text   string        `db:"text"`
	Bytes  []byte        `db:"bytes"`
	Moment time.Time     `db:"moment"`
	Status Status        `db:"status"`
	Wait   time.Duration `db:"wait"`
	Point  point         `db:"point"`
	Tags   tags          `db:"tags"`
	pointers
	NText   sql.NullString      `db:"n_text"`
	NMoment sql.Null[time.Time] `db:"n_moment"`
}

var things = dao.Of[thing]("things")

func moment(nanoseconds int) time.Time {
	return time.Date(2026, 2, 3, 4, 5, 6, nanoseconds, time.UTC)
}

// small has the least values, and NULL wherever it may be.
func small() thing {
	return thing{
		Integers: Integers{I: math.MinInt, I8: math.MinInt8, I16: math.MinInt16, I32: math.MinInt32, I64: math.MinInt64},
		F32:      -math.MaxFloat32, F64: -math.MaxFloat64, Bytes: []byte{}, Wait: math.MinInt64, Tags: tags{},
	}
}

// large has the largest values, and none is NULL.
func large() thing {
	return thing{
		Integers: Integers{
			I: math.MaxInt, I8: math.MaxInt8, I16: math.MaxInt16, I32: math.MaxInt32, I64: math.MaxInt64,
			U: math.MaxInt64, U8: math.MaxUint8, U16: math.MaxUint16, U32: math.MaxUint32, U64: math.MaxInt64,
		},
		F32: math.SmallestNonzeroFloat32, F64: math.Inf(1), Yes: true, Text: "Терем 🏠 '\"\\%_", Bytes: []byte("\x00\xff\"'"),
		Moment: moment(123456000), Status: "open", Wait: math.MaxInt64, Point: point{3, -4}, Tags: tags{"a", "b"},
		pointers: pointers{
			Int: new(5), Bool: new(false), Text: new(""), Bytes: &[]byte{}, Moment: new(moment(1000)),
			Status: new(Status("shut")), Point: &point{5, 6},
		},
		NText: sql.NullString{String: "", Valid: true}, NMoment: sql.Null[time.Time]{V: moment(999999000), Valid: true},
	}
}

func TestTypesComeBackAsTheyWere(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, s *db.Session) {
		var all []thing
		for _, x := range []thing{large(), small(), large(), {Bytes: []byte{}, Tags: tags{"only"}}} {
			want := x
			must(t, things.Insert(ctx, s, &x))
			want.ID = x.ID
			if d := cmp.Diff(want, x, cmp.AllowUnexported(thing{})); d != "" {
				t.Errorf("Insert changed its row (-before +after):\n%s", d)
			}
			got, err := things.Get(ctx, s, x.ID)
			must(t, err)
			if d := cmp.Diff(&want, got, cmp.AllowUnexported(thing{})); d != "" {
				t.Errorf("Get (-want +got):\n%s", d)
			}
			all = append(all, want)
		}
		got, err := things.Find(ctx, s, dao.OrderBy("id"))
		must(t, err)
		if d := cmp.Diff(all, got, cmp.AllowUnexported(thing{})); d != "" {
			t.Errorf("Find (-want +got):\n%s", d)
		}
		queried, err := dao.Query[thing](ctx, s, "SELECT * FROM things ORDER BY id")
		must(t, err)
		if d := cmp.Diff(all, queried, cmp.AllowUnexported(thing{})); d != "" {
			t.Errorf("Query (-want +got):\n%s", d)
		}
		other := small()
		other.ID = all[0].ID
		must(t, things.Update(ctx, s, &other))
		if got, err := things.Get(ctx, s, other.ID); err != nil || !cmp.Equal(&other, got, cmp.AllowUnexported(thing{})) {
			t.Errorf("after an update: %+v, %v", got, err)
		}
	})
}

func TestTimesAreCutToWhatIsStored(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, s *db.Session) {
		zone := time.FixedZone("", -5*3600)
		mine := moment(1999).In(zone)
		x := thing{Moment: moment(1999).In(zone), pointers: pointers{Moment: &mine}, NMoment: sql.Null[time.Time]{V: mine, Valid: true}}
		must(t, things.Insert(ctx, s, &x))
		got, err := things.Get(ctx, s, x.ID)
		must(t, err)
		want := moment(1000)
		for name, at := range map[string]time.Time{
			"field after Insert": x.Moment, "pointer after Insert": *x.pointers.Moment,
			"field": got.Moment, "pointer": *got.pointers.Moment, "Null": got.NMoment.V,
		} {
			if at != want {
				t.Errorf("%s: %v, want %v", name, at, want)
			}
		}
		if mine != moment(1999).In(zone) {
			t.Errorf("a time of the caller's was changed to %v", mine)
		}
		if x.Bytes != nil || got.Bytes == nil {
			t.Errorf("nil bytes became %#v in the row and %#v in the table", x.Bytes, got.Bytes)
		}
	})
}

// What a column cannot hold is refused before it is sent, and alike.
func TestValuesThatColumnsCannotHold(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, s *db.Session) {
		good := user{Email: "a@example.com"}
		must(t, users.Insert(ctx, s, &good))
		insert := func(change func(*thing)) error {
			x := small()
			change(&x)
			return things.Insert(ctx, s, &x)
		}
		email := func(address string) error {
			u := user{ID: good.ID, Email: address}
			return users.Update(ctx, s, &u, "email")
		}
		for name, c := range map[string]struct {
			err  error
			want string
		}{
			"NaN":          {insert(func(x *thing) { x.F64 = math.NaN() }), "dao: the column f64: NaN"},
			"large uint":   {insert(func(x *thing) { x.U64 = math.MaxInt64 + 1 }), "dao: the column u64: the number is too large"},
			"NUL":          {insert(func(x *thing) { x.Text = "a\x00b" }), "dao: the column text: a text must be UTF-8 without NUL"},
			"no UTF-8":     {insert(func(x *thing) { x.Status = "\xc3" }), "dao: the column status: a text must be"},
			"in a pointer": {insert(func(x *thing) { x.pointers.Text = new("\x00") }), "dao: the column p_text: a text must be"},
			"long":         {email(strings.Repeat("é", 321)), "dao: the column email: a length of 321 is over the size of 320"},
		} {
			if db.ClassOf(c.err) != db.Data || !strings.Contains(c.err.Error(), c.want) {
				t.Errorf("%s: error %v, want …%s…", name, c.err, c.want)
			}
		}
		must(t, email(strings.Repeat("é", 320))) // and the session goes on
	})
}

func TestNullIntoAFieldThatCannotHoldIt(t *testing.T) {
	each(t, func(t *testing.T, ctx context.Context, s *db.Session) {
		type strict struct {
			ID   int64  `db:"id,pk"`
			Name string `db:"name"`
		}
		people(t, ctx, s, 1)
		err := nested(ctx, s, func() error {
			_, err := dao.Of[strict]("users").Get(ctx, s, 1)
			return err
		})
		if err == nil {
			t.Error("NULL was read as an empty string")
		}
	})
}
