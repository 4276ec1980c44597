package web_test

import (
	"fmt"
	"html/template"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/terem-go/terem/web"
)

const (
	base = "layouts/base.html"
	home = `{{template "layouts/base.html" .}}{{define "main"}}home{{end}}`
)

func TestTemplatesThatAreRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		files map[string]string
		want  []string
	}{
		"no pages": {map[string]string{base: "x"}, []string{"no pages"}},
		"syntax":   {map[string]string{"home.html": "{{if}}"}, []string{"home.html:1", "missing value for if"}},
		"no layout": {
			map[string]string{"home.html": home},
			[]string{"home.html:1", `"layouts/base.html"`},
		},
		"no block": {
			map[string]string{base: `<main>{{template "main" .}}`, "home.html": `{{template "layouts/base.html" .}}`},
			[]string{"layouts/base.html:1", `"main"`},
		},
		"no part": {
			map[string]string{"home.html": `{{if .User}}{{template "parts/menu.html" .}}{{end}}`},
			[]string{"home.html:1", `"parts/menu.html"`},
		},
		"what another page defines": {
			map[string]string{"a.html": `{{define "x"}}{{end}}a`, "b.html": `{{template "x"}}`},
			[]string{"b.html:1", `"x"`},
		},
		"shows nothing": {
			map[string]string{base: "x", "admin/users.html": ` {{define "main"}}home{{end}} `},
			[]string{"admin/users.html shows nothing", "layouts/base.html"},
		},
		"unknown function": {map[string]string{"home.html": "{{shout .}}"}, []string{"home.html:1", `"shout"`}},
		"another kind":     {map[string]string{"home.tmpl": "x"}, []string{"home.tmpl", ".html"}},
		"cannot escape":    {map[string]string{"home.html": `<a href="{{if .User}}"{{end}}>`}, []string{"home.html:1"}},
		"no asset in a page": {
			map[string]string{"home.html": `<link href="{{asset "missing.css"}}">`},
			[]string{"home.html", `"missing.css"`},
		},
		"no asset in a layout": {
			map[string]string{base: `{{block "main" .}}{{with asset "missing.css"}}{{.}}{{end}}{{end}}`, "home.html": `{{template "layouts/base.html" .}}`},
			[]string{base, `"missing.css"`},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := web.NewViews(web.ViewsConfig{Templates: folder(c.files), Assets: newAssets(t, map[string]string{"app.css": ""})})
			wantError(t, err, append(c.want, "web: templates: ")...)
		})
	}
}

func TestSettingsOfViewsThatAreRefused(t *testing.T) {
	t.Parallel()
	_, err := web.NewViews(web.ViewsConfig{})
	wantError(t, err, "Templates")
	_, err = web.NewViews(web.ViewsConfig{Templates: folder(map[string]string{"home.html": "x"}), Key: key[:31]})
	wantError(t, err, "Key", "31", "32")
	_, err = web.NewViews(web.ViewsConfig{Templates: folder(map[string]string{"home.html": `{{asset "app.css"}}`})})
	wantError(t, err, "home.html", "app.css", "no Assets")
	_, err = web.NewViews(web.ViewsConfig{Templates: os.DirFS(filepath.Join(t.TempDir(), "none"))})
	wantError(t, err, "web: templates: ")
}

func TestTemplatesOfAPage(t *testing.T) {
	t.Parallel()
	v := newViews(t, web.ViewsConfig{
		Assets: newAssets(t, map[string]string{"app.css": ""}),
		Funcs:  template.FuncMap{"shout": strings.ToUpper},
	}, map[string]string{
		base:                `[{{template "main" .}}|{{block "foot" .}}foot{{end}}|{{template "parts/who.html" .}}]`,
		"layouts/bare.html": `({{template "main" .}})`,
		"parts/who.html":    `{{with .User}}{{.}}{{else}}nobody{{end}} at {{.Path}}`,
		"home.html":         home,
		"admin/users.html":  `{{template "layouts/base.html" .}}{{define "main"}}{{shout .Data}}{{end}}{{define "foot"}}admin{{end}}`,
		"bare.html":         `{{template "layouts/bare.html" .}}{{define "main"}}{{len .Flash}}{{end}}`,
		"fragment.html":     `{{.Data}}`,
		".hidden":           `{{`,
	})
	for name, c := range map[string]struct {
		page *web.Page
		want string
	}{
		"home":     {v.Page("home", nil), "[home|foot|nobody at /a/b]"},
		"users":    {v.Page("admin/users", "<b>").For("Ada"), "[&lt;B&gt;|admin|Ada at /a/b]"},
		"layout":   {v.Page("bare", nil), "(0)"},
		"fragment": {v.Page("fragment", 7), "7"},
	} {
		if _, _, got := render(t, c.page, request("GET", "/a/b?c")); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// Pages are parsed several at a time.
func TestPagesDoNotSeeEachOther(t *testing.T) {
	t.Parallel()
	files := map[string]string{
		base:             `{{template "parts/top.html" .}}{{block "main" .}}{{end}}{{template "foot"}}{{define "foot"}}-{{end}}`,
		"parts/top.html": `{{define "name"}}shared{{end}}{{template "name"}}:`,
	}
	want := map[string]string{}
	for i := range 20 {
		name := fmt.Sprintf("page%d", i)
		files[name+".html"] = fmt.Sprintf(`{{template "layouts/base.html" .}}{{define "main"}}{{template "own"}}{{end}}{{define "own"}}%d{{end}}`, i)
		want[name] = fmt.Sprintf("shared:%d-", i)
	}
	files["page3.html"] += `{{define "name"}}third{{end}}`
	want["page3"] = "third:3-"
	files["page4.html"] += `{{define "foot"}}{{end}}` // an empty one replaces none
	files["page5.html"] = `{{define "tree"}}{{if .}}{{len .}}{{template "tree" slice . 1}}{{end}}{{end}}{{template "tree" .Data}}`
	want["page5"] = "321"
	v := newViews(t, web.ViewsConfig{}, files)
	for name, w := range want {
		if _, _, got := render(t, v.Page(name, "abc"), request("GET", "/")); got != w {
			t.Errorf("%s: %q, want %q", name, got, w)
		}
	}
}

func TestBuiltInTemplatesCanBeReplaced(t *testing.T) {
	t.Parallel()
	v := newViews(t, web.ViewsConfig{}, map[string]string{
		"parts/field.html": `{{define "field"}}{{.Label}}!{{end}}`,
		"ask.html":         `{{template "field" .Data.Field "name"}}`,
	})
	if _, _, got := render(t, v.Page("ask", web.Form[NameForm]{}), request("GET", "/")); got != "Your name!" {
		t.Errorf("the field is %q", got)
	}
}

func TestReload(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "home.html")
	write := func(content string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("one")
	var views [2]*web.Views
	for i, reload := range []bool{false, true} {
		var err error
		if views[i], err = web.NewViews(web.ViewsConfig{Templates: os.DirFS(dir), Reload: reload}); err != nil {
			t.Fatal(err)
		}
	}
	write("two")
	for i, want := range []string{"one", "two"} {
		if _, _, got := render(t, views[i].Page("home", nil), request("GET", "/")); got != want {
			t.Errorf("Reload=%t: %q, want %q", i == 1, got, want)
		}
	}
	write("{{")
	_, _, _, err := views[1].Page("home", nil).Render(request("GET", "/"))
	wantError(t, err, "home.html:1")
}
