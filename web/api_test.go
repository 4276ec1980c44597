package web_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/api/apitest"
	"github.com/terem-go/terem/web"
)

var (
	_ api.Renderer    = (*web.Page)(nil)
	_ api.FromRequest = (*web.Form[NameForm])(nil)
)

// greeting is the input of a typed route.
type greeting struct {
	Form web.Form[NameForm]
}

func TestPagesAndFormsOfTypedRoutes(t *testing.T) {
	t.Parallel()
	v := newViews(t, web.ViewsConfig{Key: key}, map[string]string{
		"ask.html":  `{{(.Data.Field "name").Error}}`,
		"home.html": `{{range .Flash}}{{.Text}}{{end}}`,
	})
	a := api.New(api.Config{})
	r := a.Router("", "")
	api.Post(r, "/ask", func(_ context.Context, _ api.None, in *greeting) (*web.Page, error) {
		if !in.Form.Valid() {
			return v.Page("ask", in.Form).Status(http.StatusUnprocessableEntity), nil
		}
		return v.Redirect("/").Flash("Hello, " + in.Form.Value.Name + "!"), nil
	}, api.Public)
	api.Get(r, "/", func(context.Context, api.None, *struct{}) (*web.Page, error) { return v.Page("home", nil), nil }, api.Public)
	h, err := a.Handler()
	if err != nil {
		t.Fatal(err)
	}
	c := apitest.New(t, h)
	form := c.With("Content-Type", formType)

	if got := form.Post("/ask", "name=").Expect(http.StatusUnprocessableEntity); got.Body != "Please fill this in." {
		t.Errorf("an empty form is answered with %q", got.Body)
	}
	c.Post("/ask", `{"name":"Ada"}`).ExpectError(http.StatusUnsupportedMediaType, "unsupported_form")
	form.Post("/ask", "name=%zz").ExpectError(http.StatusBadRequest, "invalid_form")

	sent := form.Post("/ask", "name=Ada").Expect(http.StatusSeeOther)
	back := sentBack(t, "GET", sent.Header)
	if got := c.With("Cookie", back.Header.Get("Cookie")).Get("/").Expect(http.StatusOK); got.Body != "Hello, Ada!" {
		t.Errorf("after the redirect to %s: %q", sent.Header.Get("Location"), got.Body)
	}
}
