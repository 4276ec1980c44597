package web

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// dot is what a template sees.
type dot struct {
	Data any
	User any
	Path string

	messages []message
	shown    bool // Flash was called
}

// Flash returns the messages to show.
func (d *dot) Flash() []message {
	d.shown = true
	return d.messages
}

// Render returns the response to a request: its body is complete, or there is an error and nothing was sent. It
// fails when the template does not exist or lacks something, when a redirect leads away from this site, and when a
// cookie is not valid or too long.
func (p *Page) Render(r *http.Request) (status int, header http.Header, body []byte, err error) {
	header = p.header.Clone()
	if header == nil {
		header = http.Header{}
	}
	if header.Get("Cache-Control") == "" {
		header.Set("Cache-Control", "no-store")
	}
	cookies := p.cookies
	var more *http.Cookie
	if p.redirect {
		more, err = p.renderRedirect(r, header)
	} else {
		body, more, err = p.renderTemplate(r, header)
	}
	if err != nil {
		return 0, nil, nil, err
	}
	if more != nil {
		cookies = append(cookies[:len(cookies):len(cookies)], more)
	}
	for _, c := range cookies {
		if err := checkCookie(c); err != nil {
			return 0, nil, nil, err
		}
		header.Add("Set-Cookie", c.String())
	}
	return p.status, header, body, nil
}

// renderTemplate returns the body, and the cookie that takes back the messages that were shown.
func (p *Page) renderTemplate(r *http.Request, header http.Header) ([]byte, *http.Cookie, error) {
	if p.status < 200 || p.status > 599 {
		return nil, nil, fmt.Errorf("web: the page %s has the status %d, which is none of a response", p.name, p.status)
	}
	t, err := p.views.template(p.name)
	if err != nil {
		return nil, nil, err
	}
	d := &dot{Data: p.data, User: p.user, Path: r.URL.Path, messages: append(p.views.flash.read(r), p.messages...)}
	var b bytes.Buffer
	if err := t.Execute(&b, d); err != nil {
		return nil, nil, fmt.Errorf("web: %w", err)
	}
	if header.Get("Content-Type") == "" {
		header.Set("Content-Type", "text/html; charset=utf-8")
	}
	if d.shown && r.Method != http.MethodHead && p.views.flash.sent(r) {
		return b.Bytes(), p.views.flash.cookie.Clear(), nil
	}
	return b.Bytes(), nil, nil
}

// renderRedirect sets the target, and returns the cookie that carries messages there.
func (p *Page) renderRedirect(r *http.Request, header http.Header) (*http.Cookie, error) {
	switch p.status {
	case 301, 302, 303, 307, 308:
	default:
		return nil, fmt.Errorf("web: a redirect has the status %d, want 301, 302, 303, 307 or 308", p.status)
	}
	if !isLocal(p.to) {
		path, _, _ := strings.Cut(p.to, "?") // the rest may hold secrets
		return nil, fmt.Errorf("web: a redirect to %q leads away from this site: pass it through web.Local", path)
	}
	header.Set("Location", asciiURL(p.to))
	if len(p.messages) == 0 {
		return nil, nil
	}
	return p.views.flash.write(append(p.views.flash.read(r), p.messages...))
}

// Send answers a request with the page, under plain net/http. Its errors are those of Render, and then nothing was
// sent.
func (p *Page) Send(w http.ResponseWriter, r *http.Request) error {
	status, header, body, err := p.Render(r)
	if err != nil {
		return err
	}
	h := w.Header()
	for name, values := range header {
		if name == "Set-Cookie" {
			values = append(h[name], values...)
		}
		h[name] = values
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	// A client that is gone is not an error.
	_, _ = w.Write(body)
	return nil
}
