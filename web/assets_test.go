package web_test

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"github.com/terem-go/terem/web"
)

// hashed returns the name that a file gets by its content.
func hashed(stem, ext, content string) string {
	return fmt.Sprintf("%s-%.6x%s", stem, sha256.Sum256([]byte(content)), ext)
}

// get asks for an asset.
func get(a *web.Assets, target string, headers ...string) *http.Response {
	return send(a.Handler(), request("GET", target, headers...)).Result()
}

func body(t testing.TB, r io.Reader) string {
	t.Helper()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestAssetsHaveTwoNames(t *testing.T) {
	t.Parallel()
	files := map[string]string{
		"app.css": "body{}", "js/app.min.js": "let a", "LICENSE": "free", "имя файла.txt": "x", ".env": "SECRET=1", ".git/config": "[core]",
	}
	a := newAssets(t, files)
	for name, want := range map[string]string{
		"app.css":       "/static/" + hashed("app", ".css", "body{}"),
		"js/app.min.js": "/static/js/" + hashed("app.min", ".js", "let a"),
		"LICENSE":       "/static/" + hashed("LICENSE", "", "free"),
		"имя файла.txt": "/static/%D0%B8%D0%BC%D1%8F%20%D1%84%D0%B0%D0%B9%D0%BB%D0%B0" + hashed("", ".txt", "x"),
	} {
		if got := assetPath(t, a, name); got != want {
			t.Errorf("%s is at %s, want %s", name, got, want)
		}
		for target, cache := range map[string]string{want: "public, max-age=31536000, immutable", "/static/" + strings.ReplaceAll(name, " ", "%20"): "no-cache"} {
			resp := get(a, target)
			if got := body(t, resp.Body); resp.StatusCode != 200 || got != files[name] || resp.Header.Get("Cache-Control") != cache || resp.Header.Get("Etag") == "" {
				t.Errorf("GET %s: %d %q %v", target, resp.StatusCode, got, resp.Header)
			}
		}
	}
	for _, name := range []string{"missing.css", "", ".env", "js", "../app.css"} {
		_, err := a.Path(name)
		wantError(t, err, fmt.Sprintf("%q", name))
	}
}

func TestWhatIsNoAsset(t *testing.T) {
	t.Parallel()
	a := newAssets(t, map[string]string{"app.css": "", "js/app.js": "", ".env": "SECRET=1"})
	for _, target := range []string{
		"/static/", "/static", "/static/js", "/static/js/", "/static/.env", "/static/../secret", "/static/%2e%2e/secret", "/static//app.css", "/static/./app.css",
		"/static/app.css/", "/app.css", "/", "/static/app-000000000000.css", "/static/app.css%00", "/static/js%5Capp.js",
	} {
		if resp := get(a, target); resp.StatusCode != 404 || resp.Header.Get("Cache-Control") != "" {
			t.Errorf("GET %s: %d, %v", target, resp.StatusCode, resp.Header)
		}
	}
	for _, method := range []string{"POST", "PUT", "DELETE", "OPTIONS"} {
		if resp := send(a.Handler(), request(method, "/static/app.css")).Result(); resp.StatusCode != 405 || resp.Header.Get("Allow") != "GET, HEAD" {
			t.Errorf("%s: %d, %v", method, resp.StatusCode, resp.Header)
		}
	}
}

func TestMediaTypes(t *testing.T) {
	t.Parallel()
	types := map[string]string{
		"a.css": "text/css; charset=utf-8", "a.js": "text/javascript; charset=utf-8", "a.mjs": "text/javascript; charset=utf-8", "a.woff2": "font/woff2",
		"a.wasm": "application/wasm", "a.SVG": "image/svg+xml", "a.webmanifest": "application/manifest+json", "a.js.map": "application/json",
		"a": "application/octet-stream", "a.unknown": "application/octet-stream", "a.html": "text/html; charset=utf-8",
	}
	files := map[string]string{}
	for name := range types {
		files[name] = "<script>alert(1)</script>"
	}
	a := newAssets(t, files)
	for name, want := range types {
		if h := get(a, "/static/"+name).Header; h.Get("Content-Type") != want || h.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %v", name, h)
		}
	}
}

func TestCompression(t *testing.T) {
	t.Parallel()
	script := strings.Repeat("let many = 'words';\n", 1000)
	a := newAssets(t, map[string]string{"app.js": script, "tiny.js": "a", "logo.png": script})
	unpack := map[string]func(io.Reader) string{
		"":     func(r io.Reader) string { return body(t, r) },
		"gzip": func(r io.Reader) string { z, _ := gzip.NewReader(r); return body(t, z) },
		"zstd": func(r io.Reader) string { z, _ := zstd.NewReader(r); defer z.Close(); return body(t, z) },
	}
	tags := map[string]string{}
	for _, c := range []struct{ accept, want string }{
		{"gzip, deflate, br, zstd", "zstd"},
		{"gzip;q=1.0, zstd;q=0", "gzip"},
		{"GZIP", "gzip"},
		{"gzip;q=0.000", ""},
		{"gzip;q=x", ""},
		{"br", ""},
		{"xgzip, gzipx", ""},
		{"", ""},
	} {
		for _, method := range []string{"GET", "HEAD"} {
			resp := send(a.Handler(), request(method, "/static/app.js", "Accept-Encoding: "+c.accept)).Result()
			length := resp.Header.Get("Content-Length")
			packed := body(t, resp.Body)
			if got := resp.Header.Get("Content-Encoding"); got != c.want || resp.Header.Get("Vary") != "Accept-Encoding" || resp.ContentLength <= 0 {
				t.Errorf("%s, Accept-Encoding %q: %v", method, c.accept, resp.Header)
				continue
			}
			tags[c.want] = resp.Header.Get("Etag")
			if method == "GET" && (unpack[c.want](strings.NewReader(packed)) != script || fmt.Sprint(len(packed)) != length || c.want != "" && len(packed) > len(script)/10) {
				t.Errorf("Accept-Encoding %q: %d bytes that are not the file, Content-Length %s", c.accept, len(packed), length)
			}
		}
	}
	if tags[""] == tags["gzip"] || tags["gzip"] == tags["zstd"] || tags["zstd"] == tags[""] {
		t.Errorf("different contents have the same tag: %q", tags)
	}
	for _, name := range []string{"tiny.js", "logo.png"} {
		if h := get(a, "/static/"+name, "Accept-Encoding: gzip, zstd").Header; h.Get("Content-Encoding") != "" {
			t.Errorf("%s is sent compressed: %v", name, h)
		}
	}
}

func TestConditionsAndRanges(t *testing.T) {
	t.Parallel()
	a := newAssets(t, map[string]string{"app.js": strings.Repeat("0123456789", 100)})
	for _, encoding := range []string{"", "gzip"} {
		tag := get(a, "/static/app.js", "Accept-Encoding: "+encoding).Header.Get("Etag")
		for _, c := range []struct {
			header string
			status int
			length int64
		}{
			{"If-None-Match: " + tag, 304, 0},
			{"If-None-Match: W/" + tag, 304, 0},
			{"If-Match: " + tag, 200, -2},
			{`If-Match: "another"`, 412, 0},
			{"Range: bytes=0-9", 206, 10},
			{"Range: bytes=990-", 206, 10},
			{"Range: bytes=1000-", 416, -2},
		} {
			resp := get(a, "/static/app.js", "Accept-Encoding: "+encoding, c.header)
			got := body(t, resp.Body)
			if resp.StatusCode != c.status || c.length >= 0 && int64(len(got)) != c.length || resp.StatusCode == 412 && resp.ContentLength > 0 {
				t.Errorf("%s, of %q: %d, %d bytes, %v", c.header, encoding, resp.StatusCode, len(got), resp.Header)
			}
			if c.status == 206 && (got != "0123456789" || resp.Header.Get("Content-Encoding") != "") {
				t.Errorf("%s: %q, %v", c.header, got, resp.Header)
			}
		}
	}
}

func TestStyleSheetsNameOtherAssetsByTheirHashes(t *testing.T) {
	t.Parallel()
	const png, font = "picture", "letters"
	img, woff := hashed("a b", ".png", png), hashed("f", ".woff2", font)
	escaped := strings.ReplaceAll(img, " ", "%20")
	printCSS := "@media print {}"
	const css = `/* url(missing.png) */ @import "print.css"; @IMPORT url('print.css') print;
a { background: url(../img/a%20b.png) , URL( "../img/a b.png#x" ), url('/static/img/a%20b.png?v=1') }
b { src: url("../img/../fonts/f.woff2?#iefix") format("woff2"); content: "url(missing.png)" '\'url(missing.png)' }
c { background: url(data:image/png;base64,AAAA), url("//cdn.example/a.png"), url(https://cdn.example/a.png), url(/media/a.png), url(#filter), url() }
d { background: url(../img/\61.png); e: my_url(missing.png) }`
	want := strings.NewReplacer(
		"print.css", hashed("print", ".css", printCSS), "../img/a%20b.png", "../img/"+escaped, "../img/a b.png", "../img/"+escaped,
		"/static/img/a%20b.png", "/static/img/"+escaped, "f.woff2", woff,
	).Replace(css)
	a := newAssets(t, map[string]string{"css/app.css": css, "css/print.css": printCSS, "img/a b.png": png, "fonts/f.woff2": font})
	got := body(t, get(a, "/static/css/app.css").Body)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if path := assetPath(t, a, "css/app.css"); path != "/static/css/"+hashed("app", ".css", want) {
		t.Errorf("the style sheet is at %s, which is not the hash of what it became", path)
	}
}

func TestAssetsThatAreRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		files map[string]string
		want  []string
	}{
		"missing":        {map[string]string{"css/app.css": "a{b:url(../img/a.png)}"}, []string{"css/app.css", `"../img/a.png"`, "does not exist"}},
		"missing import": {map[string]string{"app.css": `@import 'b.css'`}, []string{"app.css", `"b.css"`}},
		"minified":       {map[string]string{"app.css": `@import"b.css";`}, []string{"app.css", `"b.css"`}},
		"outside":        {map[string]string{"app.css": "a{b:url(../../secret)}"}, []string{"app.css", `"../../secret"`}},
		"below prefix":   {map[string]string{"app.css": "a{b:url(/static/a.png)}"}, []string{`"/static/a.png"`}},
		"a folder":       {map[string]string{"app.css": "a{b:url(img)}", "img/a.png": ""}, []string{`"img"`}},
		"itself":         {map[string]string{"app.css": "a{b:url(app.css)}"}, []string{"app.css names itself"}},
		"circle":         {map[string]string{"a.css": "@import 'b.css'", "b.css": "@import 'a.css'"}, []string{"names itself", "a.css", "b.css"}},
		"name taken":     {map[string]string{"app.css": "x", hashed("app", ".css", "x"): "x"}, []string{hashed("app", ".css", "x"), "app.css"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := web.NewAssets(folder(c.files), "/static/")
			wantError(t, err, append(c.want, "web: assets: ")...)
		})
	}
	for _, prefix := range []string{"", "/static", "static/", "//static/", "https://cdn.example/"} {
		_, err := web.NewAssets(fstest.MapFS{}, prefix)
		wantError(t, err, fmt.Sprintf("%q", prefix))
	}
	dir := t.TempDir()
	if err := os.Symlink("/etc/hostname", filepath.Join(dir, "link.txt")); err != nil {
		t.Fatal(err)
	}
	_, err := web.NewAssets(os.DirFS(dir), "/static/")
	wantError(t, err, "link.txt", "regular")
	_, err = web.NewAssets(os.DirFS(filepath.Join(dir, "none")), "/static/")
	wantError(t, err, "web: assets: ")
}

func TestWrite(t *testing.T) {
	t.Parallel()
	script := strings.Repeat("let a;\n", 100)
	dir := filepath.Join(t.TempDir(), "new", "static")
	write := func(files map[string]string) {
		t.Helper()
		if err := newAssets(t, files).Write(dir); err != nil {
			t.Fatal(err)
		}
	}
	write(map[string]string{"js/app.js": script, "logo.png": script, "data.txt": script, "data.txt.gz": "an asset"})
	write(map[string]string{"js/app.js": "let b", "logo.png": script}) // the next version

	got := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if info, err := d.Info(); err != nil || info.Mode() != 0o644 {
			t.Errorf("%s: mode %v, %v", path, info.Mode(), err)
		}
		b, err := os.ReadFile(path)
		if z, zerr := gzip.NewReader(bytes.NewReader(b)); zerr == nil {
			b = []byte("gzip " + body(t, z))
		}
		name, _ := filepath.Rel(dir, path)
		got[filepath.ToSlash(name)] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	old, data := "js/"+hashed("app", ".js", script), hashed("data", ".txt", script)
	want := map[string]string{
		"js/app.js": "let b", "js/" + hashed("app", ".js", "let b"): "let b", // too short to compress
		old: script, old + ".gz": "gzip " + script, // of pages that are still open
		"logo.png": script, hashed("logo", ".png", script): script,
		"data.txt": script, "data.txt.gz": "an asset", data: script, data + ".gz": "gzip " + script,
		hashed("data.txt", ".gz", "an asset"): "an asset",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}

	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	wantError(t, newAssets(t, map[string]string{"a.css": ""}).Write(file), "web: writing assets", file)
}
