package parts

import (
	"fmt"
	"go/ast"
	"go/types"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/terem-go/terem/internal/application"
	"github.com/terem-go/terem/internal/change"
	"github.com/terem-go/terem/internal/goedit"
	"github.com/terem-go/terem/internal/scaffold/domain"
)

// Page is a page that people look at.
type Page struct {
	Path   string // as about or orders/{id}
	Policy string // who may see it, as Go: api.Public or users.Member
}

// pageData is what the template of pages is filled with.
type pageData struct {
	App, Brand string
	Path       string // /orders/{id}
	Example    string // /orders/1
	File       string // orders_id, without .go
	Template   string // orders-id
	Func       string // ordersID
	Input      string // the type of the handler's input
	Test       string
	Heading    string // Orders
	Parameters []parameter
	Member     bool
}

// parameter is a part of a page's path that differs from page to page.
type parameter struct{ Name, Title, Type, Example string }

var segmentForm = regexp.MustCompile(`^([a-z0-9]+(?:[-_][a-z0-9]+)*|\{[a-z][a-z0-9]*(?:_[a-z0-9]+)*\})$`)

// taken are where the library answers, or main has something else.
var taken = []string{"api", "dev", "docs", "healthz", "readyz", "static"}

// wildcards are the parts of a path whose names say nothing to the router.
var wildcards = regexp.MustCompile(`\{[^}]*\}`)

// Add writes the page's handler, template and test, and its route.
func (p Page) Add(app *application.Application, c *change.Set) error {
	data, err := p.data(app)
	if err != nil {
		return err
	}
	data.Brand = brand(c.Manifest().Answers.Name)
	pages, err := app.Package("pages")
	if err != nil {
		return fmt.Errorf("there are no pages: %w", err)
	}
	if err := p.free(pages, data.Path); err != nil {
		return err
	}
	for name, other := range map[string]string{"Pages." + data.Func: "a handler of that name", data.Input: "a type " + data.Input} {
		if file := pages.Declares(name); file != "" && !(name == "Look" && len(data.Parameters) == 0) {
			return fmt.Errorf("pages/%s has %s already, so there is no name left for the page %s", file, other, data.Path)
		}
	}
	if pages.Declares("Pages.page") == "" || pages.Struct("Look") == nil {
		return fmt.Errorf("the package pages has no method page, or no input Look with a Visitor, which new pages are written with. " +
			"Write the page by hand, as one that is there")
	}
	list, err := render("page", data)
	if err != nil {
		return err
	}
	for _, f := range list {
		if !strings.HasSuffix(f.path, "_test.go") || declares(c, "pages/pages_test.go", "each", "ada") {
			c.Create(f.path, f.data)
		}
	}
	local, _, _ := strings.Cut(p.Policy, ".")
	c.Go(pages.File("Pages.routes", "router.go"), func(f *goedit.File) {
		if local != "api" {
			f.AddImport(app.Path + "/" + local)
		}
		router := pages.Parameter("Pages.routes", "*api.Router", "r")
		f.AddStatement("Pages.routes", fmt.Sprintf("\tapi.Get(%s, %q, %s.%s, %s)", router, data.Path, pages.Receiver("Pages.routes", "p"), data.Func, p.Policy), goedit.Last)
	})
	return nil
}

// brand is what pages call an application of a name.
func brand(name string) string {
	if name == "" {
		return "Pages"
	}
	return strings.ToUpper(name[:1]) + name[1:]
}

// data checks the page's path and policy.
func (p Page) data(app *application.Application) (*pageData, error) {
	data := &pageData{App: app.Path}
	var words, heading []string
	for segment := range strings.SplitSeq(strings.Trim(p.Path, "/"), "/") {
		if !segmentForm.MatchString(segment) {
			return nil, fmt.Errorf("%q cannot be the path of a page: take lower-case letters, digits and hyphens, such as about or orders/{id}", p.Path)
		}
		data.Path += "/" + segment
		name := strings.Trim(segment, "{}")
		said := strings.FieldsFunc(name, func(r rune) bool { return r == '-' || r == '_' })
		words = append(words, said...)
		if name == segment {
			data.Example += "/" + segment
			heading = append(heading, said...)
			continue
		}
		v := parameter{name, domain.GoName(name), "string", "x"}
		if name == "id" || strings.HasSuffix(name, "_id") {
			v.Type, v.Example = "int64", "1"
		}
		if slices.ContainsFunc(data.Parameters, func(o parameter) bool { return o.Name == v.Name }) || v.Title == "Visitor" {
			return nil, fmt.Errorf("%q cannot be the path of a page: another part of it is named {%s}, or all inputs have that", p.Path, name)
		}
		data.Parameters = append(data.Parameters, v)
		data.Example += "/" + v.Example
	}
	data.File, data.Template = strings.Join(words, "_"), strings.Join(words, "-")
	if err := checkFile(data.File); err != nil {
		return nil, err
	}
	if slices.Contains(taken, words[0]) {
		return nil, fmt.Errorf("%q cannot be the path of a page: the application itself answers at /%s", p.Path, words[0])
	}
	title := domain.GoName(data.File)
	data.Func, data.Test, data.Input = domain.Lower(title), "Test"+title, "Look"
	if len(heading) == 0 {
		heading = words
	}
	data.Heading = strings.ToUpper(heading[0][:1]) + strings.Join(heading, " ")[1:]
	if len(data.Parameters) > 0 {
		data.Input = "Look" + title
	}
	return data, p.checkPolicy(app, data)
}

// checkPolicy refuses a policy that is not there, or is not for pages.
func (p Page) checkPolicy(app *application.Application, data *pageData) error {
	folder, name, ok := strings.Cut(p.Policy, ".")
	switch {
	case p.Policy == "api.Public":
		return nil
	case p.Policy == "users.Required", p.Policy == "users.Superuser":
		return fmt.Errorf("%s asks for an access token, and pages take cookies only: choose users.Member, or a policy of your own about users.Visitor", p.Policy)
	case !ok:
		return fmt.Errorf("%q is no policy: name its package too, such as users.Member", p.Policy)
	}
	pkg, err := app.DomainPackage(folder)
	if err != nil {
		return err
	}
	if pkg.Declares(name) == "" {
		return fmt.Errorf("%s declares no policy %s. Write it first, as Member in users/dependencies.go", folder, name)
	}
	data.Member = true
	return nil
}

// free refuses a path that has a route.
func (p Page) free(pages *application.Package, path string) (err error) {
	for name, f := range pages.Files {
		ast.Inspect(f, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) < 2 || types.ExprString(call.Fun) != "api.Get" {
				return true
			}
			if text, ok := call.Args[1].(*ast.BasicLit); ok {
				if other, _ := strconv.Unquote(text.Value); wildcards.ReplaceAllString(other, "{}") == wildcards.ReplaceAllString(path, "{}") {
					err = fmt.Errorf("pages/%s has a route for %s already", name, other)
				}
			}
			return true
		})
	}
	return err
}
