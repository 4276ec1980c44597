package structure_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/terem-go/terem/dao"
	"github.com/terem-go/terem/internal/scaffold/app/users"
	"github.com/terem-go/terem/internal/structure"
)

var update = flag.Bool("update", false, "write the golden files")

func facts(t *testing.T, dir string) *structure.App {
	t.Helper()
	a, err := structure.Read(load(t, dir))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// asJSON returns the facts as terem map --json prints them.
func asJSON(t *testing.T, a *structure.App) string {
	t.Helper()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "\t")
	if err := e.Encode(a); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestFactsOfTemplate(t *testing.T) {
	t.Parallel()
	got, golden := asJSON(t, facts(t, template)), "testdata/template.json"
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(read(t, golden), got); diff != "" {
		t.Errorf("facts of the template (-want +got); if they are meant, run: go test ./internal/structure -run TestFacts -update\n%s", diff)
	}
}

// The small programs say what is read of each sort of fact. Their rooms are left
// out.
func TestFacts(t *testing.T) {
	t.Parallel()
	programs, err := filepath.Glob("testdata/facts/*.txtar")
	if err != nil || len(programs) == 0 {
		t.Fatal(programs, err)
	}
	for _, program := range programs {
		t.Run(strings.TrimSuffix(filepath.Base(program), ".txtar"), func(t *testing.T) {
			t.Parallel()
			archive := txtar.Parse([]byte(read(t, program)))
			i := slices.IndexFunc(archive.Files, func(f txtar.File) bool { return f.Name == "want.json" })
			if i < 0 {
				archive.Files = append(archive.Files, txtar.File{Name: "want.json"})
				i = len(archive.Files) - 1
			}
			a := facts(t, module(t, string(txtar.Format(archive))))
			a.Rooms = nil
			want, got := string(archive.Files[i].Data), asJSON(t, a)
			if *update {
				archive.Files[i].Data = []byte(got)
				if err := os.WriteFile(program, txtar.Format(archive), 0o666); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (-want +got); if it is meant, run: go test ./internal/structure -run TestFacts -update\n%s", program, diff)
			}
		})
	}
}

// What is read is what the running application says of itself.
func TestRoutesAreThoseOfTheProgram(t *testing.T) {
	t.Parallel()
	cmd := exec.Command("go", "run", ".", "routes", "--json")
	cmd.Dir = template
	cmd.Env = append(os.Environ(), "ENVIRONMENT=development", "DATABASE_URL=sqlite:"+filepath.Join(t.TempDir(), "app.db"))
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, complaint.String())
	}
	type route struct {
		Method, Path, Handler, Session, Policy, Place string
		Dependencies                                  []string
	}
	var want, got []route
	if err := json.Unmarshal(out, &want); err != nil {
		t.Fatal(err)
	}
	want = slices.DeleteFunc(want, func(r route) bool {
		return strings.HasPrefix(r.Place, "app/") || strings.HasPrefix(r.Place, "operator/")
	}) // those of the library
	sessions := map[string]string{"none": "api.None", "reader": "*db.Reader", "session": "*db.Session", "db": "*db.DB"}
	for _, r := range facts(t, template).Routes {
		handler := path.Base(r.Room) + "." + strings.NewReplacer("(*", "", ")", "").Replace(r.Handler)
		session := sessions[r.Session]
		if i := slices.IndexFunc(want, func(w route) bool { return w.Place == r.At.String() }); i >= 0 && want[i].Session == "-" {
			handler, session = want[i].Handler, "-" // a handler of the library: the program knows what it is, the source where it comes from
		}
		got = append(got, route{r.Method, r.Path, handler, session, r.Policy, r.At.String(), append([]string{}, r.Dependencies...)})
	}
	for _, list := range [][]route{want, got} {
		slices.SortFunc(list, func(a, b route) int { return strings.Compare(a.Place, b.Place) })
	}
	if len(want) == 0 {
		t.Fatal("the program has no routes")
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("routes (-of the program +read):\n%s", diff)
	}
}

func TestTablesAreThoseOfTheProgram(t *testing.T) {
	t.Parallel()
	d, err := users.New(users.Config{Name: "shop", Secrets: []string{strings.Repeat("x", 32)}})
	if err != nil {
		t.Fatal(err)
	}
	type table struct {
		Name, Model string
		Columns     []string
	}
	var want, got []table
	for _, describe := range []func() (*dao.Model, error){d.Users.Model} {
		m, err := describe()
		if err != nil {
			t.Fatal(err)
		}
		one := table{Name: m.Table, Model: m.Type}
		for _, c := range m.Columns {
			one.Columns = append(one.Columns, c.Name+" "+c.Type)
		}
		want = append(want, one)
	}
	for _, x := range facts(t, template).Tables {
		one := table{Name: x.Name, Model: x.Model}
		for _, c := range x.Columns {
			one.Columns = append(one.Columns, c.Name+" "+c.Type)
		}
		got = append(got, one)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("tables (-of the program +read):\n%s", diff)
	}
}
