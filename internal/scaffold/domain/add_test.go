package domain_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/terem-go/terem/internal/change"
	"github.com/terem-go/terem/internal/scaffold/addition"
	"github.com/terem-go/terem/internal/scaffold/domain"
)

var (
	orders   = domain.Options{Name: "orders", SoftDelete: true, Fields: []string{"title:string", "total:decimal", "status:enum(new,paid)", "user:ref(users,owner)"}}
	products = domain.Options{Name: "products", Fields: []string{"sku:string(20)!", "price:decimal", "code:uuid", "kind:enum(book,pen)"}}
	posts    = domain.Options{Name: "posts", Pages: true, Fields: []string{"title:string", "order:ref(orders)"}}
	lines    = domain.Options{Name: "order_lines", Fields: []string{"order:ref(orders)", "product:ref(products)?", "amount:int"}}
)

// What is added and removed, in whatever order, leaves no trace.
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	for name, steps := range map[string][]string{
		"one":      {"+orders", "-orders"},
		"last out": {"+orders", "+products", "-products", "-orders"},
		"pages":    {"+orders", "+posts", "-posts", "+posts", "-posts", "-orders"},
		"three":    {"+orders", "+products", "+order_lines", "-orderlines", "-products", "-orders"},
	} {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			t.Parallel()
			dir := shop(t)
			states := []map[string]string{tree(t, dir)}
			all := map[string]domain.Options{"orders": orders, "products": products, "order_lines": lines, "posts": posts}
			for _, step := range steps {
				if step[0] == '+' {
					must(t, add(t, dir, all[step[1:]]))
					states = append(states, tree(t, dir))
					continue
				}
				r, err := remove(t, dir, domain.RemoveOptions{Name: step[1:]})
				must(t, err)
				if len(r.Deleted) != 2 || r.Dropped != nil {
					t.Errorf("%s: %+v", step, r)
				}
				states = states[:len(states)-1]
				unchanged(t, dir, states[len(states)-1])
			}
		})
	}
}

// The first that was added can go first. Its migration is not the newest, so its
// table is dropped by a new one.
func TestRemoveTheFirst(t *testing.T) {
	t.Parallel()
	dir := shop(t)
	before := tree(t, dir)
	must(t, add(t, dir, orders))
	must(t, add(t, dir, products))
	r, err := remove(t, dir, domain.RemoveOptions{Name: "orders"})
	must(t, err)
	want := []string{"migrations/sqlite/00004_drop_orders.sql", "migrations/postgres/00004_drop_orders.sql"}
	if !slices.Equal(r.Dropped, want) || r.Deleted != nil {
		t.Errorf("removed %+v", r)
	}
	after := tree(t, dir)
	for _, p := range want {
		if !strings.Contains(after[p], "DROP TABLE orders;") {
			t.Errorf("%s is\n%s", p, after[p])
		}
	}
	if !strings.Contains(after["go.mod"], "github.com/shopspring/decimal") {
		t.Error("products lacks a module that orders had brought")
	}
	_, err = remove(t, dir, domain.RemoveOptions{Name: "products", Drop: true})
	must(t, err)
	after = tree(t, dir)
	for p := range after {
		if strings.HasPrefix(p, "migrations/") && strings.HasSuffix(p, ".sql") {
			if number := filepath.Base(p)[:5]; number > "00001" {
				delete(after, p)
			}
		}
	}
	delete(after, change.ManifestPath) // it knows the migrations
	delete(before, change.ManifestPath)
	for p, text := range before {
		if after[p] != text {
			t.Errorf("%s is\n%s\nand was\n%s", p, after[p], text)
		}
		delete(after, p)
	}
	for p := range after {
		t.Errorf("%s is left", p)
	}
}

// A migration that git knows may be somebody else's already.
func TestRemoveWhatIsCommitted(t *testing.T) {
	t.Parallel()
	dir := shop(t)
	git := func(args ...string) {
		t.Helper()
		cmd := exec.Command("git", append([]string{"-c", "user.name=Ada", "-c", "user.email=ada@example.com"}, args...)...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %s: %v\n%s", args, err, out)
		}
	}
	git("init", "-q")
	git("add", ".")
	before := tree(t, dir)
	must(t, add(t, dir, orders))
	r, err := remove(t, dir, domain.RemoveOptions{Name: "orders"})
	must(t, err)
	if len(r.Deleted) != 2 {
		t.Errorf("what git does not know is not deleted: %+v", r)
	}
	unchanged(t, dir, before)
	must(t, add(t, dir, orders))
	git("add", ".")
	git("commit", "-q", "-m", "orders")
	r, err = remove(t, dir, domain.RemoveOptions{Name: "orders"})
	must(t, err)
	if len(r.Dropped) != 2 {
		t.Errorf("what git knows is deleted: %+v", r)
	}
	if _, err := os.Stat(filepath.Join(dir, "migrations", "sqlite", "00002_add_orders.sql")); err != nil {
		t.Error(err)
	}
	must(t, add(t, dir, domain.Options{Name: "orders", Fields: []string{"title:string"}})) // the name is free again
}

// Hand-made changes elsewhere stay.
func TestKeepsWhatOthersChanged(t *testing.T) {
	t.Parallel()
	dir := shop(t)
	main := filepath.Join(dir, "main.go")
	replace(t, main, "// domains are the domains of the application.\ntype domains struct {\n", "// domains are mine.\ntype domains struct { // all of them\n\n")
	replace(t, main, "	a.Register(p, ops)\n", "	a.Register(p, ops) // pages\n\n	// more\n")
	before := tree(t, dir)
	must(t, add(t, dir, orders))
	replace(t, main, "// domains are mine.", "// domains are ours.")
	replace(t, main, "	d.orders = orders.New()\n", "	// orders\n	d.orders = orders.New()\n")
	_, err := remove(t, dir, domain.RemoveOptions{Name: "orders"})
	must(t, err)
	after := tree(t, dir)
	want := strings.Replace(before["main.go"], "are mine", "are ours", 1)
	want = strings.Replace(want, "	return d, nil\n", "	// orders\n	return d, nil\n", 1)
	if after["main.go"] != want {
		t.Errorf("main.go is\n%s\nwant\n%s", after["main.go"], want)
	}
}

// What stands in the way is named, and nothing is written.
func TestAddRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		prepare func(t *testing.T, dir string)
		want    string
	}{
		"a folder": {func(t *testing.T, dir string) { write(t, filepath.Join(dir, "orders", "notes.txt"), "mine") }, "there is a folder or a file orders already: take another name"},
		"a file":   {func(t *testing.T, dir string) { write(t, filepath.Join(dir, "orders"), "mine") }, "there is a folder or a file orders already"},
		"a route": {func(t *testing.T, dir string) {
			replace(t, filepath.Join(dir, "users", "admin_router.go"), `"/users/{id}"`, `"/orders/{id}"`)
		}, " has a route of the path /orders already"},
		"no superusers": {func(t *testing.T, dir string) {
			replace(t, filepath.Join(dir, "users", "dependencies.go"), "var Superuser", "var Admin")
		}, "a domain uses users.Superuser of the domain users, which does not declare that"},
		"models ahead": {func(t *testing.T, dir string) {
			replace(t, filepath.Join(dir, "users", "models.go"), "	IsSuperuser ", "	Nick *string `db:\"nick\"`\n	IsSuperuser ")
		}, "the models have changed since the last migration"},
		"a name of main": {func(t *testing.T, dir string) {
			write(t, filepath.Join(dir, "more.go"), "package main\n\nvar orders int\n")
		}, "more.go uses the name orders for something else"},
		"another import of main": {func(t *testing.T, dir string) {
			write(t, filepath.Join(dir, "more.go"), "package main\n\nimport \"example.com/orders\"\n")
		}, "more.go uses the name orders for something else"},
		"no main": {func(t *testing.T, dir string) { must(t, os.Remove(filepath.Join(dir, "main.go"))) }, "main.go is not there"},
		"another main": {func(t *testing.T, dir string) {
			replace(t, filepath.Join(dir, "main.go"), "func newDomains(", "func makeDomains(")
			replace(t, filepath.Join(dir, "main.go"), "newDomains(cfg, secret)", "makeDomains(cfg, secret)")
		}, "d.orders = orders.New()"},
		"broken Go": {func(t *testing.T, dir string) {
			replace(t, filepath.Join(dir, "main.go"), "package main", "pakage main")
		}, "main.go:3:1: expected 'package'"},
		"twice": {func(t *testing.T, dir string) { must(t, add(t, dir, orders)) }, "there is a table orders already"},
		"no manifest": {func(t *testing.T, dir string) {
			must(t, os.WriteFile(filepath.Join(dir, filepath.FromSlash(change.ManifestPath)), []byte("{}"), 0o666))
		}, "has the format 0"},
		"another library": {func(t *testing.T, dir string) {
			replace(t, filepath.Join(dir, "go.sum"), "github.com/shopspring/decimal v1.5.0 h1:", "github.com/shopspring/decimal v1.4.0 h1:")
		}, "the application's module does not require github.com/shopspring/decimal. Add it: go get github.com/shopspring/decimal"},
	} {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			t.Parallel()
			dir := shop(t)
			c.prepare(t, dir)
			before := tree(t, dir)
			s, err := change.Open(dir)
			if err == nil {
				o := orders
				o.Pages = name == "no menu"
				_, err = domain.Add(s, o)
			}
			if err == nil {
				err = s.Apply(t.Context())
			}
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v\nwant %s", err, c.want)
			}
			unchanged(t, dir, before)
		})
	}
}

// Domains share the package of the pages.
func TestAddRefusesNamesOfPages(t *testing.T) {
	t.Parallel()
	dir := shop(t)
	before := tree(t, dir)
	o := domain.Options{Name: "passwords", Pages: true, Fields: []string{"title:string"}}
	err := add(t, dir, o)
	if want := "pages/account_router.go declares Pages.askPassword already, and so would pages/passwords.go: give rows another name with --type"; err == nil || err.Error() != want {
		t.Errorf("%v\nwant %s", err, want)
	}
	unchanged(t, dir, before)
	o.Type = "DoorPassword"
	must(t, add(t, dir, o))
}

// What a domain cannot go for is named, and nothing is removed.
func TestRemoveRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		prepare func(t *testing.T, dir string)
		remove  string
		want    string
	}{
		"unknown":       {nil, "users", "terem add has written no domain users"},
		"a foreign key": {func(t *testing.T, dir string) { must(t, add(t, dir, products)); must(t, add(t, dir, lines)) }, "orders", "rows of other tables refer to orders: orderlines.OrderLine.OrderID (order_lines.order_id). Remove these columns first"},
		"an import": {func(t *testing.T, dir string) {
			write(t, filepath.Join(dir, "utils", "x.go"), "package utils\n\nimport \"shop/orders\"\n\nvar _ = orders.New\n")
		}, "orders", "the application needs the domain orders: utils/x.go:3 imports it. Take that out first"},
		"main": {func(t *testing.T, dir string) {
			replace(t, filepath.Join(dir, "main.go"), "	a.Register(p, ops)\n", "	a.Register(p, ops)\n	_ = d.orders.Orders\n")
		}, "orders", "uses d.orders. Take that out first"},
		"changed": {func(t *testing.T, dir string) {
			replace(t, filepath.Join(dir, "orders", "router.go"), "// Router", "// The router")
			replace(t, filepath.Join(dir, "orders", "schemas.go"), "// OrderRead", "// An OrderRead")
		}, "orders", "orders/schemas.go has been changed since it was written: --force deletes it all the same\norders/router.go has been changed"},
		"a changed line": {func(t *testing.T, dir string) {
			replace(t, filepath.Join(dir, "main.go"), "d.orders = orders.New()", "d.orders = orders.New(); _ = 1")
		}, "orders", "main.go"},
		"models ahead": {func(t *testing.T, dir string) {
			replace(t, filepath.Join(dir, "users", "models.go"), "	IsSuperuser ", "	Nick *string `db:\"nick\"`\n	IsSuperuser ")
		}, "orders", "the models have changed since the last migration"},
	} {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			t.Parallel()
			dir := shop(t)
			must(t, add(t, dir, orders))
			if c.prepare != nil {
				c.prepare(t, dir)
			}
			before := tree(t, dir)
			_, err := remove(t, dir, domain.RemoveOptions{Name: c.remove})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v\nwant %s", err, c.want)
			}
			unchanged(t, dir, before)
		})
	}
}

// What was added to a domain later goes with it.
func TestRemoveWithItsFields(t *testing.T) {
	t.Parallel()
	dir := shop(t)
	before := tree(t, dir)
	must(t, add(t, dir, orders))
	s, err := change.Open(dir)
	must(t, err)
	_, err = addition.Field(s, "orders", "note:text?", addition.FieldOptions{})
	must(t, err)
	must(t, s.Apply(t.Context()))
	r, err := remove(t, dir, domain.RemoveOptions{Name: "orders"})
	must(t, err)
	if len(r.Deleted) != 4 {
		t.Errorf("removed %+v", r)
	}
	unchanged(t, dir, before)
}

// With force, what was changed by hand goes as well.
func TestRemoveByForce(t *testing.T) {
	t.Parallel()
	dir := shop(t)
	before := tree(t, dir)
	must(t, add(t, dir, orders))
	replace(t, filepath.Join(dir, "orders", "router.go"), "// Router", "// The router")
	_, err := remove(t, dir, domain.RemoveOptions{Name: "orders", Force: true})
	must(t, err)
	unchanged(t, dir, before)
}
