package terem_test

import (
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/scanner"
	"go/token"
	"go/types"
	"io"
	"os"
	"path"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/terem-go/terem/internal/golist"
)

// TestGoOfTheDocumentation compiles the Go code of the pages, each block by itself.
// What a block takes from elsewhere is unknown, and so is what follows from that:
// a block has to be Go, and to use this library as it is.
func TestGoOfTheDocumentation(t *testing.T) {
	t.Parallel()
	c := newCompiler(t)
	n := 0
	for name, page := range documentation(t) {
		for line, code := range blocks(page, "go") {
			n++
			for _, err := range c.compile(name, line, code) {
				// A page may add to the application's users what it uses later on.
				if _, added, ok := strings.Cut(err.Error(), "undefined: users."); !ok || !strings.Contains(page, "type "+added+" ") {
					t.Error(err)
				}
			}
		}
	}
	if n < 100 {
		t.Errorf("%d blocks were found", n)
	}
}

// blocks returns the blocks of a page that are in a language, by the lines on which
// their text begins.
func blocks(page, language string) map[int]string {
	found := map[int]string{}
	for _, at := range fenced.FindAllStringIndex(page, -1) {
		block := strings.TrimLeft(page[at[0]:at[1]], "\n")
		first := 1 + strings.Count(page[:at[1]-len(block)], "\n")
		head, text, _ := strings.Cut(block, "\n")
		if strings.TrimSpace(head) == "```"+language {
			found[first+1] = text[:strings.LastIndexByte(text, '\n')+1]
		}
	}
	return found
}

// compiler compiles blocks.
type compiler struct {
	fset    *token.FileSet
	exports map[string]string // files of export data by the paths of packages
	paths   map[string]string // of the packages that a block need not import, by their names
	gc      types.Importer
	around  *ast.File
}

// around is what blocks use without declaring it.
const around = `package p

type Order struct{ ID int64 }

type Repository struct{ dao.Table[Order] }

type Router struct{ orders Repository }

var (
	ctx context.Context
	s   *db.Session
	database *db.DB
	r   *api.Router
	a   *app.App
	w   *jobs.Workers
)`

func newCompiler(t *testing.T) *compiler {
	t.Helper()
	list, err := golist.Run(t.Context(), ".", nil, "-export", "-deps", "-json=ImportPath,Name,Export", "./...")
	if err != nil {
		t.Fatal(err)
	}
	c := &compiler{fset: token.NewFileSet(), exports: map[string]string{}, paths: map[string]string{}}
	for _, p := range list {
		c.exports[p.ImportPath] = p.Export
		rank := func(path string) int { // the library's own first, then what is short
			if strings.HasPrefix(path, module) {
				return 0
			}
			return len(path)
		}
		if strings.Contains(p.ImportPath, "internal/") || strings.Contains(p.ImportPath, "/examples/") {
			continue
		}
		if known, ok := c.paths[p.Name]; !ok || rank(p.ImportPath) < rank(known) {
			c.paths[p.Name] = p.ImportPath
		}
	}
	c.paths["users"] = application + "/users"
	c.gc = importer.ForCompiler(c.fset, "gc", func(path string) (io.ReadCloser, error) { return os.Open(c.exports[path]) })
	if c.around, err = parser.ParseFile(c.fset, "around", around, 0); err != nil {
		t.Fatal(err)
	}
	delete(c.paths, "database") // which is no package in the guides
	c.importUsed(c.around)
	return c
}

const (
	module = "github.com/terem-go/terem"
	// application is what the application of the guides, shop, is in this module.
	application = module + "/internal/scaffold/app"
)

// Import implements types.Importer.
func (c *compiler) Import(path string) (*types.Package, error) {
	if path == "shop/users" {
		path = application + "/users"
	}
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	if c.exports[path] == "" {
		if strings.HasPrefix(path, module) {
			return nil, errors.New("there is no such package")
		}
		return nil, errors.New("not of this module")
	}
	return c.gc.Import(path)
}

// follows matches what is wrong with a block only because it is a part of a program.
var follows = regexp.MustCompile(`^undefined: \w+$|declared and not used|^missing return$|imported and not used|is not used$|` +
	`other declaration of|could not import .*not of this module|(unknown field|no field or method) [a-z]|type \*?\w+ has no field or method`)

// compile returns what is wrong with a block.
func (c *compiler) compile(page string, line int, code string) (problems []error) {
	files, err := c.parse(page, line, code)
	if err != nil {
		return []error{err}
	}
	for _, file := range files {
		file.Name.Name = c.around.Name.Name
		c.importUsed(file)
	}
	config := types.Config{Importer: c, Error: func(err error) {
		e, _ := errors.AsType[types.Error](err)
		kind := c.fset.File(e.Pos).Name()
		if kind != "around" && !follows.MatchString(e.Msg) && !(kind == "statements" && strings.Contains(e.Msg, "return values")) {
			problems = append(problems, err)
		}
	}}
	_, _ = config.Check("p", c.fset, append(files, c.around), nil) // the errors are collected
	return problems
}

// parse parses a block as a file, declarations, statements or fields; or, where
// it mixes them, each of its parts.
func (c *compiler) parse(page string, line int, code string) ([]*ast.File, error) {
	file, err := c.parsePart(page, line, code)
	if err == nil {
		return []*ast.File{file}, nil
	}
	parts := strings.SplitAfter(code, "\n\n")
	var files []*ast.File
	for i := 0; i < len(parts); i++ {
		part := parts[i]
		for i+1 < len(parts) && strings.HasPrefix(parts[i+1], "\t") {
			i++
			part += parts[i]
		}
		if file, err = c.parsePart(page, line, part); err != nil {
			return nil, err
		}
		files = append(files, file)
		line += strings.Count(part, "\n")
	}
	return files, nil
}

// parsePart parses a part of one kind. The error is that of the kind which it
// comes closest to.
func (c *compiler) parsePart(page string, line int, code string) (*ast.File, error) {
	code = strings.ReplaceAll(code, "…", "") // what is left out
	var nearest scanner.ErrorList
	for _, kind := range []struct{ name, before, after string }{
		{name: "file"},
		{name: "declarations", before: "package p"},
		{name: "statements", before: "package p; func _() {", after: "}"},
		{name: "fields", before: "package p; type _ struct {", after: "}"},
	} {
		source := fmt.Sprintf("%s\n//line %s:%d\n%s\n%s", kind.before, page, line, code, kind.after)
		file, err := parser.ParseFile(c.fset, kind.name, source, 0)
		if err == nil {
			return file, nil
		}
		if list, _ := errors.AsType[scanner.ErrorList](err); nearest == nil || list[0].Pos.Line > nearest[0].Pos.Line {
			nearest = list
		}
	}
	return nil, nearest[0]
}

// importUsed imports the packages that a file uses without importing them.
func (c *compiler) importUsed(file *ast.File) {
	imported := map[string]bool{}
	for _, i := range file.Imports {
		imported[path.Base(strings.Trim(i.Path.Value, `"`))] = true
	}
	ast.Inspect(file, func(n ast.Node) bool {
		s, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		x, ok := s.X.(*ast.Ident)
		if !ok || x.Obj != nil || imported[x.Name] || c.paths[x.Name] == "" {
			return true
		}
		imported[x.Name] = true
		spec := &ast.ImportSpec{Path: &ast.BasicLit{Kind: token.STRING, Value: strconv.Quote(c.paths[x.Name])}}
		file.Decls = append([]ast.Decl{&ast.GenDecl{Tok: token.IMPORT, Specs: []ast.Spec{spec}}}, file.Decls...)
		return true
	})
}
