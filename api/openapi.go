package api

import (
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/terem-go/terem/errs"
)

func init() {
	// Slices are arrays in schemas, never null, and the names in bodies are
	// those of the schema to the letter: a second spelling of a name would be
	// decoded, but not validated. huma has no other place for these than
	// variables of its package.
	huma.DefaultArrayNullable = false
	huma.ValidateStrictCasing = true
}

// newHuma returns the huma API that parses, validates and documents for a. It
// serves nothing itself.
func newHuma(a *API) huma.API {
	a.schemas = &schemas{api: a, places: map[string]schemaPlace{}}
	registry := huma.NewMapRegistry("#/components/schemas/", a.schemas.name)
	// huma's own errors are never sent, and their schemas not shown.
	registry.RegisterTypeAlias(reflect.Indirect(reflect.ValueOf(huma.NewError(0, ""))).Type(), reflect.TypeFor[string]())
	return documenter{huma.NewAPI(huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Paths:   map[string]*huma.PathItem{},
			Info:    &huma.Info{Title: a.config.Title, Version: a.config.Version, Description: a.config.Description},
			Components: &huma.Components{
				Schemas:         registry,
				SecuritySchemes: map[string]*huma.SecurityScheme{},
			},
		},
		Formats:       map[string]huma.Format{"application/json": jsonFormat, "json": jsonFormat},
		DefaultFormat: "application/json",
	}, adapter{a})}
}

// documenter adds operations to the document without huma's search through all
// that are there for one of the same id: route.check knows them by name, and two
// thousand routes would take a hundred milliseconds.
type documenter struct{ huma.API }

var _ huma.OperationDocumenter = documenter{}

// DocumentOperation implements huma.OperationDocumenter.
func (d documenter) DocumentOperation(op *huma.Operation) {
	if op.Hidden {
		return
	}
	doc := d.OpenAPI()
	all := doc.Paths
	doc.Paths = map[string]*huma.PathItem{}
	if item := all[op.Path]; item != nil {
		doc.Paths[op.Path] = item
	}
	doc.AddOperation(op)
	all[op.Path], doc.Paths = doc.Paths[op.Path], all
}

// adapter lets huma register its handlers with the API's routes.
type adapter struct{ api *API }

var _ huma.Adapter = adapter{}

// Handle implements huma.Adapter. The handler is called once for each attempt.
func (ad adapter) Handle(op *huma.Operation, handler func(huma.Context)) {
	rt := ad.api.pending
	rt.op, rt.parse = op, handler
	for _, p := range op.Parameters {
		if p.Schema != nil {
			p.Schema.Nullable = false // an Optional may be null in a body only
		}
	}
	ad.api.mux.HandleFunc(rt.pattern, rt.serve)
}

// ServeHTTP implements huma.Adapter.
func (ad adapter) ServeHTTP(w http.ResponseWriter, r *http.Request) { ad.api.mux.ServeHTTP(w, r) }

// OpenAPI returns the OpenAPI 3.1 document as JSON.
func (a *API) OpenAPI() ([]byte, error) {
	a.seal()
	return a.huma.OpenAPI().MarshalJSON()
}

// secure describes a security scheme in the document.
func (a *API) secure(s Security) {
	scheme := &huma.SecurityScheme{Type: "http", Scheme: s.Scheme, BearerFormat: s.Format}
	if s.Header != "" {
		scheme = &huma.SecurityScheme{Type: "apiKey", In: "header", Name: s.Header}
	}
	a.huma.OpenAPI().Components.SecuritySchemes[s.Name] = scheme
}

// document describes what the route answers: its output, the failures that
// follow from what it is, and those that it names.
func (rt *route) document() {
	a := rt.api
	registry := a.huma.OpenAPI().Components.Schemas
	rt.op.Responses = map[string]*huma.Response{}
	success := &huma.Response{Description: http.StatusText(rt.op.DefaultStatus)}
	switch {
	case rt.output.download:
		success.Content = map[string]*huma.MediaType{"application/octet-stream": {Schema: binary()}}
	case rt.output.body != nil:
		schema := registry.Schema(rt.output.body, true, typeName(rt.op.OperationID)+"Response")
		success.Content = map[string]*huma.MediaType{"application/json": {Schema: schema}}
	}
	rt.op.Responses[strconv.Itoa(rt.op.DefaultStatus)] = success
	if rt.input.upload != nil {
		rt.op.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{}}
		for t := range strings.SplitSeq(rt.input.accepts, ",") {
			if t == "" {
				t = "application/octet-stream"
			}
			rt.op.RequestBody.Content[t] = &huma.MediaType{Schema: binary()}
		}
	}

	if a.failure == nil {
		contentType, body := a.config.Errors(&errs.Error{}, "")
		a.failure = map[string]*huma.MediaType{contentType: {Schema: registry.Schema(reflect.TypeOf(body), true, "Error")}}
	}
	answer := func(status, text string) {
		if r := rt.op.Responses[status]; r != nil {
			r.Description += " " + text
			return
		}
		rt.op.Responses[status] = &huma.Response{Description: text, Content: a.failure}
	}
	if rt.policy.needs != nil {
		answer("401", "Nobody known is calling.")
		answer("403", "The caller may not do this.")
	}
	if rt.input.parsed() {
		answer("422", "The input breaks a rule.")
	}
	for _, e := range rt.fails {
		answer(strconv.Itoa(a.kind(e).Status()), "`"+e.Code+"`: "+e.Message)
	}
	answer("default", "Any other failure.")
}

func binary() *huma.Schema { return &huma.Schema{Type: "string", Format: "binary"} }
