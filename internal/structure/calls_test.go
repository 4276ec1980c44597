package structure_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const calling = `
-- go.mod --
module example.com/calling

go 1.26
-- a/a.go --
package a

import "example.com/calling/b"

type sender interface{ Send(string) error }

type both interface{ Do() }

type one struct{}

func (one) Do() {}

type two struct{ sub }

type sub struct{}

func (sub) Do() {}

type base[T any] struct{ b.List[T] }

func (base[T]) All() []T { return nil }

func f(s sender, x both, l base[int]) {
	_ = s.Send(name())
	x.Do()
	func() { each([]int{1}, (&t{}).m) }()
	l.All()
	l.Len()
	var i interface{ String() string } = b.Mail{}
	_ = i.String()
	f(s, x, l)
}

func name() string { return "" }

func each[T any](list []T, f func(T)) {}

type t struct{}

func (*t) m(int) {}
-- b/b.go --
package b

type Mail struct{}

func (Mail) Send(string) error { return nil }

func (Mail) String() string { return "" }

type List[T any] struct{}

func (*List[T]) Len() int { return 0 }
`

func TestCalls(t *testing.T) {
	t.Parallel()
	p := load(t, module(t, calling))
	pkg := p.Package("example.com/calling/a")
	var got []string
	for obj, f := range p.Funcs() {
		if obj.Name() == "f" {
			for _, c := range p.Calls(pkg, f.Decl.Body) {
				got = append(got, fmt.Sprintf("%d %s %s %v", p.Place(c.At).Line, c.To.Package.Room, c.To.Name(), c.Expr != nil))
			}
		}
	}
	want := []string{
		"24 b (Mail).Send true",
		"24 a name true",
		"26 a each true",
		"26 a (*t).m false",
		"27 a (base).All true",
		"28 b (*List).Len true",
		"30 b (Mail).String true",
		"31 a f true",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
}

// Type parameters of one name have constraints of their own.
const constrained = `
-- go.mod --
module example.com/constrained

go 1.26
-- a/a.go --
package a

type one struct{}

func (one) Do() {}
func (one) A()  {}

type two struct{}

func (two) Do() {}
func (two) B()  {}

func doA[T interface { Do(); A() }](t T) { t.Do() }

func doB[T interface { Do(); B() }](t T) { t.Do() }
`

func TestCallsByConstraints(t *testing.T) {
	t.Parallel()
	p := load(t, module(t, constrained))
	pkg := p.Package("example.com/constrained/a")
	for name, want := range map[string]string{"doA": "(one).Do", "doB": "(two).Do"} {
		for obj, f := range p.Funcs() {
			if obj.Name() != name {
				continue
			}
			if list := p.Calls(pkg, f.Decl.Body); len(list) != 1 || list[0].To.Name() != want {
				t.Errorf("%s calls %v, want %s", name, list, want)
			}
		}
	}
}
