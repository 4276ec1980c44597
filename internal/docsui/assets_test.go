package docsui_test

import (
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/internal/docsui"
)

var assetAddress = regexp.MustCompile(`"(/docs/assets/[^"]+)"`)

// assets returns the addresses of the files that the page loads.
func assets(t *testing.T) []string {
	t.Helper()
	_, page := get(t, docsui.Options{}, "GET", "/docs")
	var addresses []string
	for _, match := range assetAddress.FindAllStringSubmatch(page, -1) {
		addresses = append(addresses, match[1])
	}
	if len(addresses) != 4 {
		t.Fatalf("the page loads %q, want two stylesheets and two scripts", addresses)
	}
	return addresses
}

func TestAssetHeaders(t *testing.T) {
	t.Parallel()
	contentType := map[string]string{
		".css": "text/css; charset=utf-8",
		".js":  "text/javascript; charset=utf-8",
	}
	for _, address := range assets(t) {
		t.Run(address, func(t *testing.T) {
			t.Parallel()
			res, body := get(t, docsui.Options{}, "GET", address, "Accept-Encoding", "gzip")
			want := http.Header{
				"Cache-Control":          {"public, max-age=31536000, immutable"},
				"Content-Length":         {fmt.Sprint(len(body))},
				"Content-Type":           {contentType[path.Ext(address)]},
				"X-Content-Type-Options": {"nosniff"},
			}
			if strings.Contains(address, "swagger-ui") {
				want["Content-Encoding"] = []string{"gzip"}
				want["Vary"] = []string{"Accept-Encoding"}
			}
			if diff := cmp.Diff(want, res.Header); diff != "" {
				t.Errorf("headers (-want +got):\n%s", diff)
			}
			if hash := fmt.Sprintf(".%x.", sha256.Sum256([]byte(body)))[:13]; !strings.Contains(address, hash) {
				t.Errorf("the address lacks the hash %s of the content", hash)
			}
		})
	}
}

func TestAssetIsSameCompressedOrNot(t *testing.T) {
	t.Parallel()
	for _, address := range assets(t) {
		t.Run(address, func(t *testing.T) {
			t.Parallel()
			res, plain := get(t, docsui.Options{}, "GET", address)
			if encoding := res.Header.Get("Content-Encoding"); encoding != "" {
				t.Fatalf("Content-Encoding is %q for a client that asked for none", encoding)
			}
			res, body := get(t, docsui.Options{}, "GET", address, "Accept-Encoding", "gzip")
			if res.Header.Get("Content-Encoding") == "gzip" {
				body = gunzip(t, body)
			}
			if plain == "" || plain != body {
				t.Errorf("%d bytes without compression, %d bytes with it, want the same content", len(plain), len(body))
			}
		})
	}
}

func gunzip(t *testing.T, compressed string) string {
	t.Helper()
	r, err := gzip.NewReader(strings.NewReader(compressed))
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func TestNegotiation(t *testing.T) {
	t.Parallel()
	bundle := assets(t)[2]
	tests := map[string]struct {
		accept []string
		want   string
	}{
		"none":                  {nil, ""},
		"empty":                 {[]string{""}, ""},
		"gzip":                  {[]string{"gzip"}, "gzip"},
		"among others":          {[]string{"br, zstd, gzip, deflate"}, "gzip"},
		"upper case":            {[]string{"GZIP"}, "gzip"},
		"weighted":              {[]string{"br;q=1.0, gzip; q=0.1"}, "gzip"},
		"in a second header":    {[]string{"br", "gzip"}, "gzip"},
		"only others":           {[]string{"br, zstd"}, ""},
		"refused":               {[]string{"gzip;q=0"}, ""},
		"refused with a point":  {[]string{"gzip;q=0.000"}, ""},
		"senseless weight":      {[]string{"gzip;q=much"}, ""},
		"any":                   {[]string{"*"}, "gzip"},
		"any but gzip":          {[]string{"*, gzip;q=0"}, ""},
		"gzip and nothing else": {[]string{"*;q=0, gzip"}, "gzip"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var headers []string
			for _, value := range test.accept {
				headers = append(headers, "Accept-Encoding", value)
			}
			res, _ := get(t, docsui.Options{}, "GET", bundle, headers...)
			if got := res.Header.Get("Content-Encoding"); got != test.want {
				t.Errorf("Content-Encoding is %q, want %q", got, test.want)
			}
		})
	}
}

func TestHeadEqualsGetWithoutBody(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(docsui.Handler(docsui.Options{}))
	t.Cleanup(server.Close)
	for _, address := range append(assets(t), "/docs") {
		t.Run(address, func(t *testing.T) {
			t.Parallel()
			get, head := ask(t, "GET", server.URL+address), ask(t, "HEAD", server.URL+address)
			if diff := cmp.Diff(get.Header, head.Header); diff != "" {
				t.Errorf("headers (-GET +HEAD):\n%s", diff)
			}
			body, err := io.ReadAll(head.Body)
			if len(body) != 0 || err != nil {
				t.Errorf("the body of HEAD has %d bytes, error %v", len(body), err)
			}
		})
	}
}

// ask sends a request that accepts gzip through a real server. Date is left out of the response.
func ask(t *testing.T, method, url string) *http.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept-Encoding", "gzip")
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { res.Body.Close() })
	res.Header.Del("Date")
	return res
}
