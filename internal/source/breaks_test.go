package source_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/terem-go/terem/internal/source"
)

// shop has test packages that see more of a package than others do, tests of a program,
// and what is broken already.
const shop = `
-- main.go --
package main

import "example.com/shop/users"

func main() { println(users.Name) }
-- main_test.go --
package main_test

import _ "example.com/shop"
-- users/users.go --
package users

import "strings"

// Name is one.
var Name = strings.ToUpper(first)

const first = "x"
-- users/export_test.go --
package users

const First = first
-- users/users_test.go --
package users_test

import (
	"testing"

	"example.com/shop/pages"
	"example.com/shop/users"
)

func TestName(t *testing.T) {
	t.Log(users.Name, users.First, pages.Show)
}
-- users/t.go --
package users

// T is a type.
type T struct{ Note string }
-- pages/pages.go --
package pages

import "example.com/shop/users"

// Show shows one.
func Show(t *users.T) string { return t.Note }

func init() {
	for i := range 3 {
		println(i)
	}
}
-- old/old.go --
package old

var x int = "broken before"
-- old/old_test.go --
package old_test

func {
`

func TestBreaks(t *testing.T) {
	t.Parallel()
	dir := module(t, shop)
	for name, c := range map[string]struct {
		changes map[string]string // "" for a file that goes
		want    string
	}{
		"nothing": {},
		"no harm": {changes: map[string]string{"users/more.go": "package users\n\nvar More = Name\n"}},
		"a test": {changes: map[string]string{"users/users.go": "package users\n\nvar Name, first = \"x\", 1\n"},
			want: "users/export_test.go:3:15: first (variable of type int) is not constant"},
		"a package as tests see it": {changes: map[string]string{"users/more_test.go": "package users_test\n\nimport (\n\t\"example.com/shop/pages\"\n\t\"example.com/shop/users\"\n)\n\nvar _ = pages.Show(&users.T{})\n"}},
		"a test of a program": {changes: map[string]string{"main_test.go": "package main_test\n\nimport shop \"example.com/shop\"\n\nvar _ = shop.Name\n"},
			want: "main_test.go:5:14: undefined: shop.Name"},
		"a new file": {changes: map[string]string{"users/more.go": "package users\n\nvar More = Less\n", "carts/carts.go": "package carts\n\nimport _ \"example.com/shop/users\"\n"},
			want: "users/more.go:3:12: undefined: Less"},
		"a field goes": {changes: map[string]string{"users/t.go": "package users\n\ntype T struct{}\n"},
			want: "pages/pages.go:6:41: t.Note undefined (type *users.T has no field or method Note)"},
		"a package goes": {changes: map[string]string{"pages/pages.go": ""},
			want: "users/users_test.go:6:2: could not import example.com/shop/pages (no required module provides package example.com/shop/pages)"},
		"no syntax": {changes: map[string]string{"main.go": "package main\n\nimport \"example.com/shop/users\"\n\nfunc {\n"}, want: "main.go:5:6: expected 'IDENT', found '{'"},
		"beside what is no Go": {changes: map[string]string{"old/old.go": "package old\n\nvar x int = true\n"},
			want: "old/old.go:3:13: cannot use true (untyped bool constant) as int value in variable declaration"},
		"a cycle": {changes: map[string]string{"users/t.go": "package users\n\nimport \"example.com/shop/pages\"\n\nvar _ = pages.Show\n\ntype T struct{ Note string }\n"},
			want: "pages/pages.go:3:8: could not import example.com/shop/users (packages import each other: example.com/shop/users → example.com/shop/pages → example.com/shop/users. Which of them is to know less? It declares what it needs as an interface, and main hands that over: see terem link)"},
		"an older language": {changes: map[string]string{"go.mod": "module example.com/shop\n\ngo 1.21\n"},
			want: "pages/pages.go:9:17: cannot range over 3 (untyped int constant): requires go1.22 or later"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			changes := map[string][]byte{}
			for name, text := range c.changes {
				if changes[filepath.Join(dir, name)] = nil; text != "" {
					changes[filepath.Join(dir, name)] = []byte(text)
				}
			}
			problems, err := source.Breaks(t.Context(), dir, changes)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, p := range problems {
				got = append(got, p.String())
			}
			if got := strings.Join(got, "\n"); got != c.want {
				t.Errorf("what breaks is:\n%s\nnot:\n%s", got, c.want)
			}
		})
	}
}
