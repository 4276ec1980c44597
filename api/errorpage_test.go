package api_test

import (
	"context"
	"errors"
	"net/http"
	"testing"

	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/api/apitest"
	"github.com/terem-go/terem/errs"
)

// errorPage is a page of an error. It says where to log in, and cannot be shown
// for an error with the code "broken".
type errorPage struct{ err *errs.Error }

func (p errorPage) Render(*http.Request) (int, http.Header, []byte, error) {
	switch {
	case p.err.Code == "broken":
		return 0, nil, nil, errors.New("no template")
	case p.err.Kind == errs.Unauthenticated:
		return http.StatusSeeOther, http.Header{"Location": {"/login"}}, nil, nil
	}
	return p.err.Kind.Status(), http.Header{"Content-Type": {"text/html"}}, []byte("<h1>" + p.err.Message), nil
}

// An error looks like what was asked for: a page on routes of pages and for
// browsers that are lost, problem details on all others.
func TestErrorPage(t *testing.T) {
	t.Parallel()
	a := api.New(api.Config{
		ErrorPage: func(r *http.Request, e *errs.Error) api.Renderer {
			if r.URL.Path == "/plain" {
				return nil
			}
			return errorPage{e}
		},
		Middleware: []func(http.Handler) http.Handler{func(next http.Handler) http.Handler {
			deny := api.ErrorHandler(errs.New(errs.Forbidden, "denied", "Not from there."))
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/denied" {
					deny.ServeHTTP(w, r)
					return
				}
				next.ServeHTTP(w, r)
			})
		}},
	})
	r := a.Router("", "")
	for path, err := range map[string]error{
		"/page":   errs.New(errs.NotFound, "gone", "Gone."),
		"/closed": errs.New(errs.Unauthenticated, "who", "Who?"),
		"/broken": errs.New(errs.Invalid, "broken", "Broken."),
		"/plain":  errs.New(errs.Conflict, "plain", "Plain."),
	} {
		api.Get(r, path, func(context.Context, api.None, *struct{}) (*page, error) { return nil, err }, api.Public, api.OperationID(path))
	}
	api.Get(r, "/json", func(context.Context, api.None, *struct{}) (*struct{ A int }, error) {
		return nil, errs.New(errs.NotFound, "gone", "Gone.")
	}, api.Public)
	api.Get(r, "/panic", func(context.Context, api.None, *struct{}) (*page, error) { panic("oops") }, api.Public)
	api.Handle(r, "GET /mounted", api.ErrorHandler(errs.New(errs.NotFound, "gone", "Gone.")), api.Public)
	h, err := a.Handler()
	if err != nil {
		t.Fatal(err)
	}
	c := apitest.New(t, h)
	const html = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"
	for _, want := range []struct {
		accept, path string
		status       int
		body         string // of a page; "" for problem details
	}{
		{"", "/page", 404, "<h1>Gone."},
		{html, "/page", 404, "<h1>Gone."},
		{html, "/json", 404, ""},
		{html, "/broken", 422, ""},
		{html, "/plain", 409, ""},
		{html, "/panic", 500, "<h1>Something went wrong on our side. It has been logged."},
		{html, "/mounted", 404, "<h1>Gone."},
		{"*/*", "/mounted", 404, ""},
		{html, "/nowhere", 404, "<h1>There is nothing at this address."},
		{"application/json", "/nowhere", 404, ""},
		{html, "/denied", 403, "<h1>Not from there."},
		{"", "/denied", 403, ""},
	} {
		r := c.With("Accept", want.accept).Get(want.path).Expect(want.status)
		body, contentType := want.body, "text/html"
		if body == "" {
			body, contentType = r.Body, errs.ProblemType
		}
		if r.Body != body || r.Header.Get("Content-Type") != contentType {
			t.Errorf("%s for %q: %s %s", want.path, want.accept, r.Header.Get("Content-Type"), r.Body)
		}
	}
	if to := c.Get("/closed").Expect(http.StatusSeeOther).Header.Get("Location"); to != "/login" {
		t.Errorf("a page for people who are logged in leads to %q", to)
	}
}
