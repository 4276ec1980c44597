package addition

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"strings"

	"github.com/terem-go/terem/internal/goedit"
	"github.com/terem-go/terem/internal/scaffold/domain"
)

// part returns a part of the domain's template, in which the tests' function body is
// called as it is in this domain.
func (a *field) part(name string) string {
	text, err := a.grown.Part(name)
	a.set.Fail(err)
	return strings.NewReplacer("body()", a.body, "body(t, d)", a.body).Replace(text)
}

// refers adds what a reference brings: the error of one to a row that is not there,
// and a test of it.
func (a *field) refers() {
	a.uses(a.Table.Domain + ".X")
	if !a.has("ErrReference") {
		a.edit("ErrNotFound", "errors.go", func(f *goedit.File) { f.AddSpec(token.VAR, a.part(domain.ReferenceError), goedit.After("ErrNotFound")) })
		a.fails("ErrReference")
	}
	if a.tests["body"] == "" {
		return
	}
	if a.body == "body()" && !a.Itself() {
		a.body = "body(t, d)"
		a.callBody()
	}
	a.fixtures()
	if a.tests["TestReferences"] == "" {
		a.addTests("TestLifecycle", a.part(domain.ReferencesTest))
		return
	}
	a.try("TestReferences", func(f *goedit.File) {
		f.AddElement("TestReferences", "map[string]any", `"`+a.Column()+`": `+a.Missing(), goedit.Last)
	})
}

// callBody gives the tests' function body what it needs to insert other rows.
func (a *field) callBody() {
	a.editTests("body", func(f *goedit.File) {
		f.Replace("body", "func body()", "func body(t *testing.T, d *db.DB)")
		a.imports(f, "testing.T db.DB")
	})
	seen := map[string]bool{}
	for _, file := range a.tests {
		if seen[file] {
			continue
		}
		seen[file] = true
		a.set.Go(path.Join(a.name, file), func(f *goedit.File) { f.ReplaceAll("body()", "body(t, d)") })
	}
}

// fixtures adds the functions that insert rows of other tables, as far as the tests
// lack them.
func (a *field) fixtures() {
	text := a.part(domain.Fixtures)
	for name, decl := range declarations(text) {
		if a.tests[name] == "" {
			a.addTests("body", decl)
		}
	}
	a.number(text)
}

// number adds the counter that tells rows apart, if a text names it.
func (a *field) number(text string) {
	if !strings.Contains(text, "next.") || a.tests["next"] != "" {
		return
	}
	a.tests["next"] = a.tests["body"]
	a.editTests("body", func(f *goedit.File) {
		f.AddDecl("// next tells rows apart that must not share a value.\nvar next atomic.Int64", goedit.After("password"))
		f.AddImport("sync/atomic")
	})
}

// declarations returns the functions of a text in their order, each with its comment.
func declarations(text string) func(yield func(name, decl string) bool) {
	return func(yield func(name, decl string) bool) {
		const head = "package p\n\n"
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, "", head+text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return
		}
		for _, d := range file.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			pos := fn.Pos()
			if fn.Doc != nil {
				pos = fn.Doc.Pos()
			}
			if !yield(fn.Name.Name, (head + text)[fset.Position(pos).Offset:fset.Position(fn.End()).Offset]) {
				return
			}
		}
	}
}

// editTests edits the tests' file that declares a name.
func (a *field) editTests(name string, edit func(f *goedit.File)) {
	a.set.Go(path.Join(a.name, a.tests[name]), edit)
}

// addTests adds declarations to the end of the tests' file that declares a name.
func (a *field) addTests(name, text string) {
	if a.tests[name] == "" {
		return
	}
	a.editTests(name, func(f *goedit.File) {
		f.AddDecl(text, goedit.End)
		a.imports(f, text)
	})
}

// fails documents an error of the routes that create and change a row.
func (a *field) fails(name string) {
	a.edit("Router.Routes", "router.go", func(f *goedit.File) {
		for _, c := range f.Calls("Router.Routes") {
			if len(c.Args) < 4 || !strings.HasSuffix(c.Args[2], ".create") && !strings.HasSuffix(c.Args[2], ".update") {
				continue
			}
			route := c.Function + "(" + strings.Join(c.Args[:3], ", ")
			if !f.Try(func() { f.AddArgument("Router.Routes", route+" > api.Fails", name) }) {
				f.AddArgument("Router.Routes", route, "api.Fails("+name+")")
			}
		}
	})
}

// taken adds what a value brings that no two rows share: the error of one that is
// taken, who returns it, and a test of it.
func (a *field) taken() {
	a.edit("ErrNotFound", "errors.go", func(f *goedit.File) {
		f.AddSpec(token.VAR, a.part(domain.TakenErrors), goedit.Last)
		a.imports(f, "errs.X")
	})
	name := "Err" + a.Go() + "Taken"
	a.fails(name)
	if a.grown.SoftDelete {
		a.edit(a.typ, "models.go", func(f *goedit.File) {
			line := `t.Unique("` + a.Column() + `").Where("deleted_at IS NULL")`
			if f.Declares(a.typ + ".Table") {
				f.AddStatement(a.typ+".Table", line, goedit.Last)
				return
			}
			f.AddDecl("// Table says what no two rows share that are not deleted.\nfunc ("+a.typ+") Table(t *dao.Def) {\n\t"+line+"\n}", goedit.After(a.typ))
			f.AddImport(known["dao"])
		})
	}
	a.edit("Repository", "repository.go", func(f *goedit.File) {
		if f.Declares("taken") {
			f.AddStatement("taken", `err = dao.Taken(err, "`+a.Column()+`", `+name+`)`, goedit.Last)
			if doc := f.Doc("Repository.Create"); strings.HasSuffix(doc, "Taken.\n") {
				f.Replace("Repository.Create", doc, strings.TrimSuffix(doc, ".\n")+" or "+name+".\n")
			}
			return
		}
		f.AddDecl(a.part(domain.CreateMethod), goedit.Before("Repository.Change"))
		f.Replace("Repository.Change", "return r.Update(ctx, x, row, columns...)", "return taken(r.Update(ctx, x, row, columns...))")
		f.AddDecl(a.part(domain.TakenFunction), goedit.End)
		a.imports(f, a.part(domain.TakenFunction))
	})
	if !a.has("taken") {
		a.edit("Router.create", "router.go", func(f *goedit.File) { f.Replace("Router.create", ".Insert(ctx", ".Create(ctx") })
		a.try("TestRepository", func(f *goedit.File) { f.Replace("TestRepository", "repository.Insert(ctx", "repository.Create(ctx") })
	}
	if a.tests["body"] != "" {
		test := a.part(domain.TakenTests)
		a.addTests("TestLifecycle", test)
		a.number(a.SampleJSON())
	}
}
