package web

import (
	"cmp"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
)

// ViewsConfig are the settings of Views.
type ViewsConfig struct {
	// Templates are the files of the templates, as the package comment says. Required.
	Templates fs.FS
	// Assets are what {{asset "app.css"}} finds. The default is none.
	Assets *Assets
	// Funcs are functions for the templates beside asset.
	Funcs template.FuncMap
	// Key signs flash messages: at least 32 random bytes, such as auth.DeriveKey makes. Without it a redirect
	// cannot carry messages.
	Key []byte
	// Secure says that browsers reach the pages by https; see Cookie.
	Secure bool
	// Reload reads the templates again for each page. It is for development, with an os.DirFS.
	Reload bool
}

// minKey is the least length of a key in bytes: what HMAC-SHA256 asks of its key (RFC 7518, section 3.2).
const minKey = 32

// Views are the pages of an application.
type Views struct {
	config ViewsConfig
	pages  map[string]*template.Template
	flash  flash
}

// NewViews reads the templates. It refuses a file that cannot be parsed or escaped, the use of a template or an
// asset that does not exist, a page that shows nothing, a folder without pages, and a Key that is too short.
func NewViews(c ViewsConfig) (*Views, error) {
	if c.Templates == nil {
		return nil, errors.New("web: ViewsConfig has no Templates")
	}
	if len(c.Key) > 0 && len(c.Key) < minKey {
		return nil, fmt.Errorf("web: the Key of ViewsConfig has %d bytes, want at least %d", len(c.Key), minKey)
	}
	pages, err := parseTemplates(c)
	if err != nil {
		return nil, err
	}
	return &Views{config: c, pages: pages, flash: flash{key: c.Key, cookie: Cookie{Name: "flash", Secure: c.Secure}}}, nil
}

// Page returns the page of a template, such as "signup" for the file signup.html, with what it shows. Its status
// is 200.
func (v *Views) Page(name string, data any) *Page {
	return &Page{views: v, name: name, data: data, status: http.StatusOK}
}

// Redirect returns a page that sends the browser to another address of this site, such as "/account" or what Local
// returned. Its status is 303, after which a browser asks for the address by GET.
func (v *Views) Redirect(to string) *Page {
	return &Page{views: v, to: to, redirect: true, status: http.StatusSeeOther}
}

// template returns a page's template.
func (v *Views) template(name string) (*template.Template, error) {
	pages := v.pages
	if v.config.Reload {
		var err error
		if pages, err = parseTemplates(v.config); err != nil {
			return nil, err
		}
	}
	t := pages[name]
	if t == nil {
		return nil, fmt.Errorf("web: there is no template %s.html", cmp.Or(name, `""`))
	}
	return t, nil
}
