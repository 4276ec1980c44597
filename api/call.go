package api

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"reflect"
	"strconv"

	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/terem-go/terem/db"
)

// call is one request to a typed route.
type call struct {
	route   *route
	w       http.ResponseWriter
	request *http.Request
	outer   context.Context // the request's, with its deadline; outside of any unit of work
	payload []byte          // the request's body, kept for further attempts

	// Of the attempt that runs:
	ctx      context.Context // the handler's; it never holds the call itself
	session  *db.Session
	reader   *db.Reader
	values   []reflect.Value // of the route's dependencies
	err      error           // of the parsing, the handler or the encoding
	status   int
	header   http.Header
	body     []byte
	download *Download
	upload   *slowReader
}

// callOf returns the call that the request's context leads to, or nil.
func callOf(ctx context.Context) *call {
	if x := exchangeOf(ctx); x != nil {
		return x.call
	}
	return nil
}

// serve answers one request.
func (rt *route) serve(w http.ResponseWriter, r *http.Request) {
	x := exchangeOf(r.Context())
	x.route, x.unrouted = rt, false
	ctx := r.Context()
	if rt.timeout > 0 {
		x.deadline.Begin(ctx, rt.timeout)
		defer x.deadline.End()
		ctx = &x.deadline
	}
	if x.client != nil && rt.scope != readerScope && r.Method != http.MethodGet && r.Method != http.MethodHead {
		x.client.Stay()
	}
	var values []reflect.Value
	if !rt.inSession {
		var err error
		if values, err = rt.allow(ctx, r); err != nil {
			rt.api.fail(ctx, w, r, err)
			return
		}
	}
	if rt.mounted != nil {
		rt.mounted.ServeHTTP(w, r)
		return
	}
	if rt.streams() {
		ctx = r.Context()
	}
	c := &call{route: rt, w: w, request: r, outer: ctx, values: values}
	x.call = c
	var err error
	if x.after, err = c.run(); err != nil {
		rt.api.fail(ctx, w, r, err)
		return
	}
	c.write(x.waiting())
}

// streams reports whether a body is passed on as it arrives, in either
// direction.
func (rt *route) streams() bool { return rt.input.upload != nil || rt.output.download }

// run reads the body, and makes attempts until one is committed or fails for
// good.
func (c *call) run() (committed db.Committed, err error) {
	rt := c.route
	if err := c.receive(); err != nil {
		return committed, err
	}
	switch rt.scope {
	case sessionScope:
		return rt.api.config.DB.Unit(c.outer, func(ctx context.Context, s *db.Session) error {
			c.session = s
			if rt.idempotent {
				return c.once(ctx, s)
			}
			return c.attempt(ctx, s)
		}, rt.unit...)
	case readerScope:
		return committed, rt.api.config.DB.Read(c.outer, func(ctx context.Context, r *db.Reader) error {
			c.reader = r
			return c.attempt(ctx, r)
		}, rt.unit...)
	}
	return committed, c.attempt(c.outer, nil)
}

// receive reads what the client sends, and refuses what cannot be the route's
// input whatever its values are.
func (c *call) receive() (err error) {
	in := c.route.input
	if !wellFormed(c.request.URL.RawQuery) {
		return errNotParsed.Here()
	}
	if in.upload != nil {
		return in.accepted(c.request, c.route.maxBody)
	}
	c.payload, err = readBody(c.outer, c.w, c.request, c.route.maxBody)
	if err == nil && in.body != nil && len(c.payload) > 0 && !isJSON(c.request.Header.Get("Content-Type")) {
		return errNotAccepted.Here()
	}
	return err
}

// resolve asks the policy and resolves the dependencies, unless that was done
// for this attempt.
func (c *call) resolve(ctx context.Context, unit db.Querier) (err error) {
	switch {
	case c.values != nil:
	case c.route.inSession:
		c.values, err = c.route.resolve(ctx, unit, withoutBody(ctx, c.request))
	default: // a further attempt
		c.values, err = c.route.allow(c.outer, c.request)
	}
	return err
}

// attempt parses the input, runs the handler and encodes its output.
func (c *call) attempt(ctx context.Context, unit db.Querier) error {
	if err := c.resolve(ctx, unit); err != nil {
		return err
	}
	c.ctx, c.err, c.status, c.header, c.body, c.download = ctx, nil, c.route.op.DefaultStatus, nil, nil, nil
	switch {
	case len(c.payload) > 0:
		c.request.Body = io.NopCloser(bytes.NewReader(c.payload))
	case c.route.input.upload == nil:
		c.request.Body = http.NoBody
	}
	c.route.parse(humago.NewContext(c.route.op, c.request, sink{}))
	c.values = nil
	return c.err
}

// allow asks the route's policy and resolves its dependencies, on a reader that
// ends here.
func (rt *route) allow(ctx context.Context, r *http.Request) (values []reflect.Value, err error) {
	if len(rt.deps) == 0 {
		return []reflect.Value{}, nil
	}
	if rt.api.config.DB == nil {
		return rt.resolve(ctx, nil, withoutBody(ctx, r))
	}
	err = rt.api.config.DB.Read(ctx, func(ctx context.Context, q *db.Reader) error {
		values, err = rt.resolve(ctx, q, withoutBody(ctx, r))
		return err
	}, rt.policyUnit...)
	return values, err
}

// withoutBody returns the request as providers see it.
func withoutBody(ctx context.Context, r *http.Request) *http.Request {
	r = r.WithContext(ctx)
	r.Body = http.NoBody
	return r
}

// inject fills the fields of the input that huma does not parse.
func (c *call) inject(in reflect.Value) error {
	for i, d := range c.route.deps {
		for _, index := range d.fields {
			in.FieldByIndex(index).Set(c.values[i])
		}
	}
	if up := c.route.input.upload; up != nil {
		in.FieldByIndex(up).Set(reflect.ValueOf(c.newUpload()))
	}
	for _, index := range c.route.input.readers {
		if err := in.FieldByIndex(index).Addr().Interface().(FromRequest).FromRequest(c.request, c.payload); err != nil {
			return err
		}
	}
	return nil
}

// write sends the response that was held back, early if more is to be done once
// it was sent.
func (c *call) write(early bool) {
	h := c.w.Header()
	setHeader(h, c.header)
	if h.Get("Cache-Control") == "" {
		h["Cache-Control"] = noStore
	}
	if c.upload != nil && !c.upload.done {
		limitRest(c.w)
	}
	if c.download != nil {
		c.download.write(c.w, c.request)
		return
	}
	if c.route.output.body != nil && !c.route.output.rendered {
		h["Content-Type"] = jsonType
	}
	if !c.route.output.empty() && (early || len(c.body) > counted) {
		h.Set("Content-Length", strconv.Itoa(len(c.body)))
	}
	c.w.WriteHeader(c.status)
	// A client that is gone is not an error: what it asked for is committed.
	_, _ = c.w.Write(c.body)
}

// counted is the length up to which net/http finds out by itself how long a body
// is, at less cost than that of a header more.
const counted = 2048

// setHeader sets the headers that an output or an error brings.
func setHeader(h, own http.Header) {
	for name, values := range own {
		switch name = http.CanonicalHeaderKey(name); name {
		case "Set-Cookie", "Vary":
			h[name] = append(h[name], values...)
		default: // instead of what every response has, such as a security policy
			h[name] = values
		}
	}
}

// Values of headers, shared by all responses.
var (
	noStore  = []string{"no-store"}
	jsonType = []string{"application/json"}
)

// sink takes what huma writes: nothing of it is sent.
type sink struct{}

func (sink) Header() http.Header         { return http.Header{} }
func (sink) Write(b []byte) (int, error) { return len(b), nil }
func (sink) WriteHeader(int)             {}
