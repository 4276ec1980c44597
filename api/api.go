// Package api gives an application typed routes: a handler receives its parsed
// and validated input, the session of the request and the values it depends
// on, and returns its output or an error.
//
//	func (rt *Router) Routes(r *api.Router) {
//		api.Get(r, "/users/{id}", rt.get, Superuser)
//		api.Patch(r, "/users/{id}", rt.update, Superuser)
//	}
//
//	func (rt *Router) get(ctx context.Context, r *db.Reader, in *UserByID) (*UserRead, error)
//	func (rt *Router) update(ctx context.Context, s *db.Session, in *UserUpdate) (*UserRead, error)
//
// # Order of one request
//
// Policy and dependencies are resolved, on a reader that ends before the
// handler's session begins; the input is parsed and validated; the handler
// runs; its output is encoded; the session commits; and only then is the first
// byte of the response written. A session that conflicts with another is run
// again from the parsing on, so a handler may run more than once.
//
// # Which session
//
//	*db.Session   reads and writes; one transaction
//	*db.Reader    reads only; also right for a search by POST
//	*db.DB        opens units of work itself: streaming, outside calls, hashing
//	api.None      needs no database
//
// GET routes take every one but *db.Session: that does not compile.
//
// # Input
//
// An input is a struct. Fields tagged path, query, header or cookie are
// parameters, the field Body is the JSON body, a field of type Upload is a
// streamed body, and a field of a type that Provide has registered is a
// dependency. The tags of schemas are those of
// github.com/danielgtaylor/huma: required unless omitempty, minLength,
// maxLength, minimum, maximum, pattern, format, enum, doc, example.
//
// # Wire conventions
//
// What differs from the defaults for all routes is said once: Config.Errors is how
// an error looks, Config.Kinds which statuses there are, Security how callers say
// who they are. An envelope around a value is a struct around it.
//
// # Replicas
//
// On a database with replicas, the response to a request that wrote has the
// header Terem-Written, and a cookie with the same value. Who sends back either
// within two seconds reads what it wrote: on the primary or, on a route with
// Unit(db.Replica), on a replica that has it. What may write reads on the primary
// anyway: all but GET, HEAD and handlers with a *db.Reader.
package api

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/errs"
)

// Config are the settings of an API. The zero value is usable for routes that
// need no database.
type Config struct {
	// Title, Version and Description head the OpenAPI document. The defaults
	// are "API" and "0.0.0".
	Title, Version, Description string

	// DB gives the routes their sessions. Without it, a route that names
	// anything but None is refused.
	DB *db.DB

	// Key signs what clients send back: the cursors of lists and, where the
	// database has replicas, what tells their last write, so that the reads of who
	// has just written stay on the primary. It is a secret of 32 bytes or more, the
	// same in each process of the application. Without replicas it may be left
	// out.
	Key []byte

	// Secure says that browsers reach the application by https: they send the
	// cookie of that kind by nothing else then, and every response tells them to
	// reach its host by nothing else for a year (Strict-Transport-Security).
	Secure bool

	// Logger gets the access log and the causes of errors. The default is
	// slog.Default().
	Logger *slog.Logger

	// Errors says how an error looks to clients. The default is Problem.
	Errors ErrorWriter

	// Kinds are the kinds of errors that this API answers as those of another
	// kind, for clients that know fewer statuses: {errs.Malformed: errs.Invalid}
	// says 422 where the default is 400. The default is none.
	Kinds map[errs.Kind]errs.Kind

	// ErrorPage answers an error with a page where a page was asked for: on
	// routes whose output is a Renderer, and, by clients that accept text/html,
	// at addresses without a typed route. The page says its own status, so that
	// it can be a redirect to where people log in. Where it is nil, returns nil
	// or fails to render, Errors answers.
	ErrorPage func(r *http.Request, e *errs.Error) Renderer

	// MaxBody limits request bodies, in bytes. The default is 1 MiB. The option
	// MaxBody changes it for one route.
	MaxBody int64

	// Timeout ends a request that takes longer, with 504. The default is 30 s.
	// The option Timeout changes it for one route.
	Timeout time.Duration

	// TrustedProxies are the addresses whose X-Forwarded-For and X-Request-Id
	// are believed. The default is none.
	TrustedProxies []netip.Prefix

	// CORS lets browsers of other origins call the API. The default is none.
	CORS *CORS

	// Middleware stands around all routes, the first outermost. Requests have
	// their id by then, and panics in it are answered.
	Middleware []func(http.Handler) http.Handler

	// Observers are told of every request. The default is none.
	Observers []Observer

	// DocsPath and SpecPath are where the documentation page and the OpenAPI
	// document are. The defaults are "/docs" and "/openapi.json"; "-" leaves
	// one out.
	DocsPath, SpecPath string
}

// API is a set of typed routes with their OpenAPI document.
type API struct {
	config     Config
	mux        *http.ServeMux
	huma       huma.API
	routes     []*route
	operations map[string]*route // the typed ones by their operation ids
	providers  map[reflect.Type]*provider
	failure    map[string]*huma.MediaType // how the document shows an error, once a route did
	schemas    *schemas
	problems   []error
	written    *written // nil unless the database has replicas
	cursorKey  []byte
	sealed     bool         // see seal
	unsealed   []error      // what was wrong then
	pending    *route       // the route that is being registered
	handler    http.Handler // once it was made
}

// New returns an API without routes.
func New(c Config) *API {
	c.Title = cmp.Or(c.Title, "API")
	c.Version = cmp.Or(c.Version, "0.0.0")
	c.Logger = cmp.Or(c.Logger, slog.Default())
	c.MaxBody = cmp.Or(c.MaxBody, 1<<20)
	c.Timeout = cmp.Or(c.Timeout, 30*time.Second)
	c.DocsPath = cmp.Or(c.DocsPath, "/docs")
	c.SpecPath = cmp.Or(c.SpecPath, "/openapi.json")
	if c.Errors == nil {
		c.Errors = Problem
	}
	a := &API{config: c, mux: http.NewServeMux(), operations: map[string]*route{}, providers: map[reflect.Type]*provider{}, cursorKey: cursorKey(c.Key)}
	a.huma = newHuma(a)
	if c.DB != nil && c.DB.Replicated() {
		a.written = &written{c.Key, c.Secure}
		if len(c.Key) < minKey {
			a.problems = append(a.problems, fmt.Errorf("the database has replicas, and api.Config.Key, which signs what clients send back of their writes, is shorter than %d bytes", minKey))
		}
	}
	return a
}

// Check reports everything that is wrong with the routes: no policy, an input
// that names a type nobody provides, two schemas of one name, a path that
// clashes with another … Call it once all routes are registered; Handler does.
func (a *API) Check() error {
	return errors.Join(append(a.problems[:len(a.problems):len(a.problems)], a.seal()...)...)
}

// Handler returns the API as an http.Handler, with everything that every
// request needs around the routes: request ids, the access log, recovery from
// panics, security headers, CORS and compression. It fails with the findings
// of Check.
func (a *API) Handler() (http.Handler, error) {
	if a.handler != nil {
		return a.handler, nil
	}
	if err := a.Check(); err != nil {
		return nil, err
	}
	if err := a.mountDocs(); err != nil {
		return nil, err
	}
	var err error
	a.handler, err = a.surround(http.HandlerFunc(a.dispatch))
	return a.handler, err
}
