package api_test

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"testing"

	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/api/apitest"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/errs"
)

// An API has its own wire conventions: which statuses it knows, what its errors
// look like, and how its callers say who they are.
func TestWireConventions(t *testing.T) {
	t.Parallel()
	type failure struct {
		Errors []string `json:"errors"`
	}
	errUnreadable := errs.New(errs.Malformed, "things.unreadable", "This cannot be read.")
	h := handler(t, api.Config{
		Kinds:  map[errs.Kind]errs.Kind{errs.Malformed: errs.Invalid},
		Errors: func(e *errs.Error, _ string) (string, any) { return "application/json", failure{[]string{e.Message}} },
	}, nil, func(r *api.Router) {
		api.Provide(r, func(context.Context, db.Querier, *http.Request) (caller, error) { return caller{}, errStranger.Here() },
			api.Security{Name: "Token", Scheme: "Token", Header: "Authorization"})
		api.Post(r, "/things", func(context.Context, api.None, *struct{ Body text }) (*text, error) { return nil, errUnreadable.Here() },
			api.Public, api.Fails(errUnreadable))
		api.Get(r, "/mine", func(context.Context, api.None, *struct{ Caller caller }) (*text, error) { return &text{}, nil }, api.Public)
	})
	c := apitest.New(t, h)
	for _, body := range []string{"{", "", `{"text": "x"}`} { // not JSON, no body, the handler's own
		var got failure
		if c.Post("/things", body).Expect(422).JSON(&got); len(got.Errors) != 1 {
			t.Errorf("%q: %+v", body, got)
		}
	}
	if got := c.Get("/mine").Expect(401).Header.Get("WWW-Authenticate"); got != "Token" {
		t.Errorf("the challenge is %q", got)
	}
	var doc struct {
		Paths      map[string]map[string]struct{ Responses map[string]any }
		Components struct {
			SecuritySchemes map[string]map[string]string
		}
	}
	c.Get("/openapi.json").Expect(200).JSON(&doc)
	want := map[string]string{"type": "apiKey", "in": "header", "name": "Authorization"}
	if got := doc.Components.SecuritySchemes["Token"]; !maps.Equal(got, want) {
		t.Errorf("the scheme is %v, want %v", got, want)
	}
	responses := doc.Paths["/things"]["post"].Responses
	if responses["422"] == nil || responses["400"] != nil {
		t.Errorf("the documented responses are %v", slices.Sorted(maps.Keys(responses)))
	}
}

// Callers who say who they are by a header of its own get no challenge: there is no
// scheme to name. Of several ways each is enough.
func TestKeyInAHeader(t *testing.T) {
	t.Parallel()
	c := client(t, api.Config{}, nil, func(r *api.Router) {
		api.Provide(r, func(context.Context, db.Querier, *http.Request) (caller, error) { return caller{}, errStranger.Here() },
			api.Security{Name: "key", Header: "X-Api-Key"}, api.Bearer)
		api.Provide(r, func(context.Context, db.Querier, *http.Request) (*caller, error) { return nil, errStranger.Here() },
			api.Security{Name: "other", Header: "X-Other-Key"})
		api.Get(r, "/mine", func(context.Context, api.None, *struct{ Caller caller }) (*text, error) { return &text{}, nil }, api.Public)
		api.Get(r, "/others", func(context.Context, api.None, *struct{ Caller *caller }) (*text, error) { return &text{}, nil }, api.Public)
		api.Get(r, "/both", func(context.Context, api.None, *struct {
			Caller caller
			Other  *caller
		}) (*text, error) {
			return &text{}, nil
		}, api.Public)
	})
	for path, want := range map[string]string{"/mine": "Bearer", "/others": ""} {
		if got := c.Get(path).Expect(401).Header.Get("WWW-Authenticate"); got != want {
			t.Errorf("the challenge of %s is %q, want %q", path, got, want)
		}
	}
	var doc struct {
		Paths map[string]map[string]struct {
			Security []map[string][]string
		}
	}
	c.Get("/openapi.json").Expect(200).JSON(&doc)
	for path, want := range map[string]string{
		"/mine": "[map[key:[]] map[bearer:[]]]", "/others": "[map[other:[]]]", "/both": "[map[key:[] other:[]] map[bearer:[] other:[]]]",
	} {
		if got := fmt.Sprint(doc.Paths[path]["get"].Security); got != want {
			t.Errorf("the ways to %s are %s, want %s", path, got, want)
		}
	}
}
