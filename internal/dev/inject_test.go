package dev_test

import (
	"bufio"
	"context"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

var tag = regexp.MustCompile(`<script src="/dev/reload.js" data-process="\w+-1"( data-form)? defer></script>`)

// The script is put into whole pages that may run it, and nowhere else.
func TestInject(t *testing.T) {
	t.Parallel()
	a := serve(t, "one")
	get := func(dest string) []string { return []string{"Accept", "text/html", "Sec-Fetch-Dest", dest} }
	const head = "<!doctype html><head></head>"
	for _, c := range []struct {
		path, method string
		header       []string
		want         string // of the body, with S for the script
	}{
		{"/page", "GET", page, `<!doctype html><html lang="en"><head><title>one</title>S</HEAD><body><h1>one</h1><header></header></body></html>`},
		{"/headless", "GET", page, "<!-- note --><!DOCTYPE html><p>a</p>S</body>"},
		{"/headless", "GET", []string{"Accept", "text/html"}, "<!-- note --><!DOCTYPE html><p>a</p>S</body>"},
		{"/bare", "GET", page, "<html><p>\xff\xfe aS"},
		{"/fragment", "GET", page, "<p>part</p>S"},
		{"/fragment", "GET", []string{"Accept", "text/html"}, "<p>part</p>"},
		{"/length", "GET", page, "<!doctype html><head>S</head>"},
		{"/length", "POST", page, "<!doctype html><head>F</head>"},
		{"/length", "GET", get("empty"), head},
		{"/length", "GET", get("iframe"), head},
		{"/length", "GET", []string{"Accept", "*/*"}, head},
		{"/length", "HEAD", page, ""},
		{"/closed", "GET", page, head},
		{"/mute", "GET", page, head},
		{"/sandbox", "GET", page, head},
		{"/download", "GET", page, head},
		{"/packed", "GET", page, head},
		{"/text", "GET", page, head},
	} {
		got, err := a.do(c.method, c.path, c.header...)
		if err != nil {
			t.Errorf("%s %s: %v", c.method, c.path, err) // such as a wrong length
			continue
		}
		body := tag.ReplaceAllStringFunc(got.body, func(s string) string {
			return map[bool]string{false: "S", true: "F"}[strings.Contains(s, "data-form")]
		})
		if body != c.want {
			t.Errorf("%s %s %q\n got %q\nwant %q", c.method, c.path, c.header, body, c.want)
		}
		if (body != got.body) && got.header.Get("ETag") != "" {
			t.Errorf("%s has the ETag of another page", c.path)
		}
	}
}

// The application is asked for what the script can be put into, and for the page
// itself: a browser that kept an old one would load it again without end.
func TestWhatIsAskedFor(t *testing.T) {
	t.Parallel()
	a := serve(t, "one")
	for accept, want := range map[string]string{"text/html": "", "*/*": `gzip"page"`} {
		if got := a.get("/asked", "Accept", accept, "Accept-Encoding", "gzip", "If-None-Match", `"page"`).body; got != want {
			t.Errorf("for %s it is asked for %q, want %q", accept, got, want)
		}
	}
}

// A page that comes bit by bit is seen bit by bit.
func TestStream(t *testing.T) {
	t.Parallel()
	a := serve(t, "one")
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, "GET", a.origin+"/stream", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", "text/html")
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	got := make([]byte, len("<!doctype html><title>x</title><p>one</p>"))
	if _, err := bufio.NewReader(res.Body).Read(got); err != nil || !strings.HasSuffix(string(got), "<p>one</p>") {
		t.Errorf("first comes %q: %v", got, err)
	}
}
