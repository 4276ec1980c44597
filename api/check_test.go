package api_test

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
)

// post registers a handler that does nothing with an input of type I.
func post[I any](r *api.Router, path string, opts ...api.Option) {
	api.Post(r, path, func(context.Context, api.None, *I) (*api.Empty, error) { return nil, nil }, api.Public,
		append([]api.Option{api.OperationID(path)}, opts...)...)
}

type hidden struct {
	Name string `query:"name"`
}

type node struct {
	Kids []node `json:"kids,omitempty"`
}

type word string

func (*word) UnmarshalText([]byte) error { return nil }

// sealed has a form of its own in JSON.
type sealed struct{ hidden }

func (sealed) MarshalJSON() ([]byte, error) { return []byte(`"sealed"`), nil }

// Embedded structs are of no matter where they are not encoded.
func TestCheckAcceptsWhatIsEmbedded(t *testing.T) {
	t.Parallel()
	type mark struct{ _ int }
	a := api.New(api.Config{})
	post[struct {
		Body struct {
			hidden `json:"-"`
			mark
			Sealed sealed `json:"sealed"`
			At     struct{ time.Time }
		}
	}](a.Router("", ""), "/x")
	if err := a.Check(); err != nil {
		t.Error(err)
	}
}

func TestCheckRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		db       bool
		register func(r *api.Router)
		want     []string // one finding each, that has this text after its place
	}{
		"no policy": {register: func(r *api.Router) {
			api.Get(r, "/x", func(context.Context, api.None, *nothing) (*text, error) { return nil, nil }, api.Policy{})
		}, want: []string{"GET /x: names no policy. Say who may call it"}},
		"no policy for a handler": {register: func(r *api.Router) {
			api.Handle(r, "GET /x", http.NotFoundHandler(), api.Policy{})
		}, want: []string{"GET /x: names no policy"}},
		"nobody provides a field": {register: func(r *api.Router) {
			post[struct{ Who caller }](r, "/x")
		}, want: []string{"POST /x: the field Who of struct { Who api_test.caller } is a api_test.caller, which nobody provides"}},
		"nobody provides what the policy needs": {register: func(r *api.Router) {
			api.Get(r, "/x", func(context.Context, api.None, *nothing) (*text, error) { return nil, nil }, boss)
			api.Handle(r, "GET /y", http.NotFoundHandler(), boss)
		}, want: []string{
			"GET /x: the policy boss needs a api_test.caller, which nobody provides",
			"GET /y: the policy boss needs a api_test.caller, which nobody provides",
		}},
		"a dependency in the body": {register: func(r *api.Router) {
			api.Provide(r, whoCalls)
			post[struct {
				Body struct {
					Deep map[string][]struct{ Owner *caller }
				}
			}](r, "/x")
		}, want: []string{"Body.Deep.Owner is a dependency inside the body"}},
		"a dependency that is a pointer, in the body": {register: func(r *api.Router) {
			api.Provide(r, func(context.Context, db.Querier, *http.Request) (*caller, error) { return nil, nil })
			post[struct{ Body struct{ Owner *caller } }](r, "/x")
		}, want: []string{"Body.Owner is a dependency inside the body"}},
		"two providers": {register: func(r *api.Router) {
			api.Provide(r, whoCalls)
			api.Provide(r, whoCalls)
		}, want: []string{"api_test.caller is provided twice, first at check_test.go:"}},
		"one path twice": {register: func(r *api.Router) {
			post[struct {
				ID string `path:"id"`
			}](r, "/x/{id}")
			post[struct {
				Name string `path:"name"`
			}](r, "/x/{name}")
		}, want: []string{"POST /x/{name}: matches requests that are also those of POST /x/{id} at check_test.go:"}},
		"a handler on the path of a route": {register: func(r *api.Router) {
			post[nothing](r, "/x/y")
			api.Handle(r, "POST /x/y", http.NotFoundHandler(), api.Public)
		}, want: []string{"POST /x/y: matches requests that are also those of POST /x/y at check_test.go:"}},
		"a path without a slash": {register: func(r *api.Router) { post[nothing](r, "x") },
			want: []string{"POST x: the path does not begin with a slash"}},
		"a pattern that the router refuses": {register: func(r *api.Router) {
			api.Handle(r, "GET /{", http.NotFoundHandler(), api.Public)
		}, want: []string{"bad wildcard segment"}},
		"a session where there is no database": {register: func(r *api.Router) {
			api.Post(r, "/x", func(context.Context, *db.Session, *nothing) (*text, error) { return nil, nil }, api.Public)
		}, want: []string{"takes *db.Session, but the API has no database"}},
		"a download in a session": {db: true, register: func(r *api.Router) {
			api.Post(r, "/x", func(context.Context, *db.Session, *nothing) (*api.Download, error) { return nil, nil }, api.Public)
		}, want: []string{"streams, which holds its *db.Session for as long as the client likes"}},
		"an upload in a reader": {db: true, register: func(r *api.Router) {
			api.Post(r, "/x", func(context.Context, *db.Reader, *struct{ File api.Upload }) (*text, error) { return nil, nil }, api.Public)
		}, want: []string{"streams, which holds its *db.Reader"}},
		"InSession without a session": {db: true, register: func(r *api.Router) {
			api.Post(r, "/x", func(context.Context, *db.DB, *nothing) (*text, error) { return nil, nil }, api.Public, api.InSession)
		}, want: []string{"api.InSession needs a handler with a session or a reader, not *db.DB"}},
		"a status of failure": {register: func(r *api.Router) { post[nothing](r, "/x", api.Status(404)) },
			want: []string{"the status 404 is not one of success"}},
		"an output where there can be none": {register: func(r *api.Router) {
			api.Post(r, "/x", func(context.Context, api.None, *nothing) (*text, error) { return nil, nil }, api.Public, api.Status(204))
		}, want: []string{"the status 204 is without a body"}},
		"one operation id twice": {register: func(r *api.Router) {
			post[nothing](r, "/x", api.OperationID("same"))
			post[nothing](r, "/y", api.OperationID("same"))
		}, want: []string{"POST /y: its operation id same is also that of POST /x at check_test.go:"}},
		"one operation id twice, but for a space": {register: func(r *api.Router) {
			post[nothing](r, "/x", api.OperationID("the same"))
			post[nothing](r, "/y", api.OperationID("the-same"))
			post[nothing](r, "/z", api.OperationID("the same"))
		}, want: []string{
			"POST /y: its operation id the-same is also that of POST /x at check_test.go:",
			"POST /z: its operation id the-same is also that of POST /x at check_test.go:",
		}},

		"an input that is not a struct": {register: func(r *api.Router) { post[string](r, "/x") },
			want: []string{"the input string is not a struct"}},
		"a field that is not exported": {register: func(r *api.Router) { post[struct{ name string }](r, "/x") },
			want: []string{"the field name of the input struct { name string } is not exported"}},
		"embedded and not exported": {register: func(r *api.Router) { post[struct{ hidden }](r, "/x") },
			want: []string{"the field hidden of the input struct { api_test.hidden } is not exported"}},
		"a body and an upload": {register: func(r *api.Router) {
			post[struct {
				Body nothing
				File api.Upload
			}](r, "/x")
		}, want: []string{"has both a Body and an Upload"}},
		"a path without the wildcard of a field": {register: func(r *api.Router) {
			post[struct {
				ID int `path:"id"`
			}](r, "/x/{ID}")
		}, want: []string{
			"the path's {id}, which the path does not have",
			`no field of struct { ID int "path:\"id\"" } is the path's {ID}`,
		}},
		"a wildcard without a field": {register: func(r *api.Router) { post[nothing](r, "/x/{rest...}") },
			want: []string{"no field of api_test.nothing is the path's {rest}"}},
		"parameters that huma reads wrongly": {register: func(r *api.Router) {
			post[struct {
				A int32          `query:"a"`
				B uint8          `query:"b"`
				C float32        `query:"c"`
				D word           `query:"d"`
				E net.IP         `query:"e"`
				F []bool         `query:"f"`
				G map[string]int `query:"g,deepObject"`
				H [2]int         `query:"h"`
				I nothing        `query:"i"`
				J *int           `query:"j"`
				K [][]string     `query:"k"`
			}](r, "/x")
		}, want: []string{
			"the parameter A", "the parameter B", "the parameter C", "the parameter D", "the parameter E", "the parameter F",
			"the parameter G", "the parameter H", "the parameter I", "the parameter J", "the parameter K",
		}},
		"defaults that replace a zero": {register: func(r *api.Router) {
			post[struct {
				On   bool `query:"on" default:"true"`
				Body struct {
					Flag bool   `json:"flag,omitempty" default:"true"`
					Size int    `json:"size,omitempty" default:"20"`
					Name string `json:"name,omitempty" default:"anon"`
				}
			}](r, "/x")
		}, want: []string{
			"the default of the parameter On", "replace an explicit false. Make the field a pointer", "replace an explicit 0. Make", `replace an explicit "". Make`,
		}},
		"tags of a body that do not do what they say": {register: func(r *api.Router) {
			post[struct {
				Body struct {
					Tags []string `json:"tags" uniqueItems:"true"`
					ID   int      `json:"id" readOnly:"true"`
					Open struct {
						_ struct{} `additionalProperties:"true"`
					} `json:"open"`
				}
			}](r, "/x")
		}, want: []string{"Body.Tags: uniqueItems", "Body.ID: readOnly", "Body.Open: names that differ"}},
		"fields that no schema has": {register: func(r *api.Router) {
			post[struct {
				Body struct {
					List []struct{ *hidden } `json:"list"`
				}
			}](r, "/x")
			api.Get(r, "/y", func(context.Context, api.None, *nothing) (*api.Page[struct{ hidden }], error) { return nil, nil }, api.Public)
		}, want: []string{"POST /x: Body.List.hidden is a struct that is embedded and not exported", "GET /y: output.Items.hidden is a struct"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := api.Config{}
			if c.db {
				config.DB = dbtest.SQLite(t, nil)
			}
			a := api.New(config)
			c.register(a.Router("", "test"))
			err := a.Check()
			if err == nil {
				t.Fatalf("nothing was found, want %q", c.want)
			}
			found := strings.Split(err.Error(), "\n")
			if len(found) != len(c.want) {
				t.Fatalf("%d findings, want %d:\n%v", len(found), len(c.want), err)
			}
			for i, want := range c.want {
				if !regexp.MustCompile(`^check_test\.go:\d+: .`).MatchString(found[i]) || !strings.Contains(found[i], want) {
					t.Errorf("found %q, want a place and %q", found[i], want)
				}
			}
			if _, err := a.Handler(); err == nil {
				t.Error("Handler took no notice")
			}
			if again := a.Check(); again == nil || again.Error() != err.Error() {
				t.Errorf("a second Check found %v, the first one %v", again, err)
			}
		})
	}
}

// TestCheckAccepts is about what the rules above must let through.
func TestCheckAccepts(t *testing.T) {
	t.Parallel()
	for name, register := range map[string]func(r *api.Router){
		"parameters": func(r *api.Router) {
			post[struct {
				A int           `query:"a"`
				B uint64        `header:"b"`
				C float64       `query:"c"`
				D []int         `query:"d,explode"`
				E time.Time     `query:"e"`
				F []time.Time   `query:"f"`
				G http.Cookie   `cookie:"g"`
				H bool          `query:"h" default:"true"` // there is no body
				I []string      `query:"i"`
				J time.Duration `query:"j"`
				api.PageRequest
			}](r, "/x")
		},
		"a body that contains itself": func(r *api.Router) {
			post[struct{ Body node }](r, "/x")
		},
		"defaults that replace nothing": func(r *api.Router) {
			post[struct {
				api.PageRequest // its minimum excludes zero
				Body            struct {
					A *bool    `json:"a,omitempty" default:"true"`
					B int      `json:"b,omitempty" default:"0"`
					C int      `json:"c,omitempty" default:"5" minimum:"1"`
					D string   `json:"d,omitempty" default:"x" minLength:"1"`
					E string   `json:"e,omitempty" default:"asc" enum:"asc,desc"`
					F []string `json:"f,omitempty" default:"a,b"`
					G bool     `json:"g,omitempty" default:"false"`
				}
			}](r, "/x")
		},
		"a body of any form": func(r *api.Router) {
			post[struct{ Body json.RawMessage }](r, "/x")
		},
		"wildcards": func(r *api.Router) {
			post[struct {
				ID   int    `path:"id"`
				Rest string `path:"rest"`
			}](r, "/x/{id}/y/{rest...}")
			post[nothing](r, "/x/{$}")
		},
		"function literals of two functions": func(r *api.Router) {
			api.Get(r, "/x", firstLiteral(), api.Public)
			api.Get(r, "/y", secondLiteral(), api.Public)
		},
		"one provider for fields and the policy": func(r *api.Router) {
			api.Post(r, "/x", func(context.Context, api.None, *struct{ A, B caller }) (*api.Empty, error) { return nil, nil }, boss)
			api.Provide(r, whoCalls) // later than its users
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := api.New(api.Config{})
			register(a.Router("", "test"))
			if _, err := a.Handler(); err != nil {
				t.Error(err)
			}
		})
	}
}

// Both are a func1 of their own, unless they are inlined.
//
//go:noinline
func firstLiteral() func(context.Context, api.None, *nothing) (*text, error) {
	return func(context.Context, api.None, *nothing) (*text, error) { return nil, nil }
}

//go:noinline
func secondLiteral() func(context.Context, api.None, *nothing) (*text, error) {
	return func(context.Context, api.None, *nothing) (*text, error) { return nil, nil }
}
