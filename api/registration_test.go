package api_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
)

func TestFindingNamesTheLineThatRegisters(t *testing.T) {
	t.Parallel()
	a := api.New(api.Config{})
	r := a.Router("", "test")
	api.Get(r, "/x", func(context.Context, api.None, *nothing) (*text, error) { return nil, nil }, boss)
	want := lineBefore()
	if err := a.Check(); err == nil || !strings.HasPrefix(err.Error(), want+": ") {
		t.Errorf("found %v, want it to begin with %s", err, want)
	}
	if got := a.Routes()[0].Place; got != want {
		t.Errorf("the route's place is %s, want %s", got, want)
	}
}

func TestTwoSchemasOfOneName(t *testing.T) {
	t.Parallel()
	type Note struct{ A string }
	a := api.New(api.Config{})
	r := a.Router("", "test")
	api.Get(r, "/a", func(context.Context, api.None, *nothing) (*Note, error) { return nil, nil }, api.Public)
	first, second := lineBefore(), ""
	{
		type Note struct{ B string }
		api.Get(r, "/b", func(context.Context, api.None, *nothing) (*Note, error) { return nil, nil }, api.Public)
		second = lineBefore()
	}
	err := a.Check()
	if err == nil {
		t.Fatal("two types of one name were not found")
	}
	want := []string{second, first}
	if got := regexp.MustCompile(`registration_test\.go:\d+`).FindAllString(err.Error(), -1); !cmp.Equal(got, want) {
		t.Errorf("the places are %q, want %q: %v", got, want, err)
	}
}

// lineBefore returns the file and line above its call.
func lineBefore() string {
	_, file, line, _ := runtime.Caller(1)
	return fmt.Sprintf("%s:%d", filepath.Base(file), line-1)
}

// Two domains may each have a type Status: only objects have a schema of their
// own in the document.
func TestTypesThatAreNotObjectsDoNotClash(t *testing.T) {
	t.Parallel()
	type Status string
	type Time struct{ Hour int } // time.Time has no schema of its own
	type A struct {
		Status Status
		When   time.Time
		Time   Time
	}
	a := api.New(api.Config{})
	r := a.Router("", "test")
	api.Get(r, "/a", func(context.Context, api.None, *nothing) (*A, error) { return nil, nil }, api.Public)
	{
		type Status int
		type String struct{ A string } // nor has string
		type ErrorModel struct{ S Status }
		type B struct {
			Status Status
			String String
			Model  ErrorModel // huma's own is not in the document
		}
		api.Get(r, "/b", func(context.Context, api.None, *nothing) (*B, error) { return nil, nil }, api.Public)
	}
	if err := a.Check(); err != nil {
		t.Error(err)
	}
}

// Types without a name are called after where they stand.
func TestTypesWithoutANameDoNotClash(t *testing.T) {
	t.Parallel()
	a := api.New(api.Config{})
	r := a.Router("", "test")
	post[struct {
		Body struct{ Items []struct{ A string } }
	}](r, "/a", api.OperationID("a.make"))
	post[struct {
		Body struct{ Items []struct{ B string } }
	}](r, "/b", api.OperationID("b.make"))
	api.Get(r, "/c", func(context.Context, api.None, *nothing) (*struct{ C string }, error) { return nil, nil }, api.Public, api.OperationID("c.get"))
	api.Get(r, "/d", func(context.Context, api.None, *nothing) (*struct{ D string }, error) { return nil, nil }, api.Public, api.OperationID("d.get"))
	if err := a.Check(); err != nil {
		t.Fatal(err)
	}
	spec, err := a.OpenAPI()
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Components struct{ Schemas map[string]any }
	}
	if err := json.Unmarshal(spec, &doc); err != nil {
		t.Fatal(err)
	}
	want := []string{"AMakeRequest", "BMakeItem", "BMakeRequest", "CGetResponse", "DGetResponse", "Field", "Item", "Problem"}
	if got := slices.Sorted(maps.Keys(doc.Components.Schemas)); !cmp.Equal(got, want) {
		t.Errorf("the schemas are %q, want %q", got, want)
	}
}

// Without this, a route that comes late would be served without its policy.
func TestNothingIsAddedAfterHandler(t *testing.T) {
	t.Parallel()
	a := api.New(api.Config{})
	r := a.Router("", "test")
	h, err := a.Handler()
	if err != nil {
		t.Fatal(err)
	}
	for name, f := range map[string]func(){
		"route":    func() { post[nothing](r, "/x") },
		"mount":    func() { api.Handle(r, "/x", http.NotFoundHandler(), api.Public) },
		"provider": func() { api.Provide(r, whoCalls) },
	} {
		func() {
			defer func() {
				p, _ := recover().(string)
				if !strings.Contains(p, "_test.go:") || !strings.Contains(p, "after API.Handler was called") {
					t.Errorf("%s: panic %q", name, p)
				}
			}()
			f()
		}()
	}
	if again, err := a.Handler(); err != nil || again == nil || h == nil {
		t.Errorf("a second Handler: %v", err)
	}
}

func TestDocsClash(t *testing.T) {
	t.Parallel()
	a := api.New(api.Config{DocsPath: "/help"})
	api.Handle(a.Router("", "test"), "GET /help", http.NotFoundHandler(), api.Public)
	_, err := a.Handler()
	if err == nil || !strings.Contains(err.Error(), "GET /help is the API's own") || !strings.Contains(err.Error(), "registration_test.go:") {
		t.Errorf("error %v", err)
	}
}

func TestConfigThatCannotBe(t *testing.T) {
	t.Parallel()
	for want, c := range map[string]api.CORS{
		"names no origins":  {},
		"the origins *":     {Origins: []string{"https://a.example", "*"}, Credentials: true},
		"origins https://*": {Origins: []string{"https://*"}, Credentials: true},
	} {
		_, err := api.New(api.Config{CORS: &c}).Handler()
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: error %v, want %q", c, err, want)
		}
	}
}

func TestRoutes(t *testing.T) {
	t.Parallel()
	d := dbtest.SQLite(t, nil)
	a := api.New(api.Config{DB: d})
	r := a.Router("/api/", "notes")
	api.Provide(r, whoCalls)
	rt := &notesRouter{}
	api.Get(r, "/notes/{id}", rt.get, boss)
	api.Post(r, "/notes", rt.create, known)
	api.Put(r, "/notes", generic[noteInput], api.Public)
	api.Delete(r, "/notes", func(context.Context, *db.DB, *nothing) (*api.Empty, error) { return nil, nil }, api.Public)
	api.Handle(r, "/files/", http.HandlerFunc(serveFiles), known)
	api.Handle(r, "GET /static", http.FileServer(http.Dir(".")), api.Public)
	if err := a.Check(); err != nil {
		t.Fatal(err)
	}
	got := a.Routes()
	for i := range got {
		if !regexp.MustCompile(`^registration_test\.go:\d+$`).MatchString(got[i].Place) {
			t.Errorf("place %q", got[i].Place)
		}
		got[i].Place = ""
	}
	who := []string{"api_test.caller"}
	want := []api.Route{
		{Method: "GET", Path: "/api/notes/{id}", Handler: "api_test.notesRouter.get", Session: "*db.Reader", Policy: "boss", Dependencies: who},
		{Method: "POST", Path: "/api/notes", Handler: "api_test.notesRouter.create", Session: "*db.Session", Policy: "known", Dependencies: who},
		{Method: "PUT", Path: "/api/notes", Handler: "api_test.generic", Session: "api.None", Policy: "api.Public", Dependencies: []string{}},
		{Method: "DELETE", Path: "/api/notes", Handler: "api_test.TestRoutes.func1", Session: "*db.DB", Policy: "api.Public", Dependencies: []string{}},
		{Method: "", Path: "/api/files/", Handler: "api_test.serveFiles", Session: "-", Policy: "known", Dependencies: who},
		{Method: "GET", Path: "/api/static", Handler: "*http.fileHandler", Session: "-", Policy: "api.Public", Dependencies: []string{}},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("the routes (-want +got):\n%s", d)
	}
}

type notesRouter struct{}

type noteInput struct {
	Body struct{ Text string }
}

func (*notesRouter) get(context.Context, *db.Reader, *struct {
	ID int `path:"id"`
}) (*text, error) {
	return nil, nil
}

func (*notesRouter) create(context.Context, *db.Session, *noteInput) (*text, error) { return nil, nil }

func generic[I any](context.Context, api.None, *I) (*api.Empty, error) { return nil, nil }

func serveFiles(http.ResponseWriter, *http.Request) {}
