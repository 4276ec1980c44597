package apitest_test

import (
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"github.com/terem-go/terem/api/apitest"
)

// echo answers with what it was sent.
var echo = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	switch r.URL.Path {
	case "/abort":
		panic(http.ErrAbortHandler)
	case "/exit":
		w.WriteHeader(http.StatusTeapot)
		runtime.Goexit()
	case "/error":
		w.WriteHeader(http.StatusConflict)
		io.WriteString(w, `{"code":"taken"}`)
		return
	}
	w.Header().Set("X-Was", "before")
	w.WriteHeader(http.StatusOK)
	w.Header().Set("X-Was", "too late")
	fmt.Fprintf(w, "%s %s %s %s %s", r.Method, r.URL, r.Header.Get("Content-Type"), r.Header.Get("Authorization"), body)
})

func TestClient(t *testing.T) {
	t.Parallel()
	c := apitest.New(t, echo)
	for _, r := range []struct {
		got  *apitest.Response
		want string
	}{
		{c.Get("/a?b=c"), "GET /a?b=c   "},
		{c.As("tok").Delete("/a"), "DELETE /a  Bearer tok "},
		{c.Post("/a", nil), "POST /a   "},
		{c.Post("/a", map[string]int{"n": 1}), `POST /a application/json  {"n":1}`},
		{c.Put("/a", "as it is"), "PUT /a application/json  as it is"},
		{c.With("Content-Type", "text/csv").Patch("/a", strings.NewReader("a,b")), "PATCH /a text/csv  a,b"},
		{c.Do("PROPFIND", "/a", nil), "PROPFIND /a   "},
	} {
		if r.got.Expect(200); r.got.Body != r.want || r.got.Header.Get("X-Was") != "before" {
			t.Errorf("%s: %q %v, want %q", r.got.Request, r.got.Body, r.got.Header, r.want)
		}
	}
	c.Get("/error").ExpectError(409, "taken")
	c.Get("/exit").Expect(418) // and this test goes on
}

// failing is a test whose failure is looked at.
type failing struct {
	testing.TB
	message string
}

func (f *failing) Helper() {}
func (f *failing) Fatalf(format string, args ...any) {
	f.message = fmt.Sprintf(format, args...)
	runtime.Goexit()
}

func TestExpectationsFail(t *testing.T) {
	t.Parallel()
	for want, f := range map[string]func(c *apitest.Client){
		"GET /a: status 200, want 404\nGET /a":                            func(c *apitest.Client) { c.Get("/a").Expect(404) },
		"GET /error: status 409, want 404\n":                              func(c *apitest.Client) { c.Get("/error").ExpectError(404, "taken") },
		"GET /error: code \"taken\", want \"none\"\n{\"code\":\"taken\"}": func(c *apitest.Client) { c.Get("/error").ExpectError(409, "none") },
		"GET /a: decoding the body: invalid character 'G'":                func(c *apitest.Client) { c.Get("/a").JSON(new(int)) },
		"POST /a: encoding the body: json: unsupported type":              func(c *apitest.Client) { c.Post("/a", func() {}) },
		"GET /a: \"gone\" is not in the body\nGET /a":                     func(c *apitest.Client) { c.Get("/a").Contains("GET", "gone") },
		"GET /a: status 200, Location \"\", want a redirect":              func(c *apitest.Client) { c.Get("/a").Follow() },
		"GET /abort: the connection was aborted: net/http: abort":         func(c *apitest.Client) { c.Get("/abort") },
	} {
		tb := &failing{TB: t}
		done := make(chan struct{})
		go func() {
			defer close(done)
			f(apitest.New(tb, echo))
			t.Errorf("%s: the test went on", want)
		}()
		<-done
		if !strings.HasPrefix(tb.message, want) {
			t.Errorf("message %q, want it to begin with %q", tb.message, want)
		}
	}
}
