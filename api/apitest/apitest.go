// Package apitest calls an API's routes in tests, through everything that a
// request passes but without a network.
package apitest

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// Client sends requests to a handler. A failed expectation ends the test.
type Client struct {
	t       testing.TB
	handler http.Handler
	header  http.Header
	cookies http.CookieJar // nil but of a Browser
}

// New returns a client of the handler, such as that of app.App.Handler.
func New(t testing.TB, h http.Handler) *Client {
	t.Helper()
	return &Client{t: t, handler: h, header: http.Header{}}
}

// With returns a client that sends a header with every request.
func (c *Client) With(name, value string) *Client {
	h := c.header.Clone()
	h.Set(name, value)
	return &Client{t: c.t, handler: c.handler, header: h, cookies: c.cookies}
}

// As returns a client that sends a bearer token with every request.
func (c *Client) As(token string) *Client { return c.With("Authorization", "Bearer "+token) }

// Get sends a GET request.
func (c *Client) Get(path string) *Response { c.t.Helper(); return c.Do(http.MethodGet, path, nil) }

// Post sends a POST request. See Do for the body.
func (c *Client) Post(path string, body any) *Response {
	c.t.Helper()
	return c.Do(http.MethodPost, path, body)
}

// Put sends a PUT request. See Do for the body.
func (c *Client) Put(path string, body any) *Response {
	c.t.Helper()
	return c.Do(http.MethodPut, path, body)
}

// Patch sends a PATCH request. See Do for the body.
func (c *Client) Patch(path string, body any) *Response {
	c.t.Helper()
	return c.Do(http.MethodPatch, path, body)
}

// Delete sends a DELETE request.
func (c *Client) Delete(path string) *Response {
	c.t.Helper()
	return c.Do(http.MethodDelete, path, nil)
}

// Do sends a request, and ends the test if its connection is aborted. A body that is an io.Reader or a string is sent as it is;
// anything else but nil is encoded as JSON.
func (c *Client) Do(method, path string, body any) *Response {
	c.t.Helper()
	var r io.Reader
	switch b := body.(type) {
	case nil:
	case io.Reader:
		r = b
	case string:
		r = strings.NewReader(b)
	default:
		encoded, err := json.Marshal(b)
		if err != nil {
			c.t.Fatalf("%s %s: encoding the body: %v", method, path, err)
		}
		r = bytes.NewReader(encoded)
	}
	req := httptest.NewRequestWithContext(context.Background(), method, path, r)
	if r != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	for name, values := range c.header {
		req.Header[name] = values
	}
	if c.cookies != nil {
		for _, k := range c.cookies.Cookies(requestURL(req)) {
			req.AddCookie(k)
		}
	}
	rec := httptest.NewRecorder()
	var panicked any
	done := make(chan struct{})
	go func() { // as under a server: a handler may end its goroutine
		defer close(done)
		defer func() { panicked = recover() }()
		c.handler.ServeHTTP(rec, req)
	}()
	<-done
	if panicked != nil {
		c.t.Fatalf("%s %s: the connection was aborted: %v", method, path, panicked)
	}
	if c.cookies != nil {
		c.cookies.SetCookies(requestURL(req), rec.Result().Cookies())
	}
	return &Response{t: c.t, client: c, Request: method + " " + path, Status: rec.Code, Header: rec.Result().Header, Body: rec.Body.String()}
}

// Response is what came back.
type Response struct {
	t       testing.TB
	client  *Client
	Request string // such as "GET /api/users"
	Status  int
	Header  http.Header
	Body    string
}

// Expect ends the test unless the status is as given.
func (r *Response) Expect(status int) *Response {
	r.t.Helper()
	if r.Status != status {
		r.t.Fatalf("%s: status %d, want %d\n%s", r.Request, r.Status, status, r.Body)
	}
	return r
}

// ExpectError ends the test unless the status and the error's code are as
// given. The code is read from the member "code" of the body.
func (r *Response) ExpectError(status int, code string) *Response {
	r.t.Helper()
	r.Expect(status)
	var p struct{ Code string }
	r.JSON(&p)
	if p.Code != code {
		r.t.Fatalf("%s: code %q, want %q\n%s", r.Request, p.Code, code, r.Body)
	}
	return r
}

// JSON decodes the body into what out points at. Members that out lacks are
// ignored.
func (r *Response) JSON(out any) *Response {
	r.t.Helper()
	if err := json.Unmarshal([]byte(r.Body), out); err != nil {
		r.t.Fatalf("%s: decoding the body: %v\n%s", r.Request, err, r.Body)
	}
	return r
}
