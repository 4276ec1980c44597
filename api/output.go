package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
)

// Empty is the output of a handler that has nothing to say: 204. Such a
// handler may return nil for it.
type Empty struct{}

// Reply is an output with headers beside its body. Reply[Empty] has headers
// only: 204.
type Reply[T any] struct {
	Header http.Header // added to the response; may be nil
	Body   T           // the JSON body
}

func (r *Reply[T]) parts() (http.Header, any) { return r.Header, &r.Body }
func (*Reply[T]) body() reflect.Type          { return reflect.TypeFor[T]() }

// reply is a *Reply of any type.
type reply interface {
	parts() (http.Header, any)
	body() reflect.Type
}

// Renderer is what an output implements, by its pointer, to be sent as something
// else than JSON, such as a web.Page. It is rendered before the session commits,
// so that an error rolls back. Routes with such an output are not part of the
// OpenAPI document.
type Renderer interface {
	Render(r *http.Request) (status int, header http.Header, body []byte, err error)
}

// output is what a route knows of its output type.
type output struct {
	body     reflect.Type // the type of the JSON body, nil for none
	status   int          // of success
	download bool
	rendered bool
}

func outputOf(t reflect.Type) *output {
	o := &output{body: t, status: http.StatusOK}
	switch t {
	case reflect.TypeFor[Empty]():
		o.body, o.status = nil, http.StatusNoContent
	case reflect.TypeFor[Download]():
		o.body, o.download = nil, true
	default:
		switch r := reflect.New(t).Interface().(type) {
		case Renderer:
			o.body, o.rendered = nil, true
		case reply:
			o.body = r.body()
		}
		if o.body == reflect.TypeFor[Empty]() { // only headers
			o.body, o.status = nil, http.StatusNoContent
		}
	}
	return o
}

// empty reports whether nothing is sent but headers.
func (o *output) empty() bool { return o.body == nil && !o.download && !o.rendered }

// maxResponse limits responses that are held back until the commit. Larger ones
// are a Download.
const maxResponse = 32 << 20

// encode keeps the handler's output for the time after the commit.
func (c *call) encode(out any) {
	if reflect.ValueOf(out).IsNil() {
		if !c.route.output.empty() {
			c.err = fmt.Errorf("%s returned neither an output nor an error", c.route.handler)
		}
		return
	}
	switch o := out.(type) {
	case *Empty:
		return
	case *Download:
		c.download = o
		return
	case Renderer:
		c.status, c.header, c.body, c.err = o.Render(c.request)
		return
	case reply:
		if c.header, out = o.parts(); c.route.output.empty() {
			return
		}
	}
	var err error
	if c.body, err = encodeJSON(out); err != nil {
		c.err = fmt.Errorf("encoding the output of %s: %w", c.route.handler, err)
	} else if len(c.body) > maxResponse {
		c.err = fmt.Errorf("the output of %s is %d bytes; return an api.Download to stream more than %d", c.route.handler, len(c.body), maxResponse)
	}
}

// encodeJSON encodes without escaping HTML, which JSON is never part of here.
func encodeJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return b.Bytes(), err
}
