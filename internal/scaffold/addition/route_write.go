package addition

import (
	"fmt"
	"strings"

	"github.com/terem-go/terem/internal/goedit"
	"github.com/terem-go/terem/internal/scaffold/domain"
)

// write edits the router and the schemas.
func (r *route) write() {
	registration := fmt.Sprintf("api.%s(%s, %q, %s.%s, %s", r.verb(), r.parameter(), r.path, r.Receiver, r.Name, r.policy)
	if r.Row != "" && r.has("ErrNotFound") {
		registration += ", api.Fails(ErrNotFound)"
	}
	handler := written(r.set, "handler", r)
	r.edit("Router.Routes", "router.go", func(f *goedit.File) {
		f.AddStatement("Router.Routes", registration+")", goedit.Last)
		f.AddDecl(handler, goedit.Last)
		r.imports(f, registration, handler)
	})
	input := written(r.set, "input", r)
	r.edit(r.schemas(), "schemas.go", func(f *goedit.File) {
		f.AddDecl(input, goedit.End)
		r.imports(f, input)
	})
	r.uses(registration)
}

// schemas names a schema of the domain, beside which others stand.
func (r *route) schemas() string { return r.Row + "Read" }

// uses declares the domains that texts name.
func (t *target) uses(texts ...string) {
	for _, m := range selector.FindAllStringSubmatch(code(strings.Join(texts, "\n")), -1) {
		if m[1] != t.name && known[m[1]] == "" && t.set.Exists(m[1]+"/domain.go") {
			t.set.Go(t.name+"/domain.go", func(f *goedit.File) { f.AddDirective("//terem:uses " + m[1]) })
		}
	}
}

// verb is the function of package api for the method: Post.
func (r *route) verb() string { return r.Method[:1] + strings.ToLower(r.Method[1:]) }

// parameter is what Routes calls the router that it is given.
func (r *route) parameter() string {
	if names := r.router.Parameters("Router.Routes"); len(names) > 0 {
		return names[0]
	}
	return "r"
}

// Title is the handler's name as others begin with it: Refund.
func (r *route) Title() string { return strings.ToUpper(r.Name[:1]) + r.Name[1:] }

// Input is the type of the handler's input: OrderRefund.
func (r *route) Input() string {
	if r.Row != "" {
		return r.Row + r.Title()
	}
	if r.model != nil {
		return rows(r.model) + r.Title()
	}
	return r.Title()
}

// InputDoc says what the input is.
func (r *route) InputDoc() string {
	if r.Row != "" {
		return "names " + r.AOne()
	}
	return fmt.Sprintf("is the input of %s %s", r.Method, r.path)
}

// AOne is what a row is called in text, such as an order.
func (r *route) AOne() string { return (&domain.Domain{Type: r.Row}).AOne() }

// Users is the qualifier of what the domain users declares.
func (r *route) Users() string {
	if r.target.name == "users" {
		return ""
	}
	return "users."
}

// Session is the handler's second parameter.
func (r *route) Session() string {
	switch r.session {
	case Reads:
		return "r *db.Reader"
	case Database:
		return "database *db.DB"
	}
	return "s *db.Session"
}

// Handle is what the handler passes on to the repository.
func (r *route) Handle() string { return r.Session()[:1] }

// Database reports whether the handler opens sessions by itself.
func (r *route) Database() bool { return r.session == Database }

// Repository is that of the rows which a caller sees.
func (r *route) Repository() string {
	if r.Own {
		return r.Receiver + ".visible(in.User)"
	}
	return r.Receiver + "." + r.field
}
