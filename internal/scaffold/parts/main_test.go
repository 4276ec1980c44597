package parts_test

import (
	"context"
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/terem-go/terem/internal/application"
	"github.com/terem-go/terem/internal/change"
	"github.com/terem-go/terem/internal/goedit"
	"github.com/terem-go/terem/internal/scaffold"
	"github.com/terem-go/terem/internal/scaffold/domain"
	"github.com/terem-go/terem/internal/scaffold/parts"
)

var update = flag.Bool("update", false, "write the golden files")

// root is where the applications of the tests are, side by side: their go.mod may say by a relative path where the
// library is.
var root string

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(func() int {
		var err error
		if root, err = os.MkdirTemp("", "parts"); err != nil {
			panic(err)
		}
		defer func() { _ = os.RemoveAll(root) }()
		return m.Run()
	}())
}

// base is an application with the domain orders, and with methods that can be linked to.
var base = sync.OnceValues(func() (string, error) {
	ctx, dir := context.Background(), filepath.Join(root, "shop")
	if _, err := scaffold.New(ctx, scaffold.Options{Dir: dir, Database: scaffold.SQLite}); err != nil {
		return "", err
	}
	set, err := change.Open(dir)
	if err != nil {
		return "", err
	}
	if _, err := domain.Add(set, domain.Options{Name: "orders", Fields: []string{"title:string", "user:ref(users,owner)"}}); err != nil {
		return "", err
	}
	if err := set.Apply(ctx); err != nil {
		return "", err
	}
	return dir, errors.Join(
		extend(filepath.Join(dir, "users", "repository.go"), `
// Balance returns what a user has.
func (r Repository) Balance(ctx context.Context, q db.Querier, userID int64) (int64, error) {
	_, err := r.Get(ctx, q, userID)
	return 0, err
}

// Known reports whether a user is known since a time.
func (r Repository) Known(ctx context.Context, q db.Querier, userID int64, since time.Time) (bool, error) {
	u, err := r.Get(ctx, q, userID)
	return err == nil && u.CreatedAt.Before(since), err
}

// secret is not exported.
type secret int

// Hidden cannot be called by others.
func (r Repository) Hidden() secret { return 0 }
`),
		extend(filepath.Join(dir, "orders", "repository.go"), `
// CountOf returns how many orders a user has.
func (r Repository) CountOf(ctx context.Context, q db.Querier, userID int64) (int64, error) {
	return r.ForUser(userID).Count(ctx, q)
}

// Open reports whether orders are taken.
func (d *Domain) Open(at time.Time) bool { return at.Weekday() != time.Sunday }
`), imported(filepath.Join(dir, "orders", "repository.go"), "time"))
})

// extend adds to a file.
func extend(name, text string) error {
	f, err := os.OpenFile(name, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}

// imported adds an import to a file.
func imported(name, path string) error {
	text, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	f, err := goedit.Parse(name, text)
	if err != nil {
		return err
	}
	f.AddImport(path)
	if text, err = f.Source(); err != nil {
		return err
	}
	return os.WriteFile(name, text, 0o666)
}

// app is the folder of an application.
type app string

// newApp returns a copy of the base.
func newApp(t *testing.T) app {
	t.Helper()
	from, err := base()
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp(root, "copy")
	if err == nil {
		err = os.CopyFS(dir, os.DirFS(from))
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return app(dir)
}

// tree returns the application's files.
func (a app) tree(t *testing.T) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(string(a), func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(string(a), p)
		if err != nil || d.IsDir() {
			files[rel+"/"] = ""
			return err
		}
		text, err := os.ReadFile(p)
		files[rel] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// split returns the verb of a command line and the rest: link, or add service.
func split(command string) (verb, name string, flags map[string]string) {
	words := strings.Fields(command)
	n := 2
	if words[0] == "link" {
		n = 1
	}
	verb, words = strings.Join(words[:n], " "), words[n:]
	flags = map[string]string{}
	for len(words) > 1 && strings.HasPrefix(words[len(words)-2], "--") {
		flags[words[len(words)-2]] = words[len(words)-1]
		words = words[:len(words)-2]
	}
	return verb, strings.Join(words, " "), flags
}

// add does what a command line says.
func (a app) add(t *testing.T, command string) error {
	t.Helper()
	from, err := application.Open(string(a))
	if err != nil {
		return err
	}
	set, err := change.Open(string(a))
	if err != nil {
		return err
	}
	verb, name, flags := split(command)
	entry := name
	if verb == "add event" {
		entry = parts.Event{Name: name, To: flags["--to"]}.Entry(from)
	}
	set.Record(verb, entry, command)
	first, second, _ := strings.Cut(name, " ")
	switch verb {
	case "add service":
		err = parts.Service{Name: name, Uses: strings.FieldsFunc(flags["--uses"], func(r rune) bool { return r == ',' }), For: def(flags["--for"], parts.Pages)}.Add(from, set)
	case "add task":
		every, _ := time.ParseDuration(def(flags["--every"], "0s"))
		err = parts.Task{Name: name, Schedule: parts.Schedule{Every: every, At: flags["--at"], Cron: strings.ReplaceAll(flags["--cron"], "_", " ")}}.Add(from, set)
	case "add event":
		err = parts.Event{Name: name, To: flags["--to"]}.Add(from, set)
	case "add page":
		err = parts.Page{Path: name, Policy: def(flags["--policy"], "api.Public")}.Add(from, set)
	case "link":
		err = parts.Link{Domain: first, Method: second, As: flags["--as"]}.Add(t.Context(), from, set)
	default:
		err = errors.New("no verb " + strconv.Quote(verb))
	}
	if err != nil {
		return err
	}
	return set.Apply(t.Context())
}

func def(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// undo takes back what a command line has done.
func (a app) undo(t *testing.T, command string) error {
	t.Helper()
	set, err := change.Open(string(a))
	if err != nil {
		t.Fatal(err)
	}
	entries := set.Manifest().Entries
	i := slices.IndexFunc(entries, func(e change.Entry) bool { return slices.Contains(e.Args, command) })
	set.Undo(entries[i], false)
	set.Unrequire()
	return set.Apply(t.Context())
}

// must does what command lines say, which must be possible.
func (a app) must(t *testing.T, commands ...string) {
	t.Helper()
	for _, c := range commands {
		if err := a.add(t, c); err != nil {
			t.Fatalf("%s: %v", c, err)
		}
	}
}
