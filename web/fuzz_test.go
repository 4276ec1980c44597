package web_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/terem-go/terem/web"
)

// FuzzCookie: a value that may be set comes back as it was, and from whatever a
// browser sends no other cookie's value is read.
func FuzzCookie(f *testing.F) {
	for _, s := range []string{"abc", "", "a b", "a,b", "a;login=c", `"a"`, "é", "a\r\nSet-Cookie: b=c", "__Host-login=x", "a=b=="} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, value string) {
		for _, c := range []web.Cookie{{Name: "login"}, {Name: "login", Secure: true}} {
			r := httptest.NewRequest("GET", "/", nil)
			if set := c.Set(value); set.Valid() == nil {
				w := httptest.NewRecorder()
				http.SetCookie(w, set)
				for _, sent := range w.Result().Cookies() {
					r.AddCookie(sent)
				}
				if got := c.Read(r); got != value && len(value) <= 4096 {
					t.Errorf("%q was read as %q", value, got)
				}
			}
			r.Header.Set("Cookie", value)
			if got := c.Read(r); len(got) > 4096 {
				t.Errorf("%d bytes were read", len(got))
			}
			r.Header.Set("Cookie", "login2="+http.CanonicalHeaderKey("x")+"; __Host-login2=x")
			if got := c.Read(r); got != "" {
				t.Errorf("another cookie was read: %q", got)
			}
		}
	})
}
