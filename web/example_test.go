package web_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing/fstest"

	"github.com/terem-go/terem/web"
)

// NameForm asks for a name.
type NameForm struct {
	Name string `form:"name" label:"Your name" maxLength:"100" autocomplete:"name"`
}

// greeter is a program of two pages under plain net/http.
type greeter struct{ views *web.Views }

func (g greeter) ask(_ *http.Request) *web.Page {
	return g.views.Page("ask", web.Form[NameForm]{})
}

func (g greeter) greet(r *http.Request) *web.Page {
	var form web.Form[NameForm]
	body, err := io.ReadAll(r.Body)
	if err == nil {
		err = form.FromRequest(r, body)
	}
	switch {
	case err != nil:
		return g.views.Page("ask", form).Status(http.StatusBadRequest)
	case !form.Valid():
		return g.views.Page("ask", form).Status(http.StatusUnprocessableEntity)
	}
	return g.views.Redirect("/").Flash("Hello, " + form.Value.Name + "!")
}

// page turns a function that returns a page into a handler.
func page(f func(r *http.Request) *web.Page) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
		if err := f(r).Send(w, r); err != nil {
			http.Error(w, "Something went wrong.", http.StatusInternalServerError)
		}
	})
}

// handler puts the program together.
func handler() (http.Handler, error) {
	assets, err := web.NewAssets(fstest.MapFS{"app.css": {Data: []byte("body { margin: 2em }")}}, "/static/")
	if err != nil {
		return nil, err
	}
	views, err := web.NewViews(web.ViewsConfig{
		Assets: assets,
		Key:    []byte("32 random bytes, from a setting."),
		Templates: fstest.MapFS{ // most often an embed.FS
			"layouts/base.html": {Data: []byte(
				`<!doctype html><link rel="stylesheet" href="{{asset "app.css"}}">` +
					`{{range .Flash}}<p role="{{.Role}}">{{.Text}}</p>{{end}}{{block "main" .}}{{end}}`)},
			"ask.html": {Data: []byte(
				`{{template "layouts/base.html" .}}` +
					`{{define "main"}}<form method="post">{{template "field" .Data.Field "name"}}<button>Go</button></form>{{end}}`)},
		},
	})
	if err != nil {
		return nil, err
	}
	guard, err := web.CSRF(nil, nil)
	if err != nil {
		return nil, err
	}
	headers, err := web.Policy{}.Middleware()
	if err != nil {
		return nil, err
	}
	g := greeter{views}
	mux := http.NewServeMux()
	mux.Handle("GET /{$}", page(g.ask))
	mux.Handle("POST /{$}", page(g.greet))
	mux.Handle("/static/", assets.Handler())
	return headers(guard(mux)), nil
}

// Pages, forms and assets are ordinary handlers under net/http.
func Example() {
	h, err := handler()
	if err != nil {
		fmt.Println(err)
		return
	}
	server := httptest.NewServer(h)
	defer server.Close()
	jar, _ := cookiejar.New(nil)
	client := &http.Client{Jar: jar}

	for _, name := range []string{"", "Ada <script>"} {
		resp, err := client.PostForm(server.URL, url.Values{"name": {name}})
		if err != nil {
			fmt.Println(err)
			return
		}
		b, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		fmt.Println(resp.Status)
		for line := range strings.Lines(string(b)) {
			if strings.Contains(line, "role=") || strings.Contains(line, "error") {
				fmt.Println(strings.TrimSpace(line))
			}
		}
	}
	// Output:
	// 422 Unprocessable Entity
	// <input type="text" id="field-name" name="name" value="" autocomplete="name" required aria-describedby="field-name-error" aria-invalid="true" autofocus>
	// <p class="error" id="field-name-error">Please fill this in.</p>
	// 200 OK
	// <!doctype html><link rel="stylesheet" href="/static/app-a445580bc737.css"><p role="status">Hello, Ada &lt;script&gt;!</p><form method="post"><div class="field">
}
