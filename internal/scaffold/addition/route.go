package addition

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"go/token"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"text/template"

	"github.com/terem-go/terem/dao"
	"github.com/terem-go/terem/internal/change"
	"github.com/terem-go/terem/internal/goedit"
	"github.com/terem-go/terem/internal/scaffold/domain"
	"github.com/terem-go/terem/internal/schema"
)

//go:embed templates
var templateFiles embed.FS

var templates = template.Must(template.ParseFS(templateFiles, "templates/*.tmpl"))

// written returns what a template says of data.
func written(s *change.Set, name string, data any) string {
	var b bytes.Buffer
	s.Fail(templates.ExecuteTemplate(&b, name, data))
	return b.String()
}

// RouteVerb is what entries of routes are recorded under; their names are the
// domain's and the handler's: orders.refund.
const RouteVerb = "add route"

// The sessions of a route's handler.
const (
	Reads    = "reads"  // *db.Reader
	Writes   = "writes" // *db.Session
	Database = "db"     // *db.DB
)

// RouteOptions say how a route is added.
type RouteOptions struct {
	Policy  string // such as users.Required; that of the domain's own route of the kind by default
	Session string // Reads, Writes or Database; Reads for GET by default, and Writes for others
	Name    string // of the handler, made from the path by default
}

// Route adds a route to a domain: its registration, its handler, the handler's input
// and a test. Path is below that of the domain's other routes, as in /{id}/refund.
// The handler returns the row that {id} names as it is, or nothing.
func Route(s *change.Set, name, method, path string, o RouteOptions) (*Added, error) {
	t, err := find(s, name)
	if err != nil {
		return nil, err
	}
	r := &route{target: t, Method: method, policy: o.Policy, session: o.Session, Name: o.Name}
	if err := r.read(); err != nil {
		return nil, err
	}
	if err := errors.Join(r.checkMethod(), r.setPath(path)); err != nil {
		return nil, err
	}
	if err := errors.Join(r.setName(), r.setPolicy()); err != nil {
		return nil, err
	}
	s.Record(RouteVerb, name+"."+r.Name, r.args(path, o)...)
	r.write()
	added := &Added{Name: r.Name, Path: r.path, Test: r.test()}
	return added, s.Err()
}

// Added says what was added.
type Added struct {
	Name string // of the handler
	Path string // of the route, below /api
	Test bool   // there is a test
}

// route is a route that is added. Its templates read it.
type route struct {
	*target
	Method   string
	Name     string // of the handler
	Table    string
	Receiver string
	Params   []param
	Row      string // the type of the row that is returned, or ""
	Own      bool   // what a caller sees depends on who it is
	Any      bool   // callers see the rows of others, too, since they need a permission

	model   *dao.Model
	base    string // of the domain's paths: /orders
	path    string // the whole
	policy  string
	session string
	field   string // of Router, for the repository
	routes  []registered
	router  *goedit.File
}

// registered is a route that the domain registers, in a file.
type registered struct {
	goedit.Call
	file string
}

// param is a part of a path that requests fill in.
type param struct{ Name, Go, Type, Rules string }

// read reads the domain's router.
func (r *route) read() error {
	file := r.own["Router.Routes"]
	if file == "" {
		return fmt.Errorf("the domain %s has no method Routes of a type Router, which registers routes: func (rt *Router) Routes(r *api.Router)", r.name)
	}
	src, err := r.set.Read(r.target.name + "/" + file)
	if err != nil {
		return err
	}
	if r.router, err = goedit.Parse(r.target.name+"/"+file, src); err != nil {
		return err
	}
	r.Receiver = r.router.Receiver("Router.Routes")
	r.register(r.router, "Router.Routes", file)
	if len(r.routes) == 0 || r.Receiver == "" {
		return fmt.Errorf("%s/%s: Router.Routes registers no route that another could stand beside, such as: api.Get(r, \"/%s\", rt.list, users.Required)", r.target.name, file, r.target.name)
	}
	if err := r.readOthers(); err != nil {
		return err
	}
	first, _ := strconv.Unquote(r.routes[0].Args[1])
	segment, _, _ := strings.Cut(strings.TrimPrefix(first, "/"), "/")
	r.base = "/" + segment
	f, err := schema.Open(r.set.Dir())
	if err != nil {
		return err
	}
	models, err := f.Described()
	if err != nil {
		return err
	}
	if r.model, err = r.target.model(models, ""); err == nil {
		r.Table = r.model.Table
	}
	return nil
}

// readOthers reads the routes that methods such as Router.adminRoutes register.
func (r *route) readOthers() error {
	for _, scope := range slices.Sorted(maps.Keys(r.own)) {
		if !strings.HasPrefix(scope, "Router.") || !strings.HasSuffix(scope, "Routes") || scope == "Router.Routes" {
			continue
		}
		file := r.own[scope]
		src, err := r.set.Read(r.target.name + "/" + file)
		if err != nil {
			return err
		}
		f, err := goedit.Parse(r.target.name+"/"+file, src)
		if err != nil {
			return err
		}
		r.register(f, scope, file)
	}
	return nil
}

// register notes the routes that a method registers.
func (r *route) register(f *goedit.File, scope, file string) {
	for _, c := range f.Calls(scope) {
		if strings.HasPrefix(c.Function, "api.") && len(c.Args) > 3 {
			r.routes = append(r.routes, registered{c, file})
		}
	}
}

var methods = []string{"GET", "POST", "PUT", "PATCH", "DELETE"}

func (r *route) checkMethod() error {
	if !slices.Contains(methods, r.Method) {
		return fmt.Errorf("%s is no method of a route: expected %s", r.Method, strings.Join(methods, ", "))
	}
	if r.session == "" {
		if r.session = Writes; r.Method == "GET" {
			r.session = Reads
		}
	}
	if r.Method == "GET" && r.session == Writes {
		return errors.New("a GET only reads: take POST, or --db for the rare one that must write")
	}
	return nil
}

// setPath reads the path's parameters.
func (r *route) setPath(path string) error {
	if !strings.HasPrefix(path, "/") || strings.ContainsAny(path, " \"`?#") {
		return fmt.Errorf("the path %q is not one: expected it to begin with a slash, as in /{id}/refund", path)
	}
	r.path = path
	if path != r.base && !strings.HasPrefix(path, r.base+"/") {
		r.path = r.base + strings.TrimSuffix(path, "/")
	}
	for _, c := range r.routes {
		if other, _ := strconv.Unquote(c.Args[1]); c.Function == "api."+r.verb() && other == r.path {
			return fmt.Errorf("%s/%s:%d has the route %s %s already", r.target.name, c.file, c.Line, r.Method, r.path)
		}
	}
	for segment := range strings.SplitSeq(r.path, "/") {
		name, isParam := strings.CutPrefix(segment, "{")
		if !isParam {
			continue
		}
		name = strings.TrimSuffix(strings.TrimSuffix(name, "}"), "...")
		if !token.IsIdentifier(name) || strings.ToLower(name) != name {
			return fmt.Errorf("the path %s has a parameter %q: expected a name such as {id} or {line_id}", path, segment)
		}
		p := param{Name: name, Go: domain.GoName(name), Type: "string"}
		if name == "id" {
			if err := r.setRow(&p); err != nil {
				return err
			}
		}
		r.Params = append(r.Params, p)
	}
	return nil
}

// setRow has the handler return the row that a parameter names.
func (r *route) setRow(p *param) error {
	if r.model == nil || len(r.model.Key()) != 1 {
		return fmt.Errorf("{id} names a row, and %s has no table with a key of one column: call the parameter otherwise", r.target.name)
	}
	r.Row, p.Type = rows(r.model), r.model.Key()[0].Type
	if p.Type == "int64" {
		p.Rules = ` minimum:"1"`
	}
	for _, name := range []string{r.Row + "Read", "new" + r.Row + "Read"} {
		if !r.has(name) {
			return fmt.Errorf("the domain %s has no %s, which turns a row into what clients see. Write it, as users/schemas.go does", r.target.name, name)
		}
	}
	for _, f := range r.router.Fields("Router") {
		if f.Type == "Repository" && r.field == "" {
			r.field = f.Name
		}
	}
	if r.field == "" {
		return fmt.Errorf("the type Router in %s has no field of type Repository, by which its handlers read rows", r.target.name)
	}
	r.Own = r.has("Router.visible")
	return nil
}

// setName makes a handler's name of what in the path is no parameter.
func (r *route) setName() error {
	if r.Name == "" {
		var words []string
		for segment := range strings.SplitSeq(strings.TrimPrefix(r.path, r.base), "/") {
			if segment != "" && segment[0] != '{' {
				words = append(words, strings.FieldsFunc(segment, func(c rune) bool { return c == '-' || c == '.' || c == '_' })...)
			}
		}
		if r.Name = domain.GoName(strings.Join(words, "_")); r.Name != "" {
			r.Name = strings.ToLower(r.Name[:1]) + r.Name[1:]
		}
	}
	switch {
	case r.Name == "":
		return fmt.Errorf("no name for the handler can be made from %s: give one, such as --name refund", r.path)
	case !token.IsIdentifier(r.Name) || token.IsExported(r.Name):
		return fmt.Errorf("%q cannot be the name of a handler, since Go takes it for something else: give another one, such as --name refund", r.Name)
	}
	for _, name := range []string{"Router." + r.Name, r.Input()} {
		if r.has(name) {
			return fmt.Errorf("the domain %s has %s already, in %s: give the handler another name with --name", r.target.name, name, r.own[name])
		}
	}
	for _, f := range r.router.Fields("Router") {
		if f.Name == r.Name {
			return fmt.Errorf("the type Router in %s has a field %s: give the handler another name with --name", r.target.name, r.Name)
		}
	}
	return nil
}

// setPolicy takes that of the domain's own route of the kind if none is named.
// permission is the argument of a policy such as users.Need("orders.refund").
var permission = regexp.MustCompile(`\("[\w.:-]+"\)$`)

func (r *route) setPolicy() error {
	if r.policy == "" {
		like := r.Receiver + ".update"
		if r.session == Reads {
			like = r.Receiver + ".get"
		}
		r.policy = "users.Required"
		for _, c := range r.routes {
			if c.Args[2] == like {
				r.policy = c.Args[3]
			}
		}
	}
	r.policy = strings.TrimPrefix(r.policy, r.target.name+".")
	policy := permission.ReplaceAllString(r.policy, "")
	pkg, name, found := strings.Cut(policy, ".")
	if !found {
		pkg, name = "", policy
	}
	if !token.IsIdentifier(name) || found && !token.IsIdentifier(pkg) {
		return fmt.Errorf("the policy %s is none: expected one such as users.Required, users.Need(\"orders.refund\") or api.Public", r.policy)
	}
	switch pkg {
	case "api":
		if name == "Public" {
			return nil
		}
	case "":
		if r.has(name) {
			return nil
		}
	default:
		if other, err := find(r.set, pkg); err == nil && other.has(name) {
			// A permission is about every row, whoever owns it.
			r.Any = r.Own && policy == "users.Need"
			r.Own = r.Own && !r.Any
			return nil
		}
	}
	return fmt.Errorf("there is no policy %s: expected one such as users.Required, users.Need(\"orders.refund\") or api.Public", policy)
}

func (r *route) args(path string, o RouteOptions) []string {
	args := []string{r.target.name, r.Method, path}
	if o.Policy != "" {
		args = append(args, "--policy", o.Policy)
	}
	if o.Session != "" {
		args = append(args, "--"+o.Session)
	}
	if o.Name != "" {
		args = append(args, "--name", o.Name)
	}
	return args
}
