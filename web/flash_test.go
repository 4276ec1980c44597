package web_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/terem-go/terem/web"
)

// sentBack returns a request as a browser makes it after a response.
func sentBack(t testing.TB, method string, header http.Header) *http.Request {
	t.Helper()
	r := request(method, "/")
	for _, c := range (&http.Response{Header: header}).Cookies() {
		if c.MaxAge >= 0 {
			r.AddCookie(c)
		}
	}
	return r
}

func TestFlash(t *testing.T) {
	t.Parallel()
	for _, secure := range []bool{false, true} {
		v := newViews(t, web.ViewsConfig{Key: key, Secure: secure}, pages)
		_, header, _ := render(t, v.Redirect("/").Flash("Привет, <b>!").Alert("No."), request("POST", "/"))
		r := sentBack(t, "GET", header)
		if name := r.Cookies()[0].Name; (name == "__Host-flash") != secure {
			t.Errorf("secure=%t: the cookie is %s", secure, name)
		}

		const want = "notice/status: Привет, &lt;b&gt;!;alert/alert: No.;"
		if _, header, body := render(t, v.Page("quiet", nil), r); body != "quiet" || header["Set-Cookie"] != nil {
			t.Errorf("a page that shows no messages: %q, %v", body, header)
		}
		head := sentBack(t, "HEAD", header)
		if _, header, _ := render(t, v.Page("shows", nil), head); header["Set-Cookie"] != nil {
			t.Errorf("a HEAD request takes the messages away: %v", header)
		}
		_, header, body := render(t, v.Page("shows", nil), r)
		if cleared := header.Get("Set-Cookie"); body != want || !strings.Contains(cleared, "flash=; Path=/; Max-Age=0;") {
			t.Errorf("shown %q, want %q; cookie %q", body, want, cleared)
		}
		if _, header, body := render(t, v.Page("shows", nil), sentBack(t, "GET", header)); body != "" || header["Set-Cookie"] != nil {
			t.Errorf("shown again: %q, %v", body, header)
		}
	}
}

func TestFlashOnThePageItself(t *testing.T) {
	t.Parallel()
	v := newViews(t, web.ViewsConfig{}, pages)
	_, header, body := render(t, v.Page("shows", nil).Flash("now"), request("GET", "/"))
	if body != "notice/status: now;" || header["Set-Cookie"] != nil {
		t.Errorf("shown %q, header %v", body, header)
	}
}

// Messages that were not shown yet stay, and the newest are kept when they become too many.
func TestFlashOverManyRedirects(t *testing.T) {
	t.Parallel()
	v := newViews(t, web.ViewsConfig{Key: key}, pages)
	r := request("POST", "/")
	for _, text := range []string{strings.Repeat("a", 1500), "two", "three"} {
		_, header, _ := render(t, v.Redirect("/").Flash(text), r)
		r = sentBack(t, "POST", header)
	}
	_, header, _ := render(t, v.Redirect("/"), r)
	if header["Set-Cookie"] != nil {
		t.Error("a redirect without messages changes the cookie")
	}
	if _, _, body := render(t, v.Page("shows", nil), r); strings.Count(body, ";") != 3 {
		t.Errorf("shown %q, want three messages", body)
	}
	_, header, _ = render(t, v.Redirect("/").Flash(strings.Repeat("b", 1500)), r)
	if _, _, body := render(t, v.Page("shows", nil), sentBack(t, "GET", header)); strings.Contains(body, "aaa") || strings.Count(body, ";") != 3 {
		t.Errorf("shown %.80q, want the last three messages", body)
	}
}

func FuzzFlash(f *testing.F) {
	v := newViews(f, web.ViewsConfig{Key: key}, pages)
	_, header, err := func() (int, http.Header, error) {
		status, header, _, err := v.Redirect("/").Flash("signed").Render(request("POST", "/"))
		return status, header, err
	}()
	if err != nil {
		f.Fatal(err)
	}
	signed := (&http.Response{Header: header}).Cookies()[0].Value
	payload, mac, _ := strings.Cut(signed, ".")
	for _, value := range []string{signed, payload, payload + ".", "." + mac, "W10." + mac, signed + "A", strings.ToUpper(signed), "..", "e30"} {
		f.Add(value)
	}
	f.Fuzz(func(t *testing.T, value string) {
		r := request("GET", "/")
		r.Header.Set("Cookie", "flash="+value)
		_, header, body := render(t, v.Page("shows", nil), r)
		c, err := r.Cookie("flash")
		if want := err == nil && c.Value == signed; (body == "notice/status: signed;") != want || !want && body != "" {
			t.Errorf("the cookie %q shows %q", value, body)
		}
		if sent := err == nil && c.Value != "" && len(c.Value) <= 4096; sent != (header.Get("Set-Cookie") != "") {
			t.Errorf("the cookie %q: Set-Cookie %q", value, header.Get("Set-Cookie"))
		}
	})
}
