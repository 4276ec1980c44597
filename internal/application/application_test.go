package application_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/terem-go/terem/internal/application"
)

// open writes the files of a txtar archive and opens the application in a folder of them.
func open(t *testing.T, archive, folder string) (*application.Application, error) {
	t.Helper()
	dir := t.TempDir()
	for _, f := range txtar.Parse([]byte(archive)).Files {
		name := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, f.Data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return application.Open(filepath.Join(dir, filepath.FromSlash(folder)))
}

const shop = `
-- go.mod --
module example.com/mono
-- apps/shop/main.go --
package main

import (
	"example.com/mono/apps/shop/carts"
	own "example.com/mono/apps/shop/orders"
	"example.com/mono/apps/shop/pages"
)

func newDomains() (d domains, err error) {
	d.orders, err = own.New(own.Config{})
	return d, err
}

func assemble() error {
	d, err := newDomains()
	c := carts.New()
	p := pages.New(pages.Config{Orders: d.orders.Orders, Carts: c})
	late := carts.New()
	a.Register(c, p)
	return nil
}
-- apps/shop/orders/domain.go --
package orders

type Domain struct {
	hidden Repository
	All    Repository
	Lines  Lines
}

func New(c Config) (*Domain, error) {
	return &Domain{All: Repository{Table: dao.Of[Order]("sales")}, Lines: Lines{dao.Of[Line]("lines")}}, nil
}
-- apps/shop/orders/models.go --
package orders

import "github.com/google/uuid"

type Order struct {
	Shop   Shop      ` + "`db:\"shop,pk\"`" + `
	Numbered
	Note   string    ` + "`db:\"note\"`" + `
}

type Numbered struct {
	Number uuid.UUID ` + "`db:\"number,index,pk\"`" + `
}

type Shop string

type Repository struct {
	name string
	dao.Table[Order]
}
-- apps/shop/carts/domain.go --
package carts

import "example.com/mono/apps/shop/lines"

type Domain struct{ Lines *lines.Lines }
-- apps/shop/lines/lines.go --
package lines

import "example.com/mono/apps/shop/orders"
-- apps/shop/pages/pages.go --
package pages
`

func TestDomain(t *testing.T) {
	t.Parallel()
	a, err := open(t, shop, "apps/shop")
	if err != nil {
		t.Fatal(err)
	}
	d, err := a.Domain("orders")
	if err != nil {
		t.Fatal(err)
	}
	got := []any{a.Path, a.Domains(), d.Path, d.Repository, d.Row, d.Table, d.Keys}
	want := []any{"example.com/mono/apps/shop", []string{"carts", "orders"}, "example.com/mono/apps/shop/orders", "All", "Order", "sales", []application.Key{
		{Field: "Shop", Type: "Shop", Abroad: "orders.Shop", Own: true},
		{Field: "Number", Type: "uuid.UUID", Abroad: "uuid.UUID", Imports: []string{"github.com/google/uuid"}},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for name, want := range map[string]string{
		"carts":     "has no exported field of type Repository",
		"pages":     "has no domain.go. Domains are: carts, orders",
		"../orders": "cannot be a domain",
		"nowhere":   "there is no domain nowhere",
	} {
		if _, err := a.Domain(name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v\nwant %s", name, err, want)
		}
	}
	for _, c := range []struct {
		from, to string
		want     bool
	}{{"carts", "orders", true}, {"carts", "lines", true}, {"orders", "carts", false}, {"carts", "pages", false}, {"nowhere", "orders", false}} {
		if got := a.Reaches(c.from, c.to); got != c.want {
			t.Errorf("%s reaches %s: %t", c.from, c.to, got)
		}
	}
}

func TestMade(t *testing.T) {
	t.Parallel()
	a, err := open(t, shop, "apps/shop")
	if err != nil {
		t.Fatal(err)
	}
	main, err := a.Package(".")
	if err != nil {
		t.Fatal(err)
	}
	holder, err := a.Holder(main, "pages", "Config")
	if err != nil || holder.Function != "assemble" || holder.Type != "pages.Config" || holder.Stmt != "p := pages.New(" || holder.Fails {
		t.Fatalf("%+v, %v", holder, err)
	}
	orders, err := a.Made(main, "orders")
	if err != nil || orders.Value != "d.orders" || orders.Call != "own.New" || orders.Function != "newDomains" {
		t.Fatalf("%+v, %v", orders, err)
	}
	carts, err := a.Made(main, "carts")
	if err != nil {
		t.Fatal(err)
	}
	registers, err := a.Registers(main)
	if err != nil || registers.App != "a" || registers.Stmt != "a.Register(" {
		t.Fatalf("%+v, %v", registers, err)
	}
	for _, c := range []struct {
		m        *application.Made
		function string
		want     string
	}{{orders, "assemble", "d.orders"}, {orders, "newDomains", ""}, {carts, "assemble", "c"}, {carts, "newDomains", ""}} {
		at := holder.Pos
		if c.function == "newDomains" {
			at = orders.Pos // nothing is made before
		}
		if got := c.m.In(main, c.function, at); got != c.want {
			t.Errorf("%s is %q in %s, want %q", c.m.Call, got, c.function, c.want)
		}
	}
	if _, err := a.Made(main, "lines"); err == nil || !strings.Contains(err.Error(), "lines.New(…). Write that first") {
		t.Errorf("lines are made: %v", err)
	}
	if _, err := a.Holder(main, "carts", "Config"); err == nil {
		t.Error("carts have a Config")
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ archive, want string }{
		"no main":   {"-- go.mod --\nmodule x\n", "has no main.go, so it is no application"},
		"no module": {"-- main.go --\npackage main\n", "is in no module"},
		"no name":   {"-- go.mod --\n-- main.go --\npackage main\n", "names no module"},
	} {
		if _, err := open(t, c.archive, "."); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v\nwant %s", name, err, c.want)
		}
	}
}
