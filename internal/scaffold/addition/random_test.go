package addition_test

import (
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/internal/change"
	"github.com/terem-go/terem/internal/scaffold/addition"
)

// pool is what comes and goes at random.
var pool = []struct {
	verb, name string
	add        func(s *change.Set) error
}{
	{addition.FieldVerb, "orders.note", field("note:text?", addition.FieldOptions{})},
	{addition.FieldVerb, "orders.meta", field("meta:json", addition.FieldOptions{Fills: []string{"orders.meta:'{}'"}})},
	{addition.FieldVerb, "orders.more", field("more:json", addition.FieldOptions{Fills: []string{"orders.more:'{}'"}})},
	{addition.FieldVerb, "orders.kind", field("kind:enum(a,b)?", addition.FieldOptions{})},
	{addition.FieldVerb, "orders.agent_id", field("agent:ref(users)?", addition.FieldOptions{})},
	{addition.FieldVerb, "orders.login_id", field("login:ref(users)?", addition.FieldOptions{})},
	{addition.FieldVerb, "orders.code", field("code:string(20)?!", addition.FieldOptions{})},
	{addition.FieldVerb, "orders.number", field("number:int?!", addition.FieldOptions{})},
	{addition.RouteVerb, "orders.refund", route("POST", "/{id}/refund", addition.RouteOptions{})},
	{addition.RouteVerb, "orders.summary", route("GET", "/{id}/summary", addition.RouteOptions{Session: addition.Database})},
	{addition.RouteVerb, "orders.importAll", route("POST", "/import-all", addition.RouteOptions{Policy: `users.Need("orders.import")`})},
	{addition.DependencyVerb, "orders.CurrentCart", func(s *change.Set) error { _, err := addition.Dependency(s, "orders", "current_cart"); return err }},
	{addition.DependencyVerb, "orders.Basket", func(s *change.Set) error { _, err := addition.Dependency(s, "orders", "Basket"); return err }},
}

// Parts come and go at random, and the application goes on compiling; what cannot be
// taken back changes nothing. TEREM_PARTS_STEPS=200 takes as many steps, and
// TEREM_PARTS_SEED repeats a walk.
func TestRandomParts(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("checking the types of an application takes long")
	}
	steps, seed := 10, rand.Uint64()
	if n, err := strconv.Atoi(os.Getenv("TEREM_PARTS_STEPS")); err == nil {
		steps = n
	}
	if n, err := strconv.ParseUint(os.Getenv("TEREM_PARTS_SEED"), 10, 64); err == nil {
		seed = n
	}
	t.Logf("TEREM_PARTS_SEED=%d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	dir := shop(t, owned...)
	start := tree(t, dir)
	remove := func(verb, name string) error {
		before := tree(t, dir)
		s := open(t, dir)
		if _, err := addition.Remove(t.Context(), s, verb, name, addition.RemoveOptions{}); err != nil {
			if diff := cmp.Diff(before, tree(t, dir)); diff != "" {
				t.Fatalf("%s %s was refused, and changed\n%s", verb, name, diff)
			}
			return err
		}
		apply(t, s)
		return nil
	}
	for range steps {
		p := pool[random.IntN(len(pool))]
		s := open(t, dir)
		if s.Manifest().Entry(p.verb, p.name) != nil {
			if err := remove(p.verb, p.name); err != nil {
				t.Logf("%s %s stays: %v", p.verb, p.name, err)
			}
			continue
		}
		if err := p.add(s); err != nil {
			t.Fatalf("%s %s: %v", p.verb, p.name, err)
		}
		if err := addition.Check(t.Context(), s); err != nil {
			t.Fatalf("%s %s: %v", p.verb, p.name, err)
		}
		apply(t, s)
	}
	for _, e := range slices.Backward(open(t, dir).Manifest().Entries) {
		if e.Verb == "add domain" || e.Verb == "require" {
			continue
		}
		if err := remove(e.Verb, e.Name); err != nil {
			t.Errorf("the last first, %s cannot be taken back: %v", e, err)
		}
	}
	for name, text := range tree(t, dir) {
		if strings.HasSuffix(name, ".go") || name == "migrations/schema.json" {
			if diff := cmp.Diff(start[name], text); diff != "" {
				t.Errorf("%s (-before +back):\n%s", name, diff)
			}
		}
	}
}
