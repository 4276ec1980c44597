package cli_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// application returns the files and folders of an application; a file with its
// content.
func application(t *testing.T, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	fsys := os.DirFS(dir)
	err := fs.WalkDir(fsys, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			found[p+"/"] = ""
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

// succeeds runs the tool inside this process, which must succeed, and returns what
// it prints.
func succeeds(t *testing.T, args ...string) string {
	t.Helper()
	status, out, complaint := terem(t, args...)
	if status != 0 || complaint != "" {
		t.Fatalf("terem %s: status %d\n%s%s", strings.Join(args, " "), status, out, complaint)
	}
	return out
}

// parts are what is added to an application with a domain orders, and what takes it
// back.
var parts = []struct{ add, remove []string }{
	{[]string{"field", "orders", "note:text?"}, []string{"field", "orders", "note"}},
	{[]string{"field", "orders", "kind:enum(big,small)", "--fill", "orders.kind:'big'"}, []string{"field", "orders", "kind"}},
	{[]string{"field", "orders", "weight:decimal(8,3)?"}, []string{"field", "orders", "weight"}},
	{[]string{"field", "orders", "agent:ref(users)?"}, []string{"field", "orders", "agent"}},
	{[]string{"field", "orders", "code:string(20)?!"}, []string{"field", "orders", "code"}},
	{[]string{"field", "orders", "parent:ref(orders)?"}, []string{"field", "orders", "parent_id"}},
	{[]string{"field", "users", "nick:string(40)?"}, []string{"field", "users", "nick"}},
	{[]string{"route", "orders", "POST", "/{id}/refund"}, []string{"route", "orders", "POST", "/{id}/refund"}},
	{[]string{"route", "orders", "GET", "/{id}/summary", "--db"}, []string{"route", "orders", "summary"}},
	{[]string{"route", "orders", "POST", "/{id}/look", "--reads", "--policy", "users.Superuser"}, []string{"route", "orders", "look"}},
	{[]string{"route", "orders", "POST", "/import", "--name", "importAll", "--policy", "api.Public"}, []string{"route", "orders", "importAll"}},
	{[]string{"route", "users", "POST", "/{id}/ban", "--writes"}, []string{"route", "users", "ban"}},
	{[]string{"dependency", "orders", "current_cart"}, []string{"dependency", "orders", "CurrentCart"}},
	{[]string{"dependency", "users", "RecentLogins"}, []string{"dependency", "users", "recent_logins"}},
}

// command returns a command line.
func command(verb string, args []string, more ...string) []string {
	return slices.Concat([]string{verb}, args, more)
}

// Everything that is added compiles, and its tests pass; taken back, in the order in
// which it was added or the other, it leaves nothing.
func TestAddAndRemoveParts(t *testing.T) {
	slow(t)
	dir := shop(t)
	succeeds(t, "add", "domain", "orders", "title:string", "user:ref(users,owner)", "--soft-delete", "--dir", dir)
	before := application(t, dir)
	for i, p := range parts {
		if i%4 == 0 {
			was := application(t, dir)
			printed := succeeds(t, command("add", p.add, "--dry-run", "--dir", dir)...)
			if diff := cmp.Diff(was, application(t, dir)); diff != "" || !strings.Contains(printed, "\n+++ ") {
				t.Errorf("--dry-run prints\n%s\nand changes\n%s", printed, diff)
			}
		}
		succeeds(t, command("add", p.add, "--dir", dir)...)
	}
	if out := must(t, dir, nil, "gofmt", "-l", "."); out != "" {
		t.Errorf("not gofmt-clean:\n%s", out)
	}
	must(t, dir, offline(), "go", "vet", "./...")
	must(t, dir, offline(), "go", "test", "./orders", "./users")
	migrations := 7
	for i := range parts {
		p := parts[len(parts)-1-i]
		out := succeeds(t, command("remove", p.remove, "--dir", dir)...)
		if p.remove[0] == "field" {
			if migrations--; !strings.Contains(out, "The migration is deleted.") {
				t.Errorf("the migration that is the newest then stays:\n%s", out)
			}
		}
	}
	if diff := cmp.Diff(before, application(t, dir)); diff != "" || migrations != 0 {
		t.Errorf("taken back, the last first (-before +back):\n%s", diff)
	}
	some := slices.Concat(parts[:3], parts[6:9])
	for _, p := range some {
		succeeds(t, command("add", p.add, "--dir", dir)...)
	}
	for _, p := range some {
		succeeds(t, command("remove", p.remove, "--dir", dir)...)
	}
	after := application(t, dir)
	for name := range before {
		if strings.HasSuffix(name, ".go") || name == "migrations/schema.json" || name == "go.mod" {
			if diff := cmp.Diff(before[name], after[name]); diff != "" {
				t.Errorf("%s, taken back in the order of adding (-before +back):\n%s", name, diff)
			}
		}
	}
}

func TestAddPartsRefuses(t *testing.T) {
	t.Parallel()
	dir := shop(t)
	before := application(t, dir)
	for _, c := range []struct {
		args   []string
		status int
		want   string
	}{
		{[]string{"add", "field", "orders", "note:text?"}, 1, "error: nothing was changed: there is no domain orders: name the folder of one, such as users\n"},
		{[]string{"add", "field", "users", "note"}, 1, "error: nothing was changed: \"note\" is not a field: "},
		{[]string{"add", "route", "users", "POST", "/{id}/ban", "--reads", "--db"}, 2, "error: --reads and --db can't be used together. See: terem add route --help\n"},
		{[]string{"remove", "route", "users", "ban"}, 1, "error: nothing was changed: terem add route has added no users.ban, as .terem/manifest.json has it. What was written by hand is removed by hand\n"},
		{[]string{"remove", "dependency", "users", "current_cart"}, 1, "error: nothing was changed: terem add dependency has added no users.CurrentCart, as .terem/manifest.json has it. What was written by hand is removed by hand\n"},
	} {
		status, out, complaint := terem(t, append(c.args, "--dir", dir)...)
		if status != c.status || out != "" || !strings.HasPrefix(complaint, c.want) {
			t.Errorf("%q: status %d, printed %q and %q, want %q", c.args, status, out, complaint, c.want)
		}
	}
	if diff := cmp.Diff(before, application(t, dir)); diff != "" {
		t.Errorf("something was changed:\n%s", diff)
	}
	if status, _, complaint := terem(t, "add", "dependency", "users", "x", "--dir", filepath.Join(dir, "users")); status != 1 || !strings.Contains(complaint, "users is no application that terem new made") {
		t.Errorf("status %d, %s", status, complaint)
	}
}
