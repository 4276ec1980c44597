package schema_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/dao"
	"github.com/terem-go/terem/internal/schema"
	"github.com/terem-go/terem/internal/schema/testdata/everything"
)

// What is read without running the program is what the program says.
func TestModelsAreThoseOfReflection(t *testing.T) {
	t.Parallel()
	got, err := schema.Models("testdata/everything")
	if err != nil {
		t.Fatal(err)
	}
	var want []*dao.Model
	for _, model := range everything.Tables() {
		m, err := model()
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, m)
	}
	byTable := func(a, b *dao.Model) int { return strings.Compare(a.Table, b.Table) }
	slices.SortFunc(got, byTable)
	slices.SortFunc(want, byTable)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("models (-reflection +reading):\n%s", diff)
	}
	s, err := schema.From(got)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), schema.SnapshotFile)
	if err := os.WriteFile(path, s.Marshal(), 0o666); err != nil {
		t.Fatal(err)
	}
	again, err := schema.ReadSnapshot(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(s, again); diff != "" {
		t.Errorf("a snapshot is another schema (-written +read):\n%s", diff)
	}
}

// module writes a module whose library is this checkout.
func module(t testing.TB, files ...string) string {
	t.Helper()
	dir := t.TempDir()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	mod := strings.Replace(string(text), "module github.com/terem-go/terem", "module example.com/shop", 1)
	sum, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "go.mod"), mod+"\nrequire github.com/terem-go/terem v0.0.0\nreplace github.com/terem-go/terem => "+root+"\n")
	write(t, filepath.Join(dir, "go.sum"), string(sum))
	for i := 0; i < len(files); i += 2 {
		write(t, filepath.Join(dir, files[i]), files[i+1])
	}
	return dir
}

func write(t testing.TB, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

// A program that does not compile has models all the same.
func TestModelsOfAProgramThatDoesNotCompile(t *testing.T) {
	t.Parallel()
	dir := module(t,
		"users/models.go", "package users\n\nimport (\n\t\"time\"\n\n\t\"example.com/shop/utils\"\n)\n\ntype User struct {\n\tID int64 `db:\"id,pk\"`\n\tAt time.Time `db:\"at\"`\n\tEmail utils.Email `db:\"email\"`\n}\n\nfunc (u User) Broken() int { return \"text\" }\n",
		"users/domain.go", "package users\n\nimport (\n\t\"github.com/terem-go/terem/dao\"\n\t\"example.com/none\"\n)\n\ntype Repository struct { dao.Table[User]; none.Thing }\n\nvar all = Repository{dao.Of[User](\"users\")}.Missing()\n",
		"users/other_windows.go", "package users\n\ntype User struct{}\n",
		"utils/utils.go", "package utils\n\nimport \"nowhere\"\n\ntype Email string\n\nvar x int = nowhere.Nothing\n",
	)
	got, err := schema.Models(dir)
	if err != nil {
		t.Fatal(err)
	}
	want := []*dao.Model{{Table: "users", Type: "users.User", Columns: []dao.Column{
		{Name: "id", Field: "ID", Type: "int64", Kind: "int64", Key: true, Identity: true},
		{Name: "at", Field: "At", Type: "time.Time", Kind: dao.KindTime},
		{Name: "email", Field: "Email", Type: "utils.Email", Kind: "string"},
	}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("models (-want +got):\n%s", diff)
	}
}

func TestModelsThatCannotBeRead(t *testing.T) {
	t.Parallel()
	const head = "package shop\n\nimport \"github.com/terem-go/terem/dao\"\n\n"
	for name, c := range map[string]struct{ code, want string }{
		"name":     {"var n = \"a\"\ntype A struct { ID int `db:\"id\"` }\nvar t = dao.Of[A](n)\n", "shop.go:7: the table's name is no constant: terem reads it without running the program"},
		"local":    {"func f() { type A struct { ID int `db:\"id\"` }; _ = dao.Of[A](\"a\") }\n", "shop.go:5: the type A cannot be read: it must be declared outside of functions"},
		"generic":  {"func f[T any]() { _ = dao.Of[T](\"a\") }\n", "shop.go:5: the type T cannot be read"},
		"twice":    {"type A struct { ID int `db:\"id\"` }\ntype B struct { ID int `db:\"id\"` }\nvar a, b = dao.Of[A](\"a\"), dao.Of[B](\"a\")\n", "shop.go:7: the table a is described by shop.A and by shop.B"},
		"tag":      {"type A struct { ID int `db:\"id,key\"` }\nvar a = dao.Of[A](\"a\")\n", "shop.go:6: dao: shop.A.ID: unknown option \"key\" in its tag"},
		"no tag":   {"type A struct { ID int }\nvar a = dao.Of[A](\"a\")\n", "dao: shop.A.ID: has no db tag"},
		"type":     {"type A struct { ID map[string]int `db:\"id\"` }\nvar a = dao.Of[A](\"a\")\n", "dao: shop.A.ID: the type map[string]int cannot be a column"},
		"missing":  {"type A struct { ID Gone `db:\"id\"` }\nvar a = dao.Of[A](\"a\")\n", "dao: shop.A.ID: the type cannot be read"},
		"pointer":  {"type B struct { ID int `db:\"id\"` }\ntype A struct { *B }\nvar a = dao.Of[A](\"a\")\n", "dao: shop.A.B: is embedded by a pointer"},
		"values":   {"type E string\nfunc (E) Values() []string { return list }\nvar list []string\ntype A struct { E E `db:\"e\"` }\nvar a = dao.Of[A](\"a\")\n", "dao: shop.A.E: the method Values of shop.E must return a list of constants"},
		"method":   {"type A struct { ID int `db:\"id\"` }\nfunc (A) Table(t *dao.Def) { for range 2 { t.Index(\"id\") } }\nvar a = dao.Of[A](\"a\")\n", "shop.go:6: the method Table of shop.A may only call Index, Unique and Check of its parameter"},
		"column":   {"type A struct { ID int `db:\"id\"` }\nfunc (A) Table(t *dao.Def) { t.Index(\"colour\") }\nvar a = dao.Of[A](\"a\")\n", "dao: shop.A: the method Table: an index names the column \"colour\""},
		"no table": {"type A struct { ID int `db:\"id\"` }\nfunc (A) Table() {}\nvar a = dao.Of[A](\"a\")\n", "the method Table is func(); expected func(*dao.Def)"},
		"syntax":   {"type A struct { ID int `db:\"id\"` \nvar a = dao.Of[A](\"a\")\n", "a file cannot be read: "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := schema.Models(module(t, "shop.go", head+c.code))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v\nwant …%s…", err, c.want)
			}
		})
	}
}

func TestModelsThatDoNotFitTogether(t *testing.T) {
	t.Parallel()
	for want, code := range map[string]string{
		"a.b refers to the table gone, which no model describes":      "type A struct { B int `db:\"b,ref:gone\"` }\nvar a = dao.Of[A](\"a\")\n",
		"a.b refers to a.c, and a has no such column":                 "type A struct { B int `db:\"b,ref:a.c\"` }\nvar a = dao.Of[A](\"a\")\n",
		"a.b refers to a.c, which must be the key (pk) or unique":     "type A struct { B int `db:\"b,ref:a.c\"`; C int `db:\"c\"` }\nvar a = dao.Of[A](\"a\")\n",
		"a.b is string and refers to a.id, which is int64":            "type A struct { ID int `db:\"id,pk\"`; B string `db:\"b,ref:a\"` }\nvar a = dao.Of[A](\"a\")\n",
		"an index of a and an index of a_b have the same name in the": "type A struct { B int `db:\"b_c,index\"` }\ntype B struct { C int `db:\"c,index\"` }\nvar a, b = dao.Of[A](\"a\"), dao.Of[B](\"a_b\")\n",
	} {
		models, err := schema.Models(module(t, "shop.go", "package shop\n\nimport \"github.com/terem-go/terem/dao\"\n\n"+code))
		if err == nil {
			_, err = schema.From(models)
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v\nwant …%s…", err, want)
		}
	}
}
