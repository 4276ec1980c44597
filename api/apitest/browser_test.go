package apitest_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/terem-go/terem/api/apitest"
)

// counter counts the visits of each browser.
var counter = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
	visits := 0
	if k, err := r.Cookie("visits"); err == nil {
		fmt.Sscan(k.Value, &visits)
	}
	http.SetCookie(w, &http.Cookie{Name: "visits", Value: fmt.Sprint(visits + 1), Path: "/", Secure: true, HttpOnly: true})
	if r.Method == "POST" {
		http.Redirect(w, r, "/thanks?name="+r.PostFormValue("name"), http.StatusSeeOther)
		return
	}
	fmt.Fprintf(w, "visit %d of %s for %s", visits+1, r.URL, r.Header.Get("Accept"))
})

func TestBrowser(t *testing.T) {
	t.Parallel()
	c := apitest.New(t, counter)
	b := c.Browser()
	b.Get("/").Contains("visit 1 of /", "for text/html")
	b.With("X-Other", "1").Submit("/form", map[string]string{"name": "a-b"}).Follow().Contains("visit 3 of /thanks?name=a-b")
	b.Browser().Get("/").Contains("visit 1 ")
	c.Get("/").Contains("visit 1 ")
	c.Get("/").Contains("visit 1 ")
}
