package scaffold_test

import (
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/joho/godotenv"

	"github.com/terem-go/terem/internal/migratelint"
	"github.com/terem-go/terem/internal/scaffold"
)

// render returns the files of an application by their paths.
func render(t *testing.T, a scaffold.Answers) map[string]string {
	t.Helper()
	list, err := scaffold.Render(a)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, f := range list {
		files[f.Path] = string(f.Data)
	}
	if len(files) != len(list) {
		t.Errorf("%d files have %d paths", len(list), len(files))
	}
	return files
}

// each calls f for every kind of module path, with both databases.
func each(t *testing.T, f func(t *testing.T, a scaffold.Answers, files map[string]string)) {
	t.Parallel()
	for _, a := range []scaffold.Answers{
		{Module: "shop", Name: "shop", Database: scaffold.SQLite},
		{Module: "example.com/a/shop", Name: "shop", Database: scaffold.Postgres},
		{Module: "github.com/zzz/x", Name: "x", Database: scaffold.SQLite},
		{Module: "github.com/terem-go/terem/examples/appname-2", Name: "appname-2", Database: scaffold.SQLite},
		{Module: "github.com/terem-go", Name: "terem-go", Database: scaffold.Postgres},
		{Module: "app", Name: "app", Database: scaffold.SQLite},
		{Module: "zoo/users", Name: "users", Database: scaffold.Postgres},
	} {
		t.Run(strings.ReplaceAll(a.Module, "/", "_"), func(t *testing.T) {
			t.Parallel()
			f(t, a, render(t, a))
		})
	}
}

func TestGoFilesAreFormatted(t *testing.T) {
	each(t, func(t *testing.T, a scaffold.Answers, files map[string]string) {
		for name, text := range files {
			if path.Ext(name) != ".go" {
				continue
			}
			formatted, err := format.Source([]byte(text))
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			if diff := cmp.Diff(string(formatted), text); diff != "" {
				t.Errorf("%s is not as gofmt has it:\n%s", name, diff)
			}
		}
	})
}

func TestNothingOfTheTemplateIsLeft(t *testing.T) {
	each(t, func(t *testing.T, a scaffold.Answers, files map[string]string) {
		for name, text := range files {
			rest := strings.ReplaceAll(strings.ReplaceAll(strings.ToLower(name+"\n"+text), a.Module, ""), a.Name, "")
			for _, word := range []string{"appname", "internal/scaffold", "dot-"} {
				if strings.Contains(rest, word) {
					t.Errorf("%s has %q", name, word)
				}
			}
			if strings.Contains(text, "\n\n\n") {
				t.Errorf("%s has two blank lines together", name)
			}
			if !strings.HasSuffix(text, "\n") {
				t.Errorf("%s does not end with its last line", name)
			}
		}
	})
}

// The imports of a file are in groups: the standard library, other modules, and
// the application's own packages.
func TestImportsAreGrouped(t *testing.T) {
	each(t, func(t *testing.T, a scaffold.Answers, files map[string]string) {
		own, count := map[string]bool{}, 0 // folders of the application
		for name := range files {
			own[path.Dir(name)] = true
		}
		for name, text := range files {
			if path.Ext(name) != ".go" {
				continue
			}
			fset := token.NewFileSet()
			file, err := parser.ParseFile(fset, name, text, parser.ImportsOnly)
			if err != nil {
				t.Fatal(err)
			}
			last, line := -1, 0
			for _, i := range file.Imports {
				p, _ := strconv.Unquote(i.Path.Value)
				group := 0
				switch {
				case own[strings.TrimPrefix(p, a.Module+"/")] && strings.HasPrefix(p, a.Module+"/"):
					group = 2
					count++
				case strings.Contains(p, "."):
					group = 1
				}
				at := fset.Position(i.Pos()).Line
				if group < last || group == 2 && (last == 2) != (at == line+1) {
					t.Errorf("%s:%d: %s is not where its group is", name, at, p)
				}
				last, line = group, at
			}
		}
		if count < 15 {
			t.Errorf("only %d imports of the application's own packages", count)
		}
	})
}

func TestApplicationsAreSmall(t *testing.T) {
	t.Parallel()
	const most = 2000
	lines := 0
	for name, text := range render(t, scaffold.Answers{Module: "shop", Name: "shop"}) {
		if path.Ext(name) == ".go" && !strings.HasSuffix(name, "_test.go") {
			lines += strings.Count(text, "\n")
		}
	}
	if lines > most || lines < most/10 {
		t.Errorf("an application has %d lines of Go besides its tests, want at most %d", lines, most)
	}
}

// What is on disk in the template is written into applications, but for what
// running it there leaves behind.
func TestTemplateIsEmbeddedWhole(t *testing.T) {
	t.Parallel()
	files := render(t, scaffold.Answers{Module: "shop", Name: "appname"})
	disk := os.DirFS("app")
	err := fs.WalkDir(disk, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(d.Name(), ".") || strings.Contains(d.Name(), ".db") {
			return err
		}
		if _, ok := files[strings.Replace(p, "dot-", ".", 1)]; !ok {
			t.Errorf("%s is not embedded: name it in render.go", p)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// configured returns the settings that the application's config.go declares,
// with their defaults.
func configured(t *testing.T, source string) map[string]string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "config.go", source, 0)
	if err != nil {
		t.Fatal(err)
	}
	defaults := map[string]string{}
	ast.Inspect(file, func(n ast.Node) bool {
		if f, ok := n.(*ast.Field); ok && f.Tag != nil {
			text, _ := strconv.Unquote(f.Tag.Value)
			tag := reflect.StructTag(text)
			if name, ok := tag.Lookup("env"); ok {
				defaults[name] = tag.Get("envDefault")
			}
		}
		return true
	})
	return defaults
}

func TestEnvExampleListsEverySetting(t *testing.T) {
	each(t, func(t *testing.T, a scaffold.Answers, files map[string]string) {
		want := configured(t, files["config.go"])
		got, err := godotenv.Unmarshal(files[".env.example"])
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf(".env.example does not have the settings and defaults of config.go (-config +example):\n%s", diff)
		}
	})
}

func TestDatabaseIsTheDefault(t *testing.T) {
	each(t, func(t *testing.T, a scaffold.Answers, files map[string]string) {
		want, env := "sqlite:"+a.Name+".db", ""
		if a.Database == scaffold.Postgres {
			want = "postgres://postgres@127.0.0.1:5432/" + a.Name
			env = want
		}
		if got := configured(t, files["config.go"])["DATABASE_URL"]; got != want {
			t.Errorf("DATABASE_URL is %q by default, want %q", got, want)
		}
		if !strings.Contains(files["README.md"], "`"+want+"`") {
			t.Errorf("README.md does not name %s", want)
		}
		local, err := godotenv.Unmarshal(files[".env"])
		if err != nil {
			t.Fatal(err)
		}
		if local["DATABASE_URL"] != env {
			t.Errorf(".env has the DATABASE_URL %q, want %q", local["DATABASE_URL"], env)
		}
	})
}

func TestEveryApplicationHasItsOwnSecret(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for range 3 {
		env, err := godotenv.Unmarshal(render(t, scaffold.Answers{Module: "shop", Name: "shop"})[".env"])
		if err != nil {
			t.Fatal(err)
		}
		key := env["SECRET_KEY"]
		if len(key) != 64 || seen[key] {
			t.Errorf("SECRET_KEY is %q", key)
		}
		seen[key] = true
	}
}

// Rendering twice gives the same bytes, so that what an owner has changed can be
// told from what was written.
func TestRenderIsDeterministic(t *testing.T) {
	each(t, func(t *testing.T, a scaffold.Answers, first map[string]string) {
		second := render(t, a)
		delete(first, ".env")
		delete(second, ".env")
		if diff := cmp.Diff(first, second); diff != "" {
			t.Error(diff)
		}
	})
}

// The files for deploying fit the defaults of the settings that they depend on.
func TestDeployFitsTheSettings(t *testing.T) {
	t.Parallel()
	files := render(t, scaffold.Answers{Module: "shop", Name: "shop"})
	settings := configured(t, files["config.go"])
	line := func(file, begin string) string {
		for l := range strings.Lines(files[file]) {
			if rest, ok := strings.CutPrefix(strings.TrimSpace(l), begin); ok {
				return strings.Trim(rest, " ;")
			}
		}
		t.Fatalf("%s has no line %s", file, begin)
		return ""
	}
	duration := func(s string) time.Duration {
		d, err := time.ParseDuration(s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	if size := line("deploy/nginx.conf", "client_max_body_size"); size != "1m" || settings["MAX_BODY"] != strconv.Itoa(1<<20) {
		t.Errorf("nginx lets bodies of %s pass, MAX_BODY is %s", size, settings["MAX_BODY"])
	}
	if server := line("deploy/nginx.conf", "server 1"); "1"+server != settings["ADDR"] {
		t.Errorf("nginx asks 1%s, ADDR is %s", server, settings["ADDR"])
	}
	if read := line("deploy/nginx.conf", "proxy_read_timeout"); duration(read) <= duration(settings["REQUEST_TIMEOUT"]) {
		t.Errorf("nginx waits %s, REQUEST_TIMEOUT is %s", read, settings["REQUEST_TIMEOUT"])
	}
	stop := duration(settings["DRAIN_TIMEOUT"]) + duration(settings["STOP_TIMEOUT"]) + 16*time.Second
	if limit := line("deploy/shop.service", "TimeoutStopSec="); duration(limit) <= stop {
		t.Errorf("systemd waits %s for the end, which takes up to %s", limit, stop)
	}
	if user := line("deploy/Dockerfile", "USER"); user != "65532:65532" {
		t.Errorf("the image runs as the user %s", user)
	}
}

// What an application begins with passes the check that its owner is told to use.
func TestMigrationsAreSafe(t *testing.T) {
	each(t, func(t *testing.T, a scaffold.Answers, files map[string]string) {
		migrations := fstest.MapFS{}
		for name, text := range files {
			if rest, ok := strings.CutPrefix(name, "migrations/"); ok {
				migrations[rest] = &fstest.MapFile{Data: []byte(text)}
			}
		}
		findings, err := migratelint.Lint(migrations)
		if err != nil || len(findings) > 0 || len(migrations) < 3 {
			t.Errorf("in %d files: %+v, %v", len(migrations), findings, err)
		}
	})
}
