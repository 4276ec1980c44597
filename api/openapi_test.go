package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/errs"
)

var update = flag.Bool("update", false, "write the golden files anew")

type noteRead struct {
	ID      int64     `json:"id" doc:"Its number." example:"7"`
	Text    string    `json:"text"`
	Made    time.Time `json:"made"`
	Tags    []string  `json:"tags"`
	Author  *person   `json:"author,omitempty"`
	Replies []reply   `json:"replies"`
}

type person struct {
	Name string `json:"name" maxLength:"40"`
}

type reply struct {
	Text string  `json:"text"`
	More []reply `json:"more,omitempty"`
}

type noteByID struct {
	ID int64 `path:"id" minimum:"1" doc:"The note's number."`
}

type noteCreate struct {
	Who  caller
	Body struct {
		Text string   `json:"text" minLength:"1" maxLength:"500" doc:"What it says."`
		Tags []string `json:"tags,omitempty" maxItems:"5"`
	}
}

type noteList struct {
	api.PageRequest
	Sort string    `query:"sort" enum:"new,old" default:"new"`
	Tag  []string  `query:"tag,explode"`
	At   time.Time `header:"X-At"`
}

type noteRouter struct{}

func (noteRouter) list(context.Context, *db.Reader, *noteList) (*api.Page[noteRead], error) {
	return nil, nil
}
func (noteRouter) get(context.Context, *db.Reader, *noteByID) (*noteRead, error) { return nil, nil }
func (noteRouter) create(context.Context, *db.Session, *noteCreate) (*api.Reply[noteRead], error) {
	return nil, nil
}
func (noteRouter) delete(context.Context, *db.Session, *noteByID) (*api.Empty, error) {
	return nil, nil
}
func (noteRouter) export(context.Context, *db.DB, *struct {
	Rest string `path:"rest"`
}) (*api.Download, error) {
	return nil, nil
}
func (noteRouter) search(context.Context, *db.Reader, *struct {
	api.PageRequest
	Body *struct {
		Text *string `json:"text,omitempty" default:"all"`
	}
}) (*[]noteRead, error) {
	return nil, nil
}

// sampleAPI has one route of each sort.
func sampleAPI(t testing.TB) *api.API {
	a := api.New(api.Config{Title: "Sample", Version: "1.2.3", Description: "One of each.", DB: dbtest.SQLite(t, nil)})
	r := a.Router("/api", "notes")
	var rt noteRouter
	taken := errs.New(errs.Conflict, "notes.taken", "There is such a note.")
	twice := errs.New(errs.Conflict, "notes.twice", "It is there twice.")
	api.Get(r, "/notes", rt.list, api.Public)
	api.Get(r, "/notes/{id}", rt.get, api.Public, api.Summary("Read a note"), api.Description("With *all* replies."))
	api.Post(r, "/notes", rt.create, known, api.Status(http.StatusCreated), api.Fails(taken, twice))
	api.Delete(r, "/notes/{id}", rt.delete, boss)
	api.Put(r, "/notes/{id}/image", func(ctx context.Context, d *db.DB, in *struct {
		ID   int64      `path:"id"`
		File api.Upload `accept:"image/png,image/jpeg"`
	}) (*struct{ Size int64 }, error) {
		return nil, nil
	}, boss, api.OperationID("notes.image"), api.Summary("Set the image"))
	api.Get(r, "/export/{rest...}", rt.export, api.Public)
	api.Post(r, "/notes/search", rt.search, api.Public)
	api.Provide(r, whoCalls, api.Bearer)
	api.Handle(r, "/files/", http.NotFoundHandler(), known)
	return a
}

func TestOpenAPI(t *testing.T) {
	t.Parallel()
	a := sampleAPI(t)
	if err := a.Check(); err != nil {
		t.Fatal(err)
	}
	spec, err := a.OpenAPI()
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/openapi.json", spec)
	again, err := sampleAPI(t).OpenAPI()
	if err != nil || !bytes.Equal(again, spec) {
		t.Errorf("a second time it is another one, %v", err)
	}
}

// Every reference leads somewhere, every schema is used, and every wildcard of a
// path is a parameter.
func TestOpenAPIIsWhole(t *testing.T) {
	t.Parallel()
	spec, err := sampleAPI(t).OpenAPI()
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Paths map[string]map[string]struct {
			Parameters []struct{ Name, In string }
		}
		Components struct {
			Schemas         map[string]any
			SecuritySchemes map[string]any
		}
	}
	if err := json.Unmarshal(spec, &doc); err != nil {
		t.Fatal(err)
	}
	var whole any
	if err := json.Unmarshal(spec, &whole); err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			if ref, ok := v["$ref"].(string); ok {
				name, ok := strings.CutPrefix(ref, "#/components/schemas/")
				if used[name] = true; !ok || doc.Components.Schemas[name] == nil {
					t.Errorf("%s leads nowhere", ref)
				}
			}
			for name := range asMap(v["security"]) {
				if doc.Components.SecuritySchemes[name] == nil {
					t.Errorf("there is no security scheme %s", name)
				}
			}
			for _, e := range v {
				walk(e)
			}
		case []any:
			for _, e := range v {
				walk(e)
			}
		}
	}
	walk(whole)
	for name := range doc.Components.Schemas {
		if !used[name] {
			t.Errorf("the schema %s is not used", name)
		}
	}
	for path, methods := range doc.Paths {
		for method, op := range methods {
			n := 0
			for _, p := range op.Parameters {
				if p.In == "path" && strings.Contains(path, "{"+p.Name+"}") {
					n++
				}
			}
			if n != strings.Count(path, "{") {
				t.Errorf("%s %s: %d parameters are of the path", method, path, n)
			}
		}
	}
}

func asMap(v any) map[string]any {
	list, _ := v.([]any)
	all := map[string]any{}
	for _, e := range list {
		m, _ := e.(map[string]any)
		for k, v := range m {
			all[k] = v
		}
	}
	return all
}

func TestDocs(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		config api.Config
		status map[string]int
	}{
		"default": {api.Config{}, map[string]int{"/openapi.json": 200, "/docs": 200}},
		"moved":   {api.Config{SpecPath: "/spec", DocsPath: "/help"}, map[string]int{"/spec": 200, "/help": 200, "/openapi.json": 404, "/docs": 404}},
		"no page": {api.Config{DocsPath: "-"}, map[string]int{"/openapi.json": 200, "/docs": 404}},
		"neither": {api.Config{SpecPath: "-"}, map[string]int{"/openapi.json": 404, "/docs": 404}},
	} {
		c.config.Title = "My title"
		cl := client(t, c.config, nil, func(*api.Router) {})
		for path, want := range c.status {
			r := cl.Get(path)
			if r.Status != want {
				t.Errorf("%s: %s: %d, want %d", name, path, r.Status, want)
			}
			if typ := r.Header.Get("Content-Type"); want == 200 && strings.Contains(path, "spec") && typ != "application/openapi+json" {
				t.Errorf("%s: %s", path, typ)
			}
			if want == 200 && !strings.Contains(r.Body, "My title") {
				t.Errorf("%s: %s has no title", name, path)
			}
		}
	}
}

// unspeakable has a schema that JSON cannot say.
type unspeakable struct{}

func (unspeakable) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: "object", Extensions: map[string]any{"x-secret": func() {}}}
}

// The document is made when it is first asked for; where it cannot be, the log
// says why, and the routes answer.
func TestOpenAPIThatCannotBeEncoded(t *testing.T) {
	t.Parallel()
	var log logs
	c := client(t, api.Config{}, &log, func(r *api.Router) {
		api.Get(r, "/x", func(context.Context, api.None, *nothing) (*struct{ U unspeakable }, error) {
			return &struct{ U unspeakable }{}, nil
		}, api.Public, api.OperationID("x"))
	})
	for range 2 {
		if r := c.Get("/openapi.json").Expect(500); strings.Contains(r.Body, "func") {
			t.Error(r.Body)
		}
	}
	c.Get("/x").Expect(200)
	if text := log.String(); !strings.Contains(text, "encoding the OpenAPI document: ") || !strings.Contains(text, "func()") {
		t.Error(text)
	}
}

// The document may be asked for while the API serves.
func TestOpenAPIWhileServing(t *testing.T) {
	t.Parallel()
	a := api.New(api.Config{})
	r := a.Router("", "test")
	api.Provide(r, whoCalls)
	api.Get(r, "/x", generic[nothing], known)
	h, err := a.Handler()
	if err != nil {
		t.Fatal(err)
	}
	s := server(t, h)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range 50 {
			a.Routes()
			if _, err := a.OpenAPI(); err != nil || a.Check() != nil {
				t.Error(err)
			}
		}
	}()
	for range 20 {
		if resp, _ := send(t, request(t, "GET", s.URL+"/x", nil)); resp.StatusCode != 401 {
			t.Errorf("status %d: the policy was not asked", resp.StatusCode)
		}
	}
	<-done
}
