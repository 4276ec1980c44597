package cli_test

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/internal/scaffold"
)

// shop returns the folder of a new application.
func shop(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "shop")
	if _, err := scaffold.New(t.Context(), scaffold.Options{Dir: dir, Database: scaffold.SQLite}); err != nil {
		t.Fatal(err)
	}
	return dir
}

// edit replaces a text in a file of an application.
func edit(t *testing.T, name, old, new string) {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), old) {
		t.Fatalf("%s has no %q", name, old)
	}
	write(t, name, strings.Replace(string(text), old, new, 1))
}

// migrations returns the files below an application's migrations.
func migrations(t *testing.T, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	fsys := os.DirFS(filepath.Join(dir, "migrations"))
	err := fs.WalkDir(fsys, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(fsys, p)
		found[p] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestMigrateNew(t *testing.T) {
	t.Parallel()
	dir := shop(t)
	before := migrations(t, dir)
	if status, out, complaint := terem(t, "migrate", "new", "nothing", "--dir", dir); status != 0 || out != "Nothing to do: the models are what the migrations lead to.\n" || complaint != "" {
		t.Errorf("status %d, printed %q and %q", status, out, complaint)
	}
	models := filepath.Join(dir, "users", "models.go")
	edit(t, models, "	IsSuperuser ", "	Nick *string `db:\"nick,size:20\"`\n	IsSuperuser ")
	status, out, complaint := terem(t, "migrate", "new", "nicks", "--dir", dir)
	want := "Wrote " + filepath.Join(dir, "migrations/sqlite/00002_nicks.sql") + "\nWrote " + filepath.Join(dir, "migrations/postgres/00002_nicks.sql") +
		"\nRead them, then apply them: go run . migrate up\n"
	if status != 0 || out != want || complaint != "" {
		t.Errorf("status %d, printed\n%swant\n%son standard error %q", status, out, want, complaint)
	}
	after := migrations(t, dir)
	if diff := cmp.Diff("-- +goose Up\nALTER TABLE users ADD COLUMN nick VARCHAR(20);\n\n-- +goose Down\n-- The values of users.nick are lost.\nALTER TABLE users DROP COLUMN nick;\n", after["postgres/00002_nicks.sql"]); diff != "" {
		t.Error(diff)
	}
	if !strings.Contains(after["schema.json"], "{\"name\":\"nick\",\"kind\":\"string\",\"size\":20,\"nullable\":true}") || len(after) != len(before)+2 {
		t.Errorf("there are %q", slices.Sorted(maps.Keys(after)))
	}

	edit(t, models, "Nick *string `db:\"nick,size:20\"`", "Alias *string `db:\"alias,size:20\"`")
	status, out, _ = terem(t, "migrate", "new", "alias", "--dir", dir, "--rename", "users.nick:users.alias")
	if status != 0 || !strings.Contains(out, "Mind: postgres/00003_alias.sql: programs that know users by its names of before fail (rename)") {
		t.Errorf("status %d, printed %s", status, out)
	}
	if status, out, _ := terem(t, "migrate", "lint", "--dir", dir); status != 0 {
		t.Errorf("status %d: lint finds in what was written:\n%s", status, out)
	}

	if status, out, _ := terem(t, "migrate", "new", "data", "--empty", "--dir", dir); status != 0 || !strings.Contains(out, "00004_data.sql") {
		t.Errorf("status %d, printed %s", status, out)
	}
	if text := migrations(t, dir)["sqlite/00004_data.sql"]; text != "-- +goose Up\n\n-- +goose Down\n" {
		t.Errorf("an empty migration is %q", text)
	}
}

// What is wrong is said with the way out, and nothing is written.
func TestMigrateNewRefuses(t *testing.T) {
	t.Parallel()
	dir := shop(t)
	models := filepath.Join(dir, "users", "models.go")
	original, err := os.ReadFile(models)
	if err != nil {
		t.Fatal(err)
	}
	before := migrations(t, dir)
	const nick = "	Nick *string `db:\"nick\"`\n	IsSuperuser "
	for _, c := range []struct {
		name, old, new string
		args           []string
		status         int
		want           string
	}{
		{"no name", "", "", nil, 1, "the migration needs a name: terem migrate new add_orders"},
		{"a bad name", "	IsSuperuser ", nick, []string{"Add Nick!"}, 1, `the name "Add Nick!" becomes part of a file's: give one of a-z, 0-9 and _`},
		{"a bad flag", "", "", []string{"x", "--drop"}, 2, "unknown flag --drop"},
		{"two ways", "", "", []string{"x", "--empty", "--record"}, 1, "go with no other option but --dir"},
		{"a rename without an answer", `db:"name,size:100"`, `db:"full_name,size:100"`, []string{"x"}, 1, "--rename users.name:users.full_name; if its data is to be dropped, --allow-drop"},
		{"a drop without leave", "	Name         string     `db:\"name,size:100\"`\n", "", []string{"x"}, 1, "no model has the column users.name any more"},
		{"a value is missing", "	IsSuperuser ", "	Nick string `db:\"nick\"`\n	IsSuperuser ", []string{"x"}, 1, "users.nick is new and may not be NULL"},
		{"a tag", "size:254", "size:many", []string{"x"}, 1, "users/domain.go:27: dao: users.User.Email: size:many is not a size"},
		{"syntax", "type User struct {", "type User struct", []string{"x"}, 1, "a file cannot be read: "},
		{"a reference", `db:"name,size:100"`, `db:"name,ref:people.name"`, []string{"x"}, 1, "users.name refers to the table people, which no model describes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			write(t, models, strings.Replace(string(original), c.old, c.new, 1))
			status, out, complaint := terem(t, append([]string{"migrate", "new", "--dir", dir}, c.args...)...)
			if status != c.status || out != "" || !strings.Contains(complaint, c.want) {
				t.Errorf("status %d, printed %q and %q, want %q", status, out, complaint, c.want)
			}
			if diff := cmp.Diff(before, migrations(t, dir)); diff != "" {
				t.Errorf("migrations changed:\n%s", diff)
			}
		})
	}
	elsewhere := t.TempDir()
	if status, _, complaint := terem(t, "migrate", "new", "x", "--dir", elsewhere); status != 1 || !strings.Contains(complaint, elsewhere+" is no application: neither migrations/sqlite nor migrations/postgres is a folder there") {
		t.Errorf("status %d, on standard error %q", status, complaint)
	}
	empty(t, elsewhere)
}

// Migrations that were written by hand have no snapshot, and get one.
func TestMigrateNewOfHandWrittenMigrations(t *testing.T) {
	t.Parallel()
	dir := shop(t)
	snapshot := filepath.Join(dir, "migrations", "schema.json")
	want, err := os.ReadFile(snapshot)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(snapshot); err != nil {
		t.Fatal(err)
	}
	if status, _, complaint := terem(t, "migrate", "new", "x", "--dir", dir); status != 1 || !strings.Contains(complaint, "terem migrate new --record; terem migrate verify URL tells") {
		t.Errorf("status %d, on standard error %q", status, complaint)
	}
	if status, out, _ := terem(t, "migrate", "new", "--record", "--dir", dir); status != 0 || out != "Recorded the models.\n" {
		t.Errorf("status %d, printed %q", status, out)
	}
	if got, err := os.ReadFile(snapshot); err != nil || string(got) != string(want) {
		t.Errorf("recorded %s, %v", got, err)
	}
}

func TestMigrateVerify(t *testing.T) {
	t.Parallel()
	dir := shop(t)
	files := os.DirFS(filepath.Join(dir, "migrations"))
	urls := map[string]string{"sqlite": dbtest.SQLiteURL(t, files), "postgres": dbtest.PostgresURL(t, files)}
	for name, url := range urls {
		if status, out, complaint := terem(t, "migrate", "verify", url, "--dir", dir); status != 0 || out != "The database is what the models say. Tables: 1\n" {
			t.Errorf("%s: status %d, printed %q and %q", name, status, out, complaint)
		}
	}
	models := filepath.Join(dir, "users", "models.go")
	edit(t, models, "size:100", "size:90,index")
	edit(t, models, "	IsSuperuser ", "	Nick *string `db:\"nick\"`\n	IsSuperuser ")
	for name, want := range map[string]string{
		"sqlite": "check of users: length(name) <= 100 is not wanted: without a name\ncheck of users: length(name) <= 90 is not there; wanted: without a name\n" +
			"column users.nick is not there; wanted: TEXT\nindex users_name_idx of users is not there; wanted: index on name\n",
		"postgres": "column users.name is character varying(100) NOT NULL; wanted: character varying(90) NOT NULL\ncolumn users.nick is not there; wanted: text\n" +
			"index users_name_idx of users is not there; wanted: CREATE INDEX users_name_idx ON users USING btree (name)\n",
	} {
		status, out, complaint := terem(t, "migrate", "verify", urls[name], "--dir", dir)
		if diff := cmp.Diff(want, out); status != 1 || diff != "" || !strings.Contains(complaint, "differences between the database and the models") {
			t.Errorf("%s: status %d, on standard error %q, printed\n%s", name, status, complaint, diff)
		}
	}
	missing := filepath.Join(t.TempDir(), "none.db")
	if status, _, complaint := terem(t, "migrate", "verify", "sqlite:"+missing, "--dir", dir); status != 1 || !strings.Contains(complaint, "error: there is no file "+missing+". To make it: go run . migrate up") {
		t.Errorf("status %d, on standard error %q", status, complaint)
	}
	empty(t, filepath.Dir(missing))
	if status, _, complaint := terem(t, "migrate", "verify", "postgres://shop:secret@127.0.0.1:1/shop", "--dir", dir); status != 1 || strings.Contains(complaint, "secret") {
		t.Errorf("status %d, on standard error %q", status, complaint)
	}
}
