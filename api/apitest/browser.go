package apitest

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
)

// Browser returns a client that visits pages as a browser without JavaScript
// does: it asks for HTML, and keeps cookies, beginning with none.
func (c *Client) Browser() *Client {
	b := c.With("Accept", "text/html,*/*;q=0.8")
	b.cookies, _ = cookiejar.New(nil) // never fails
	return b
}

// Submit sends a form by POST. With Response.Follow it arrives where a browser
// would.
func (c *Client) Submit(path string, fields map[string]string) *Response {
	c.t.Helper()
	form := url.Values{}
	for name, value := range fields {
		form.Set(name, value)
	}
	return c.With("Content-Type", "application/x-www-form-urlencoded").Post(path, form.Encode())
}

// Follow asks for the page that a redirect leads to, and ends the test if it is
// none, or leads to another site.
func (r *Response) Follow() *Response {
	r.t.Helper()
	to := r.Header.Get("Location")
	if r.Status < 300 || r.Status > 399 || !strings.HasPrefix(to, "/") {
		r.t.Fatalf("%s: status %d, Location %q, want a redirect to a path of this site\n%s", r.Request, r.Status, to, r.Body)
	}
	to, _, _ = strings.Cut(to, "#") // which browsers keep to themselves
	return r.client.Get(to)
}

// Contains ends the test unless each of the texts is in the body.
func (r *Response) Contains(texts ...string) *Response {
	r.t.Helper()
	for _, text := range texts {
		if !strings.Contains(r.Body, text) {
			r.t.Fatalf("%s: %q is not in the body\n%s", r.Request, text, r.Body)
		}
	}
	return r
}

// requestURL returns the address of a request as a browser knows it.
func requestURL(r *http.Request) *url.URL {
	u := *r.URL
	u.Scheme, u.Host = "https", r.Host
	return &u
}
