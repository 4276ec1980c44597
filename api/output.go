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

// output is what a route knows of its output type.
type output struct {
	body     reflect.Type // the type of the JSON body, nil for none
	status   int          // of success
	download bool
}

func outputOf(t reflect.Type) *output {
	o := &output{body: t, status: http.StatusOK}
	switch t {
	case reflect.TypeFor[Empty]():
		o.body, o.status = nil, http.StatusNoContent
	case reflect.TypeFor[Download]():
		o.body, o.download = nil, true
	default:
		if r, ok := reflect.New(t).Interface().(reply); ok {
			o.body = r.body()
		}
		if o.body == reflect.TypeFor[Empty]() { // only headers
			o.body, o.status = nil, http.StatusNoContent
		}
	}
	return o
}

// empty reports whether nothing is sent but headers.
func (o *output) empty() bool { return o.body == nil && !o.download }

// maxResponse limits responses that are held back until the commit. Larger ones
// are a Download.
const maxResponse = 32 << 20

// encode keeps the handler's output for the time after the commit.
func (c *call) encode(out any) {
	if reflect.ValueOf(out).IsNil() {
		if c.route.output.body != nil || c.route.output.download {
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
