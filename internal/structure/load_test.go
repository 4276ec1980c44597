package structure_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/terem-go/terem/internal/source"
	"github.com/terem-go/terem/internal/structure"
)

// template is the application that terem new writes.
const template = "../scaffold/app"

// module writes a module of the files in a txtar archive. Its library is this
// checkout, unless it has a go.mod of its own.
func module(t testing.TB, archive string) string {
	t.Helper()
	dir := t.TempDir()
	files := map[string]string{}
	for _, f := range txtar.Parse([]byte(archive)).Files {
		files[f.Name] = string(f.Data)
	}
	if files["go.mod"] == "" {
		root, err := filepath.Abs("../..")
		if err != nil {
			t.Fatal(err)
		}
		mod := strings.Replace(read(t, filepath.Join(root, "go.mod")), "module github.com/terem-go/terem", "module example.com/shop", 1)
		files["go.mod"] = mod + "\nrequire github.com/terem-go/terem v0.0.0\nreplace github.com/terem-go/terem => " + root + "\n"
		files["go.sum"] = read(t, filepath.Join(root, "go.sum"))
	}
	for name, text := range files {
		name = filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func read(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func load(t testing.TB, dir string) *structure.Program {
	t.Helper()
	p, err := structure.Load(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// foreign is a module that was not made by Terem and needs nothing but the
// standard library.
const foreign = `
-- go.mod --
module example.com/foreign

go 1.26
-- cmd/server/main.go --
package main

import (
	"log"
	"net/http"

	"example.com/foreign/internal/users"
)

func main() { log.Fatal(http.ListenAndServe(":8080", users.Routes())) }
-- internal/users/router.go --
// Package users owns the users. It has routes.
package users

import "net/http"

// Routes returns the routes.
func Routes() http.Handler { return http.NewServeMux() }
-- internal/users/models.go --
package users

type User struct{ ID int64 }
-- internal/users/users_test.go --
package users

func broken() { this is not Go }
-- internal/server/router.go --
package server
-- internal/platform/log.go --
package platform
-- pkg/orders/admin_router.go --
package orders
-- pkg/orders/order_repository.go --
package orders
-- modules/billing/domain.go --
// Package billing owns the bills.
//
//terem:uses users orders
//terem:usesnothing
package billing
-- health/router.go --
package health
-- router/router.go --
package router
-- x/router.go --
package x
-- x/hasher.go --
package x
-- x/tls.go --
package x
-- x/basic_auth.go --
package x
-- x/errors.go --
package x
-- internal/dashboards/endpoint.go --
package dashboards
-- internal/dashboards/persistence.go --
package dashboards
-- repositories/user_repository.go --
package repositories
-- repositories/order_repository.go --
package repositories
-- middleware/auth.go --
package middleware
-- middleware/errors.go --
package middleware
-- services/checkout/router.go --
package checkout
-- internal/utils/text/text.go --
package text
-- internal/accounts/account_handler.go --
package accounts
-- internal/accounts/store.go --
package accounts
-- internal/proxy/handler.go --
package proxy
-- internal/proxy/request.go --
package proxy
-- internal/keys/handler.go --
package keys
-- internal/keys/service.go --
package keys
-- internal/listeners/delete_handler.go --
package listeners
-- internal/listeners/service.go --
package listeners
-- internal/cache/store.go --
package cache
-- internal/cache/errors.go --
package cache
-- tasks/tasks.go --
package tasks
-- pages/router.go --
package pages
-- dao/dao.go --
package dao
-- testdata/ignored.go --
package !
-- nested/go.mod --
module example.com/nested
-- nested/router.go --
package nested
`

func TestRooms(t *testing.T) {
	t.Parallel()
	p := load(t, module(t, foreign))
	got := map[string]structure.Kind{}
	for _, pkg := range p.Packages {
		got[pkg.Room] = pkg.Kind
		if uses, _ := pkg.Uses(); pkg.Room == "modules/billing" && !cmp.Equal(uses, []string{"users", "orders"}) {
			t.Errorf("billing uses %q", uses)
		}
	}
	want := map[string]structure.Kind{
		"cmd/server":          structure.KindOther,
		"dao":                 structure.KindDAO,
		"health":              structure.KindDomain,
		"internal/accounts":   structure.KindDomain,
		"internal/cache":      structure.KindOther,
		"internal/proxy":      structure.KindOther,
		"internal/dashboards": structure.KindDomain,
		"internal/keys":       structure.KindDomain,
		"internal/listeners":  structure.KindOther,
		"internal/platform":   structure.KindOther,
		"internal/server":     structure.KindOther,
		"internal/users":      structure.KindDomain,
		"internal/utils/text": structure.KindUtils,
		"middleware":          structure.KindOther,
		"modules/billing":     structure.KindDomain,
		"pages":               structure.KindPages,
		"pkg/orders":          structure.KindDomain,
		"repositories":        structure.KindOther,
		"router":              structure.KindOther,
		"services/checkout":   structure.KindService,
		"tasks":               structure.KindTasks,
		"x":                   structure.KindOther,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rooms (-want +got):\n%s", diff)
	}
	if p.Module != "example.com/foreign" {
		t.Errorf("the module is %s", p.Module)
	}
}

func TestLoadTemplate(t *testing.T) {
	t.Parallel()
	p := load(t, template)
	var got []string
	for _, pkg := range p.Packages {
		got = append(got, pkg.Room+" "+string(pkg.Kind))
		for _, f := range pkg.Files {
			if name := pkg.Place(f.Package).File; strings.HasSuffix(name, "_test.go") || filepath.IsAbs(name) {
				t.Errorf("%s is a file of %s", name, pkg.Room)
			}
		}
	}
	want := []string{". main", "pages pages", "services/notifications service", "tasks tasks", "users domain", "utils utils"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rooms (-want +got):\n%s", diff)
	}
	users := p.Package("github.com/terem-go/terem/internal/scaffold/app/users")
	if users == nil || p.Package("github.com/terem-go/terem/api") != nil {
		t.Fatal("Package does not find what is there, or finds what is elsewhere")
	}
	roles := map[string]structure.Role{}
	for f, role := range users.Roles {
		roles[filepath.Base(p.Place(f.Package).File)] = role
	}
	for file, want := range map[string]structure.Role{"router.go": structure.RoleRouter, "auth.go": structure.RoleAuth, "account_router.go": structure.RoleRouter} {
		if roles[file] != want {
			t.Errorf("%s has the role %q", file, roles[file])
		}
	}
}

// What source.Load says is passed on; its tests have the rest.
func TestBroken(t *testing.T) {
	t.Parallel()
	_, err := structure.Load(t.Context(), module(t, "-- go.mod --\nmodule example.com/a\n\ngo 1.26\n-- a.go --\npackage a\n\nvar x int = true\n"))
	if broken, ok := errors.AsType[*source.Broken](err); !ok || len(broken.Problems) != 1 {
		t.Errorf("the error is %v", err)
	}
	if _, err := structure.Load(t.Context(), t.TempDir()); err == nil || !strings.Contains(err.Error(), "there is no Go package of a module in ") {
		t.Errorf("without a module: %v", err)
	}
}
