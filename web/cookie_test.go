package web_test

import (
	"strings"
	"testing"
	"time"

	"github.com/terem-go/terem/web"
)

func TestCookie(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		cookie     web.Cookie
		set, clear string
	}{
		{web.Cookie{Name: "login"}, "login=abc; Path=/; HttpOnly; SameSite=Lax", "login=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"},
		{
			web.Cookie{Name: "login", Secure: true, MaxAge: time.Minute},
			"__Host-login=abc; Path=/; Max-Age=60; HttpOnly; Secure; SameSite=Lax",
			"__Host-login=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Lax",
		},
		{web.Cookie{Name: "a", MaxAge: time.Millisecond}, "a=abc; Path=/; Max-Age=1; HttpOnly; SameSite=Lax", "a=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"},
	} {
		if got := c.cookie.Set("abc").String(); got != c.set {
			t.Errorf("%+v: Set gives\n%s, want\n%s", c.cookie, got, c.set)
		}
		if got := c.cookie.Clear().String(); got != c.clear {
			t.Errorf("%+v: Clear gives\n%s, want\n%s", c.cookie, got, c.clear)
		}
		r := request("GET", "/")
		if got := c.cookie.Read(r); got != "" {
			t.Errorf("%+v: read %q where there is none", c.cookie, got)
		}
		r.AddCookie(c.cookie.Set("abc"))
		if got := c.cookie.Read(r); got != "abc" {
			t.Errorf("%+v: read %q", c.cookie, got)
		}
	}
}

func TestCookiesThatAreNotBelieved(t *testing.T) {
	t.Parallel()
	secure := web.Cookie{Name: "login", Secure: true}
	for header, want := range map[string]string{
		"__Host-login=good":                             "good",
		"login=planted":                                 "",
		"login=planted; __Host-login=good":              "good",
		"__Host-login=" + strings.Repeat("x", 4097):     "",
		"__Host-login=a\x01b":                           "",
		"__host-login=planted; __Host-login2=alsowrong": "",
	} {
		if got := secure.Read(request("GET", "/", "Cookie: "+header)); got != want {
			t.Errorf("of %.60q it reads %q, want %q", header, got, want)
		}
	}
}
