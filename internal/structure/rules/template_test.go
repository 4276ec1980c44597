package rules_test

import (
	"testing"

	"github.com/terem-go/terem/internal/structure"
	"github.com/terem-go/terem/internal/structure/rules"
)

// The application that terem new writes, and those of the repository, keep all rules.
func TestApplications(t *testing.T) {
	t.Parallel()
	for _, dir := range []string{"../../scaffold/app", "../../../examples/conduit"} {
		t.Run(dir, func(t *testing.T) {
			t.Parallel()
			p, err := structure.Load(t.Context(), dir)
			if err != nil {
				t.Fatal(err)
			}
			a := read(t, p)
			if len(p.Packages) < 5 || len(a.Routes) == 0 {
				t.Fatalf("%d packages and %d routes were read", len(p.Packages), len(a.Routes))
			}
			for _, f := range rules.Check(p, a, rules.All) {
				t.Errorf("%s:%d: %s (%s)", f.File, f.Line, f.Title, f.Rule)
			}
		})
	}
}
