package addition

import (
	"path"
	"strconv"
	"strings"

	"github.com/terem-go/terem/internal/goedit"
)

// test writes a test of the route, if the domain's tests have the functions that
// terem add domain writes, and the policy is one that they know.
func (r *route) test() bool {
	needs := []string{"each"}
	if r.NeedsCaller() {
		needs = append(needs, "signUp", "superuser")
	}
	if r.Row != "" {
		needs = append(needs, "create", "same", "body")
	}
	for _, name := range append(needs, "Test"+r.Title()) {
		if (r.tests[name] == "") != (name == "Test"+r.Title()) {
			return false
		}
	}
	if !r.Public() && r.policy != "users.Required" && !r.privileged() {
		return false
	}
	text := written(r.set, "test", r)
	file := "router_test.go"
	if r.tests["TestPolicies"] != "" {
		file = r.tests["TestPolicies"]
	}
	if !r.set.Exists(path.Join(r.target.name, file)) {
		file = r.tests["each"]
	}
	r.set.Go(path.Join(r.target.name, file), func(f *goedit.File) {
		f.AddDecl(text, goedit.Last)
		r.imports(f, text)
	})
	return true
}

// Public reports whether everybody may call the route.
func (r *route) Public() bool { return r.policy == "api.Public" }

// NeedsCaller reports whether the test needs somebody who is logged in.
func (r *route) NeedsCaller() bool { return r.Row != "" || !r.Public() }

// Caller is the client of the test that may call the route.
func (r *route) Caller() string {
	if r.NeedsCaller() {
		return "ada"
	}
	return "c"
}

// Superuser reports whether that must be a superuser: for the route, or to make a
// row.
func (r *route) Superuser() bool { return r.privileged() || r.Row != "" && r.creates() }

// creates reports whether only superusers make rows.
func (r *route) creates() bool {
	creates := false
	for _, c := range r.routes {
		creates = creates || c.Args[2] == r.Receiver+".create" && c.Args[3] == "users.Superuser"
	}
	return creates
}

// Others reports whether the test is to ask for a row of somebody without the
// permission, too.
func (r *route) Others() bool { return r.Any && !r.creates() }

// privileged reports whether the policy is one that a superuser meets, and not everybody.
func (r *route) privileged() bool {
	return r.policy == "users.Superuser" || strings.HasPrefix(r.policy, "users.Need(")
}

// Body is what the test makes a row of.
func (r *route) Body() string { return r.bodyCall() }

// bodyCall is how the tests call their function body.
func (t *target) bodyCall() string {
	src, err := t.set.Read(path.Join(t.name, t.tests["body"]))
	if err != nil {
		return "body()"
	}
	f, err := goedit.Parse("", src)
	if err != nil {
		return "body()"
	}
	return "body(" + strings.Join(f.Parameters("body"), ", ") + ")"
}

// URL is an expression for the route's address. The row was made at an address, and
// read into a value, which variables of these names have.
func (r *route) URL(address, made string) string {
	head, tail, _ := strings.Cut(r.fill("{id}"), "{id}")
	expression := address
	if head != "/api"+r.base+"/" {
		expression = strconv.Quote(head) + ` + text(` + made + `["id"])`
	}
	if tail != "" {
		expression += " + " + strconv.Quote(tail)
	}
	return expression
}

// UsesPath reports whether URL makes the address of that of the row.
func (r *route) UsesPath() bool { return strings.HasPrefix(r.URL("path", "made"), "path") }

// Nowhere is the route's address for a row that is not there.
func (r *route) Nowhere() string { return r.fill("1000000") }

// fill returns the route's address with an id, and x for other parameters.
func (r *route) fill(id string) string {
	segments := strings.Split("/api"+r.path, "/")
	for i, s := range segments {
		if s == "{id}" {
			segments[i] = id
		} else if strings.HasPrefix(s, "{") {
			segments[i] = "x"
		}
	}
	return strings.Join(segments, "/")
}
