package web

import (
	"fmt"
	"net/http"
	"time"
)

// maxCookie is the size of name, value and attributes that browsers keep (RFC 6265, section 6.1).
const maxCookie = 4096

// Cookie describes a cookie of the application: one that scripts cannot read (HttpOnly), that other sites' forms
// do not send along (SameSite=Lax), for all paths of this host only.
type Cookie struct {
	// Name is its name, such as "login".
	Name string
	// Secure says that browsers reach the application by https. The cookie is sent by nothing else then, and
	// the browser knows it as __Host-Name, which no other host can set.
	Secure bool
	// MaxAge is how long the browser keeps it. The default is until the browser is closed.
	MaxAge time.Duration
}

// Set returns the cookie with a value, such as a token: visible ASCII without quotes, commas, semicolons and
// backslashes. Page.Cookie refuses others.
func (c Cookie) Set(value string) *http.Cookie {
	return &http.Cookie{
		Name:     c.fullName(),
		Value:    value,
		Path:     "/",
		MaxAge:   int((c.MaxAge + time.Second - 1) / time.Second),
		HttpOnly: true,
		Secure:   c.Secure,
		SameSite: http.SameSiteLaxMode,
	}
}

// Clear returns the cookie that makes the browser forget it.
func (c Cookie) Clear() *http.Cookie {
	cleared := c.Set("")
	cleared.MaxAge = -1
	return cleared
}

// Read returns the value that the browser sent, or "" for none.
func (c Cookie) Read(r *http.Request) string {
	sent, err := r.Cookie(c.fullName())
	if err != nil || len(sent.Value) > maxCookie {
		return ""
	}
	return sent.Value
}

func (c Cookie) fullName() string {
	if c.Secure {
		return "__Host-" + c.Name
	}
	return c.Name
}

// checkCookie refuses a cookie that would not arrive as it is.
func checkCookie(c *http.Cookie) error {
	if err := c.Valid(); err != nil {
		return fmt.Errorf("web: the cookie %q: %w", c.Name, err)
	}
	if n := len(c.String()); n > maxCookie {
		return fmt.Errorf("web: the cookie %q has %d bytes, of which browsers keep %d", c.Name, n, maxCookie)
	}
	return nil
}
