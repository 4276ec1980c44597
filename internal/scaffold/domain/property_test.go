package domain_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/terem-go/terem/internal/change"
	"github.com/terem-go/terem/internal/scaffold/domain"
	"github.com/terem-go/terem/internal/source"
)

// Domains come and go at random, and the application goes on compiling.
// TEREM_DOMAIN_STEPS=200 takes as many steps, and TEREM_DOMAIN_SEED repeats a walk.
func TestRandomDomains(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("compiling applications takes long")
	}
	steps, seed := 8, rand.Uint64()
	if n, err := strconv.Atoi(os.Getenv("TEREM_DOMAIN_STEPS")); err == nil {
		steps = n
	}
	if n, err := strconv.ParseUint(os.Getenv("TEREM_DOMAIN_SEED"), 10, 64); err == nil {
		seed = n
	}
	t.Logf("TEREM_DOMAIN_SEED=%d", seed)
	w := &walk{rnd: rand.New(rand.NewPCG(seed, 0)), dir: shop(t), inOrder: true}
	before := tree(t, w.dir)
	for range steps {
		w.step(t)
	}
	goVet(t, w.dir)
	for len(w.there) > 0 {
		w.remove(t, len(w.there)-1)
	}
	if w.inOrder {
		unchanged(t, w.dir, before)
	}
}

// walk is an application that domains come to and go from.
type walk struct {
	rnd     *rand.Rand
	dir     string
	there   []domain.Options
	names   int
	inOrder bool // only the newest domain was ever removed
}

func (w *walk) step(t *testing.T) {
	if len(w.there) > 0 && w.rnd.IntN(3) == 0 {
		w.remove(t, w.rnd.IntN(len(w.there)))
		return
	}
	o := w.options()
	s, err := change.Open(w.dir)
	must(t, err)
	if _, err := domain.Add(s, o); err != nil {
		t.Fatalf("%+v: %v", o, err)
	}
	w.compiles(t, s)
	must(t, s.Apply(t.Context()))
	w.there = append(w.there, o)
}

// remove removes a domain, which is refused while another refers to it.
func (w *walk) remove(t *testing.T, i int) {
	o := w.there[i]
	needed := slices.ContainsFunc(w.there, func(other domain.Options) bool {
		return other.Name != o.Name && slices.ContainsFunc(other.Fields, func(f string) bool { return strings.Contains(f, "ref("+o.Name+")") })
	})
	before := tree(t, w.dir)
	s, err := change.Open(w.dir)
	must(t, err)
	r, err := domain.Remove(s, domain.RemoveOptions{Name: o.Name, Drop: w.rnd.IntN(4) == 0})
	switch {
	case needed && err == nil:
		t.Fatalf("%s is removed, and others refer to it", o.Name)
	case needed:
		unchanged(t, w.dir, before)
		return
	case err != nil:
		t.Fatalf("%+v: %v", o, err)
	}
	w.compiles(t, s)
	must(t, s.Apply(t.Context()))
	w.inOrder = w.inOrder && r.Dropped == nil
	w.there = slices.Delete(w.there, i, i+1)
}

// options returns a domain with some fields of any types.
func (w *walk) options() domain.Options {
	w.names++
	o := domain.Options{Name: fmt.Sprintf("things%d", w.names), SoftDelete: w.rnd.IntN(2) == 0, Pages: w.rnd.IntN(3) == 0, Type: fmt.Sprintf("Thing%d", w.names)}
	kinds := []string{"string", "string(9)", "text", "int", "float", "bool", "decimal", "decimal(9,4)", "decimal(3,0)", "date", "time", "duration", "uuid", "json", "enum(a,b)", "enum(new-one,old)", "ref(users)"}
	for _, other := range w.there {
		kinds = append(kinds, "ref("+other.Name+")")
	}
	if w.rnd.IntN(2) == 0 {
		o.Fields = append(o.Fields, "owner:ref(users,owner)")
	}
	if w.rnd.IntN(3) == 0 {
		o.Fields = append(o.Fields, "parent:ref("+o.Name+")?")
	}
	for i := range 1 + w.rnd.IntN(8) {
		field := fmt.Sprintf("field%d:%s", i, kinds[w.rnd.IntN(len(kinds))])
		for _, mark := range []string{"?", "!"} {
			if _, err := domain.ParseField(field + mark); err == nil && w.rnd.IntN(3) == 0 {
				field += mark
			}
		}
		o.Fields = append(o.Fields, field)
	}
	return o
}

// compiles fails the test if the application with the changes does not compile.
func (w *walk) compiles(t *testing.T, s *change.Set) {
	t.Helper()
	broken, err := source.Breaks(t.Context(), w.dir, s.Overlay())
	must(t, err)
	for _, p := range broken {
		t.Error(p)
	}
	if broken != nil {
		t.FailNow()
	}
}

func goVet(t *testing.T, dir string) {
	t.Helper()
	for _, args := range [][]string{{"gofmt", "-l", "."}, {"go", "vet", "./..."}} {
		cmd := exec.Command(args[0], args[1:]...)
		cmd.Dir, cmd.Env = dir, append(os.Environ(), "GOFLAGS=-mod=readonly", "GOPROXY=off")
		if out, err := cmd.CombinedOutput(); err != nil || args[0] == "gofmt" && len(out) > 0 {
			t.Errorf("%s: %v\n%s", args, err, out)
		}
	}
}
