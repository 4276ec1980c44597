package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// specification is the OpenAPI document of the RealWorld project, in
// testdata/spec, as far as answers are compared with it.
type specification struct {
	Paths map[string]map[string]struct {
		OperationID string
		Parameters  []parameter
		RequestBody *schema
		Responses   map[string]*schema
		Security    []map[string][]string
	}
	Components struct {
		Schemas         map[string]*schema
		Responses       map[string]*schema
		RequestBodies   map[string]*schema
		SecuritySchemes map[string]struct{ Type, In, Name string }
	}
}

// schema is a schema, or something around one: a response or a request body.
type schema struct {
	Ref                  string `json:"$ref"`
	Content              map[string]struct{ Schema *schema }
	Type                 any // a string, or several
	Format               string
	Required             any // names of properties; of a request body, a bool
	Properties           map[string]*schema
	Items                *schema
	AdditionalProperties any
}

// parameter is one of an operation, or the name of one that several have.
type parameter struct {
	Ref      string `json:"$ref"`
	In, Name string
}

// String returns where the parameter stands, and its name.
func (p parameter) String() string {
	if p.Ref != "" { // such as #/components/parameters/limitParam
		return "query " + strings.TrimSuffix(p.Ref[strings.LastIndex(p.Ref, "/")+1:], "Param")
	}
	return p.In + " " + p.Name
}

func readSpecification(t *testing.T) *specification {
	t.Helper()
	text, err := os.ReadFile("testdata/spec/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	s := new(specification)
	if err := json.Unmarshal(text, s); err != nil {
		t.Fatal(err)
	}
	return s
}

// resolve follows references and goes through what stands around a schema.
func (sp *specification) resolve(s *schema) *schema {
	for {
		name := s.Ref[strings.LastIndex(s.Ref, "/")+1:]
		switch {
		case strings.Contains(s.Ref, "/schemas/"):
			s = sp.Components.Schemas[name]
		case strings.Contains(s.Ref, "/responses/"):
			s = sp.Components.Responses[name]
		case strings.Contains(s.Ref, "/requestBodies/"):
			s = sp.Components.RequestBodies[name]
		case s.Content["application/json"].Schema != nil:
			s = s.Content["application/json"].Schema
		default:
			return s
		}
	}
}

func (s *schema) types() []string {
	if name, one := s.Type.(string); one {
		return []string{name}
	}
	var names []string
	several, _ := s.Type.([]any)
	for _, name := range several {
		names = append(names, name.(string))
	}
	return names
}

func (s *schema) required() (names []string) {
	list, _ := s.Required.([]any)
	for _, name := range list {
		names = append(names, name.(string))
	}
	slices.Sort(names)
	return names
}

// differences says where a value is not what a schema says: to the letter, so that
// nothing more is in it either.
func (sp *specification) differences(at string, s *schema, v any) (found []string) {
	s = sp.resolve(s)
	kind := map[bool]string{true: "null"}[v == nil]
	switch x := v.(type) {
	case map[string]any:
		kind = "object"
		for _, name := range s.required() {
			if _, there := x[name]; !there {
				found = append(found, at+"."+name+" is missing")
			}
		}
		for name, value := range x {
			switch of := s.Properties[name]; {
			case of != nil:
				found = append(found, sp.differences(at+"."+name, of, value)...)
			case s.AdditionalProperties == nil:
				found = append(found, at+"."+name+" is not specified")
			}
		}
	case []any:
		kind = "array"
		for i, value := range x {
			if s.Items != nil {
				found = append(found, sp.differences(at+"["+strconv.Itoa(i)+"]", s.Items, value)...)
			}
		}
	case string:
		kind = "string"
		if _, err := time.Parse("2006-01-02T15:04:05.000Z", x); s.Format == "date-time" && err != nil {
			found = append(found, at+" is no time like 2016-02-18T03:22:56.637Z: "+x)
		}
	case bool:
		kind = "boolean"
	case float64:
		kind = "number"
		if x == float64(int64(x)) {
			kind = "integer"
		}
	}
	if !slices.Contains(s.types(), kind) {
		found = append(found, fmt.Sprintf("%s is of the type %s, not %v", at, kind, s.types()))
	}
	return found
}

// conforming compares every answer below /api with the specification, and remembers
// which statuses of which operations it has seen.
type conforming struct {
	t    *testing.T
	spec *specification
	mu   sync.Mutex
	seen map[string]bool // such as "get /user 200"
}

func conform(t *testing.T) *conforming {
	return &conforming{t: t, spec: readSpecification(t), seen: map[string]bool{}}
}

// around returns the handler with the comparison around it.
func (c *conforming) around(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, r)
		maps.Copy(w.Header(), rec.Header())
		w.WriteHeader(rec.Code)
		_, _ = w.Write(rec.Body.Bytes())
		if path, below := strings.CutPrefix(r.URL.EscapedPath(), "/api"); below {
			c.compare(strings.ToLower(r.Method), path, rec)
		}
	})
}

func (c *conforming) compare(method, path string, rec *httptest.ResponseRecorder) {
	template := c.template(method, path)
	where := fmt.Sprintf("%s %s %d", method, template, rec.Code)
	op, known := c.spec.Paths[template][method]
	if !known {
		c.t.Errorf("%s %s is not specified", method, path)
		return
	}
	response := op.Responses[strconv.Itoa(rec.Code)]
	if response == nil {
		c.t.Errorf("%s is not specified: %s", where, rec.Body)
		return
	}
	c.mu.Lock()
	c.seen[where] = true
	c.mu.Unlock()
	if rec.Code == http.StatusNoContent {
		if rec.Body.Len() > 0 {
			c.t.Errorf("%s has a body: %s", where, rec.Body)
		}
		return
	}
	if got := rec.Header().Get("Content-Type"); !strings.HasPrefix(got, "application/json") {
		c.t.Errorf("%s has the type %q", where, got)
	}
	var body any
	if err := json.Unmarshal(rec.Body.Bytes(), &body); err != nil {
		c.t.Errorf("%s: %v", where, err)
		return
	}
	for _, difference := range c.spec.differences("body", response, body) {
		c.t.Errorf("%s: %s\n%s", where, difference, rec.Body)
	}
}

// template returns the path of the specification that a path belongs to.
func (c *conforming) template(method, path string) string {
	parts := strings.Split(path, "/")
	best := ""
	for template, methods := range c.spec.Paths {
		names := strings.Split(template, "/")
		fits := len(names) == len(parts)
		for i := 0; fits && i < len(parts); i++ {
			fits = names[i] == parts[i] || strings.HasPrefix(names[i], "{")
		}
		if _, known := methods[method]; fits && known && (best == "" || !strings.Contains(template, "{")) {
			best = template
		}
	}
	return best
}

// missing lists the statuses of the specification that were not seen.
func (c *conforming) missing() (list []string) {
	for path, methods := range c.spec.Paths {
		for method, op := range methods {
			for status := range op.Responses {
				if where := method + " " + path + " " + status; !c.seen[where] {
					list = append(list, where)
				}
			}
		}
	}
	slices.Sort(list)
	return list
}
