package schema_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/internal/schema"
)

var both = []db.Dialect{db.SQLite, db.Postgres}

func TestWhatNeedsAnAnswer(t *testing.T) {
	t.Parallel()
	before := models(t, described(t, "users", "int64", "id,pk", "string", "name", "*int64", "age"), described(t, "old", "int64", "id,pk"))
	old := described(t, "old", "int64", "id,pk")
	for name, c := range map[string]struct {
		after *schema.Schema
		o     schema.Options
		want  []string // errors, or none
	}{
		"a column may be renamed": {models(t, old, described(t, "users", "int64", "id,pk", "string", "full_name", "*int64", "age")), schema.Options{},
			[]string{"the column users.name is gone and users.full_name is new: if it was renamed, --rename users.name:users.full_name; if its data is to be dropped, --allow-drop"}},
		"a table may be renamed": {models(t, old, described(t, "people", "int64", "id,pk", "string", "name", "*int64", "age")), schema.Options{},
			[]string{"the table users is gone and people is new: if it was renamed, --rename users:people;"}},
		"a column is dropped": {models(t, old, described(t, "users", "int64", "id,pk", "string", "name")), schema.Options{},
			[]string{"no model has the column users.age any more: if its data is to be dropped, --allow-drop; if it has another name now, --rename users.age:users.NEW"}},
		"a table is dropped": {models(t, described(t, "users", "int64", "id,pk", "string", "name", "*int64", "age")), schema.Options{},
			[]string{"no model has the table old any more: if its data is to be dropped, --allow-drop;"}},
		"rows need a value": {models(t, old, described(t, "users", "int64", "id,pk", "string", "name", "*int64", "age", "string", "city")), schema.Options{},
			[]string{"users.city is new and may not be NULL, and rows that are there need a value", `default:'' in its tag`, `--fill "users.city:''"`}},
		"a type needs a way": {models(t, old, described(t, "users", "int64", "id,pk", "string", "name", "*time", "age")), schema.Options{},
			[]string{"users.age changes from int64 to time: say how", `--fill "users.age:CAST(age AS TIMESTAMPTZ)"`}},
		"every problem is told": {models(t, described(t, "users", "int64", "id,pk", "string", "full_name")), schema.Options{},
			[]string{"users.name is gone", "the column users.age", "the table old"}},
		"allowed":              {models(t, described(t, "users", "int64", "id,pk", "string", "full_name,default:''")), schema.Options{AllowDrop: true}, nil},
		"renamed":              {models(t, old, described(t, "people", "int64", "id,pk", "string", "full_name", "*int64", "age")), schema.Options{Renames: []string{"users.name:people.full_name", "users:people"}}, nil},
		"a form":               {before, schema.Options{Renames: []string{"users"}}, []string{"--rename users is not of the form users:accounts or users.name:users.full_name"}},
		"no such table":        {before, schema.Options{Renames: []string{"none:users"}}, []string{"--rename none:users: there was no table none"}},
		"no such column":       {before, schema.Options{Renames: []string{"users.none:users.name"}}, []string{"there was no column users.none"}},
		"no new table":         {before, schema.Options{Renames: []string{"users:none"}}, []string{"no model describes the table none"}},
		"no new column":        {before, schema.Options{Renames: []string{"users.name:users.none"}}, []string{"no model describes the column users.none"}},
		"both are there":       {before, schema.Options{Renames: []string{"users.name:users.age"}}, []string{"both columns are there before or after it"}},
		"both tables":          {before, schema.Options{Renames: []string{"users:old"}}, []string{"both tables are there before or after it"}},
		"another table":        {models(t, described(t, "old", "int64", "id,pk", "string", "name"), described(t, "users", "int64", "id,pk", "*int64", "age")), schema.Options{Renames: []string{"users.name:old.name"}}, []string{"a column stays in its table"}},
		"fill of a form":       {before, schema.Options{Fills: []string{"users.name"}}, []string{"--fill users.name is not of the form \"orders.status:'new'\""}},
		"fill of no column":    {before, schema.Options{Fills: []string{"users.none:0"}}, []string{"no model describes the column users.none"}},
		"fill without quotes":  {models(t, old, described(t, "users", "int64", "id,pk", "string", "name", "*int64", "age", "string", "city")), schema.Options{Fills: []string{"users.city:none"}}, []string{"none is the name of a column in SQL, and users has none of this name", `--fill "users.city:'none'"`}},
		"fill of no change":    {before, schema.Options{Fills: []string{"users.name:'a'"}}, []string{"the column does not change; write an --empty migration"}},
		"fill of a new table":  {models(t, old, described(t, "users", "int64", "id,pk", "string", "name", "*int64", "age"), described(t, "new", "int64", "id,pk")), schema.Options{Fills: []string{"new.id:0"}}, []string{"the table is new and has no rows"}},
		"nothing to do at all": {before, schema.Options{}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files, err := schema.Change(before, c.after, both, c.o)
			if (err == nil) != (c.want == nil) {
				t.Fatalf("error %v, want %q", err, c.want)
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("error %v\nwant …%s…", err, want)
				}
			}
			if (len(files) > 0) != (err == nil && c.after != before) {
				t.Errorf("%d files", len(files))
			}
		})
	}
}

// Somebody at a terminal is asked what was renamed, and nothing else.
func TestAsking(t *testing.T) {
	t.Parallel()
	before := models(t, described(t, "users", "int64", "id,pk", "string", "name", "*int64", "age"))
	after := models(t, described(t, "people", "int64", "id,pk", "string", "nick", "string", "full_name,default:''", "*int64", "age"))
	var asked []string
	o := schema.Options{Ask: func(q string) (bool, error) {
		asked = append(asked, q)
		return !strings.Contains(q, "nick"), nil
	}, Fills: []string{"people.nick:'?'"}}
	files, err := schema.Change(before, after, []db.Dialect{db.Postgres}, o)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"The table users is gone and people is new. Was it renamed?",
		"The column users.name is gone and people.nick is new. Was it renamed?",
		"The column users.name is gone and people.full_name is new. Was it renamed?",
	}
	if !slices.Equal(asked, want) {
		t.Errorf("asked %q", asked)
	}
	if !strings.Contains(files[0].Text, "RENAME COLUMN name TO full_name") || strings.Contains(files[0].Text, "DROP COLUMN name;\n\n-- +goose Down") {
		t.Errorf("wrote\n%s", files[0].Text)
	}
	o.Ask = func(string) (bool, error) { return false, nil }
	if _, err := schema.Change(before, after, both, o); err == nil || !strings.Contains(err.Error(), "no model has the table users any more") {
		t.Errorf("after a no: %v", err)
	}
	gone := errors.New("gone")
	o.Ask = func(string) (bool, error) { return false, gone }
	if _, err := schema.Change(before, after, both, o); !errors.Is(err, gone) {
		t.Errorf("nobody answers: %v", err)
	}
}
