package web

import (
	"errors"
	"math"
	"net/http"
	"strconv"

	"github.com/terem-go/terem/errs"
)

// Page is an answer to a browser: a template with what it shows, or a redirect. Each of its methods changes the
// page and returns it.
type Page struct {
	views    *Views
	name     string // of the template
	data     any
	user     any
	to       string // the target of a redirect
	redirect bool
	status   int
	header   http.Header
	cookies  []*http.Cookie
	messages []message
}

// Status sets the HTTP status. A redirect keeps to those of redirects with a Location: 301, 302, 303, 307, 308.
func (p *Page) Status(status int) *Page {
	p.status = status
	return p
}

// RetryAfter has the page, which may show a form again, say what err says of when to try again: with the status of err,
// such as 429 or 503, and the header Retry-After. An error that says nothing of it, or nil, changes nothing.
func (p *Page) RetryAfter(err error) *Page {
	var e *errs.Error
	if !errors.As(err, &e) || e.RetryAfter <= 0 {
		return p
	}
	return p.Status(e.Kind.Status()).Header("Retry-After", strconv.Itoa(int(math.Ceil(e.RetryAfter.Seconds()))))
}

// Header sets a header. The default of Cache-Control is no-store, because pages tend to show what belongs to one
// person.
func (p *Page) Header(name, value string) *Page {
	if p.header == nil {
		p.header = http.Header{}
	}
	p.header.Set(name, value)
	return p
}

// For says whom the page is shown to: templates see it as .User.
func (p *Page) For(user any) *Page {
	p.user = user
	return p
}

// Cookie sets cookies, such as those that Cookie.Set made. A cookie that net/http finds invalid or that is longer
// than 4,096 bytes, which browsers would drop, is an error when the page is rendered.
func (p *Page) Cookie(c ...*http.Cookie) *Page {
	p.cookies = append(p.cookies, c...)
	return p
}

// Flash shows a message once: on this page, or after a redirect on the first page that shows .Flash.
func (p *Page) Flash(text string) *Page {
	p.messages = append(p.messages, message{notice, text})
	return p
}

// Alert is Flash for a message that tells of something that did not work.
func (p *Page) Alert(text string) *Page {
	p.messages = append(p.messages, message{alert, text})
	return p
}
