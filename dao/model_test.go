package dao_test

import (
	"database/sql"
	"database/sql/driver"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/dao"
	"github.com/terem-go/terem/db"
)

// Stamps is embedded, as models share it.
type Stamps struct {
	CreatedAt time.Time `db:"created_at,created"`
	UpdatedAt time.Time `db:"updated_at,updated"`
}

type Status string

type account struct {
	ID     int    `db:"id,pk"`
	Email  string `db:"email,unique,size:320"`
	Status Status `db:"status"`
	Stamps
	Nick    *string         `db:"nick,size:40"`
	Wait    time.Duration   `db:"wait"`
	Shares  uint            `db:"shares"`
	Picture []byte          `db:"picture,size:1000"`
	Parent  sql.Null[int64] `db:"parent"`
	Plain   string          `db:"-"`
	hidden  bool
}

func TestModel(t *testing.T) {
	t.Parallel()
	got, err := dao.Of[account]("accounts").Model()
	if err != nil {
		t.Fatal(err)
	}
	_ = account{}.hidden // a field that is not exported needs no tag
	want := &dao.Model{Table: "accounts", Type: "dao_test.account", Columns: []dao.Column{
		{Name: "id", Field: "ID", Type: "int", Kind: "int64", Key: true, Identity: true},
		{Name: "email", Field: "Email", Type: "string", Kind: "string", Unique: true, Size: 320},
		{Name: "status", Field: "Status", Type: "dao_test.Status", Kind: "string"},
		{Name: "created_at", Field: "Stamps.CreatedAt", Type: "time.Time", Kind: dao.KindTime, Created: true},
		{Name: "updated_at", Field: "Stamps.UpdatedAt", Type: "time.Time", Kind: dao.KindTime, Updated: true},
		{Name: "nick", Field: "Nick", Type: "*string", Kind: "string", Nullable: true, Size: 40},
		{Name: "wait", Field: "Wait", Type: "time.Duration", Kind: "int64"},
		{Name: "shares", Field: "Shares", Type: "uint", Kind: "uint64"},
		{Name: "picture", Field: "Picture", Type: "[]uint8", Kind: dao.KindBytes, Size: 1000},
		{Name: "parent", Field: "Parent", Type: "sql.Null[int64]", Kind: "int64", Nullable: true},
	}}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("model (-want +got):\n%s", d)
	}
	if d := cmp.Diff(want.Columns[:1], got.Key()); d != "" {
		t.Errorf("key (-want +got):\n%s", d)
	}
}

func TestOnlyASingleIntegerKeyIsNumbered(t *testing.T) {
	t.Parallel()
	type slug struct {
		Slug string `db:"slug,pk"`
	}
	type pair struct {
		A int64 `db:"a,pk"`
		B int64 `db:"b,pk"`
	}
	type small struct {
		ID uint8 `db:"id,pk"`
	}
	for name, c := range map[string]struct {
		model func() (*dao.Model, error)
		want  bool
	}{
		"string":  {dao.Of[slug]("t").Model, false},
		"pair":    {dao.Of[pair]("t").Model, false},
		"integer": {dao.Of[small]("t").Model, true},
	} {
		m, err := c.model()
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, column := range m.Key() {
			if column.Identity != c.want {
				t.Errorf("%s: identity of %s is %t", name, column.Name, column.Identity)
			}
		}
	}
}

type readOnly struct{ _ time.Time }

func (r *readOnly) Scan(src any) error { return nil }

type writeOnly string

func (w writeOnly) Value() (driver.Value, error) { return string(w), nil }

type embedded struct {
	ID int64 `db:"id"`
}

func TestWrongDescriptionsAreToldWithStructFieldAndReason(t *testing.T) {
	t.Parallel()
	model := func(m *dao.Model, err error) error { return err }
	for _, c := range []struct {
		err  error
		want string
	}{
		{model(dao.Of[int]("t").Model()), "dao: int is not a struct"},
		{model(dao.Of[*account]("t").Model()), "dao: *dao_test.account is not a struct"},
		{model(dao.Of[struct{}]("t").Model()), "dao: struct {} has no columns"},
		{model(dao.Of[account]("Accounts").Model()), `dao: the table of dao_test.account: "Accounts" is not a name`},
		{model(dao.Of[account](`a"; DROP TABLE b --`).Model()), "is not a name for a table"},
		{model(dao.Of[account]("").Model()), "is not a name for a table"},
		{model(dao.Of[account](strings.Repeat("a", 64)).Model()), "expected 1 to 63 of a-z"},
		{model(dao.Of[struct {
			A int `db:""`
		}]("t").Model()), `.A: "" is not a name`},
		{model(dao.Of[struct {
			A int `db:"1a"`
		}]("t").Model()), `.A: "1a" is not a name`},
		{model(dao.Of[struct {
			A int `db:"a b"`
		}]("t").Model()), `.A: "a b" is not a name`},
		{model(dao.Of[struct {
			A int `db:"ä"`
		}]("t").Model()), `.A: "ä" is not a name`},
		{model(dao.Of[struct {
			A int `db:"a,uniqe"`
		}]("t").Model()), `.A: unknown option "uniqe" in its tag; the options are pk, unique, index, size:100,`},
		{model(dao.Of[struct {
			A int `db:"a, pk"`
		}]("t").Model()), `.A: unknown option " pk"`},
		{model(dao.Of[struct {
			A int `db:"a,"`
		}]("t").Model()), `.A: unknown option ""`},
		{model(dao.Of[struct {
			A int `db:"a,pk:1"`
		}]("t").Model()), `.A: pk takes no value, and has "1"`},
		{model(dao.Of[struct {
			A string `db:"a,size"`
		}]("t").Model()), `.A: size needs a value, as in size:100`},
		{model(dao.Of[struct {
			A string `db:"a,size:0"`
		}]("t").Model()), `.A: size:0 is not a size; expected a number from 1 up`},
		{model(dao.Of[struct {
			A string `db:"a,size:x"`
		}]("t").Model()), `.A: size:x is not a size`},
		{model(dao.Of[struct {
			A int `db:"a,size:5"`
		}]("t").Model()), `.A: a size is for strings and []byte, not for int`},
		{model(dao.Of[struct {
			A int `db:"a,unique,unique"`
		}]("t").Model()), `.A: the option unique stands twice in its tag`},
		{model(dao.Of[struct {
			A *int `db:"a,pk"`
		}]("t").Model()), `.A: a part of the primary key cannot be NULL, so its type cannot be *int`},
		{model(dao.Of[struct {
			A string `db:"a,created"`
		}]("t").Model()), `.A: created and updated are for a time.Time, not for string`},
		{model(dao.Of[struct {
			A *time.Time `db:"a,updated"`
		}]("t").Model()), `.A: created and updated are for a time.Time, not for *time.Time`},
		{model(dao.Of[struct {
			A int `db:"a"`
			B int `db:"a"`
		}]("t").Model()), `.B: the column a is that of the field A already`},
		{model(dao.Of[struct {
			embedded
			B int `db:"id"`
		}]("t").Model()), `.B: the column id is that of the field embedded.ID already`},
		{model(dao.Of[struct {
			A int `db:"a"`
			B int
		}]("t").Model()), `.B: has no db tag: name its column, or leave it out with db:"-"`},
		{model(dao.Of[struct {
			*Stamps
		}]("t").Model()), `.Stamps: is embedded by a pointer: embed the struct itself`},
		{model(dao.Of[struct {
			a int `db:"a"`
		}]("t").Model()), `.a: has a db tag and is not exported`},
		{model(dao.Of[struct {
			A map[string]int `db:"a"`
		}]("t").Model()), `.A: the type map[string]int cannot be a column: expected a number`},
		{model(dao.Of[struct {
			A **int `db:"a"`
		}]("t").Model()), `.A: the type **int cannot be a column`},
		{model(dao.Of[struct {
			A any `db:"a"`
		}]("t").Model()), `.A: the type interface {} cannot be a column`},
		{model(dao.Of[struct {
			A []string `db:"a"`
		}]("t").Model()), `.A: the type []string cannot be a column`},
		{model(dao.Of[struct {
			A complex128 `db:"a"`
		}]("t").Model()), `.A: the type complex128 cannot be a column`},
		{model(dao.Of[struct {
			A account `db:"a"`
		}]("t").Model()), `.A: the type dao_test.account cannot be a column`},
		{model(dao.Of[struct {
			A readOnly `db:"a"`
		}]("t").Model()), `.A: dao_test.readOnly must be both a sql.Scanner and a driver.Valuer, or neither`},
		{model(dao.Of[struct {
			A *writeOnly `db:"a"`
		}]("t").Model()), `.A: dao_test.writeOnly must be both a sql.Scanner and a driver.Valuer, or neither`},
	} {
		if c.err == nil || !strings.Contains(c.err.Error(), c.want) {
			t.Errorf("error %v\nwant …%s…", c.err, c.want)
		}
	}
}

func TestEveryWrongFieldIsTold(t *testing.T) {
	t.Parallel()
	type wrong struct {
		ID   int64 `db:"id,key"`
		Name string
		Tags []string `db:"tags"`
	}
	_, err := dao.Of[wrong]("wrong").Model()
	if err == nil {
		t.Fatal("no error")
	}
	for _, field := range []string{"dao_test.wrong.ID: ", "dao_test.wrong.Name: ", "dao_test.wrong.Tags: "} {
		if !strings.Contains(err.Error(), field) {
			t.Errorf("%q is not in\n%v", field, err)
		}
	}
}

func TestEveryOperationReturnsWhatIsWrong(t *testing.T) {
	t.Parallel()
	type wrong struct {
		ID int64 `db:"id,key"`
	}
	type keyless struct {
		ID int64 `db:"id"`
	}
	var s *db.Session // nothing is sent
	ctx := t.Context()
	operations := func(t dao.Table[wrong]) map[string]error {
		m := map[string]error{}
		_, m["Model"] = t.Model()
		_, m["Get"] = t.Get(ctx, s, 1)
		_, m["One"] = t.One(ctx, s)
		_, m["Find"] = t.Find(ctx, s)
		_, m["Count"] = t.Count(ctx, s)
		_, m["Exists"] = t.Exists(ctx, s)
		_, _, m["Page"] = t.Page(ctx, s, 1, 1)
		m["Insert"] = t.Insert(ctx, s, &wrong{})
		m["Update"] = t.Update(ctx, s, &wrong{})
		m["Delete"] = t.Delete(ctx, s, 1)
		return m
	}
	for name, err := range operations(dao.Of[wrong]("wrong")) {
		if err == nil || !strings.Contains(err.Error(), `dao_test.wrong.ID: unknown option "key"`) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, err := range operations(dao.Table[wrong]{}) {
		if err == nil || !strings.Contains(err.Error(), "dao.Of") {
			t.Errorf("%s of a Table that Of did not make: %v", name, err)
		}
	}

	k := dao.Of[keyless]("keyless")
	if _, err := k.Model(); err != nil {
		t.Errorf("a table without a key is refused: %v", err)
	}
	needs := map[string]error{}
	_, needs["Get"] = k.Get(ctx, s, 1)
	_, _, needs["Page"] = k.Page(ctx, s, 1, 1)
	needs["Update"] = k.Update(ctx, s, &keyless{})
	needs["Delete"] = k.Delete(ctx, s, 1)
	for name, err := range needs {
		if err == nil || !strings.Contains(err.Error(), "dao_test.keyless has no primary key") {
			t.Errorf("%s without a key: %v", name, err)
		}
	}
}
