package web_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/terem-go/terem/web"
)

// key signs the messages of tests.
var key = []byte("0123456789abcdef0123456789abcdef")

// folder makes a file system of names and contents.
func folder(files map[string]string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for name, content := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(content)}
	}
	return fsys
}

func newViews(t testing.TB, c web.ViewsConfig, templates map[string]string) *web.Views {
	t.Helper()
	c.Templates = folder(templates)
	v, err := web.NewViews(c)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func newAssets(t testing.TB, files map[string]string) *web.Assets {
	t.Helper()
	a, err := web.NewAssets(folder(files), "/static/")
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// assetPath returns the address of an asset that exists.
func assetPath(t testing.TB, a *web.Assets, name string) string {
	t.Helper()
	path, err := a.Path(name)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// request makes a request with headers, given as "Name: value".
func request(method, target string, headers ...string) *http.Request {
	r := httptest.NewRequest(method, target, nil)
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Add(name, value)
	}
	return r
}

// send lets a handler answer a request.
func send(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// render renders a page that must be right.
func render(t testing.TB, p *web.Page, r *http.Request) (status int, header http.Header, body string) {
	t.Helper()
	status, header, b, err := p.Render(r)
	if err != nil {
		t.Fatal(err)
	}
	return status, header, string(b)
}

// wantError fails the test unless the error holds each of the parts.
func wantError(t testing.TB, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Errorf("no error, want one with %q", parts)
		return
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("the error %q lacks %q", err, part)
		}
	}
}
