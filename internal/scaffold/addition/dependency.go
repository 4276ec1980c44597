package addition

import (
	"fmt"
	"go/token"
	"regexp"
	"strings"

	"github.com/terem-go/terem/internal/change"
	"github.com/terem-go/terem/internal/goedit"
	"github.com/terem-go/terem/internal/scaffold/domain"
)

// DependencyVerb is what entries of dependencies are recorded under; their names are
// the domain's and the type's: orders.CurrentCart.
const DependencyVerb = "add dependency"

var dependencyForm = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9]*(_[a-z0-9]+)*$`)

// Dependency adds a dependency to a domain: its type, the function that makes it of
// a request, the registration of that, and a test. The name is such as current_cart
// or CurrentCart. It returns the type's name.
func Dependency(s *change.Set, name, dependency string) (string, error) {
	t, err := find(s, name)
	if err != nil {
		return "", err
	}
	if !dependencyForm.MatchString(dependency) {
		return "", fmt.Errorf("%q is no name of a dependency: expected one such as current_cart or CurrentCart", dependency)
	}
	typ := domain.GoName(dependency)
	d := struct{ Type, Provider string }{typ, strings.ToLower(typ[:1]) + typ[1:]}
	for _, other := range []string{d.Type, "Domain." + d.Provider} {
		if t.has(other) {
			return "", fmt.Errorf("the domain %s declares %s already, in %s/%s: take another name", name, other, name, t.own[other])
		}
	}
	if token.IsKeyword(d.Provider) || !t.has("Domain.Register") {
		return "", fmt.Errorf("the domain %s has no method Register of a type Domain, or %s is a word of Go's own", name, d.Provider)
	}
	s.Record(DependencyVerb, name+"."+typ, name, dependency)
	t.edit("Domain.Register", "domain.go", func(f *goedit.File) {
		f.AddStatement("Domain.Register", fmt.Sprintf("api.Provide(%s, %s.%s)", router(f), f.Receiver("Domain.Register"), d.Provider), goedit.Before("(&Router{"))
		f.AddImport(known["api"])
	})
	t.put("dependencies.go", name, written(s, "dependency", d))
	t.put(t.testFile("dependencies_test.go", strings.ToLower(typ)+"_test.go"), name, written(s, "dependency_test", d))
	return typ, s.Err()
}

// testFile returns the first of two files that is not there or has tests within the
// package.
func (t *target) testFile(first, second string) string {
	src, err := t.set.Read(t.name + "/" + first)
	if err != nil {
		return first
	}
	if f, err := goedit.Parse(first, src); err == nil && f.Package() == t.name {
		return first
	}
	return second
}

// router is what Register calls the router of the domain's routes.
func router(f *goedit.File) string {
	for _, c := range f.Calls("Domain.Register") {
		if strings.HasSuffix(c.Function, ".Routes") && len(c.Args) == 1 && token.IsIdentifier(c.Args[0]) {
			return c.Args[0]
		}
	}
	return "r"
}
