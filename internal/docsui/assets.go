package docsui

import (
	"compress/gzip"
	"crypto/sha256"
	_ "embed"
	"fmt"
	"io"
	"net/http"
	"path"
	"strconv"
	"strings"
)

var (
	//go:embed swaggerui/swagger-ui.css.gz
	swaggerCSS string
	//go:embed swaggerui/swagger-ui-bundle.js.gz
	swaggerJS string
	//go:embed page/docs.css
	docsCSS string
	//go:embed page/docs.js
	docsJS string
)

// asset is a file that the page loads. Its name carries a hash of its content, so that a browser keeps it
// until a new version of the page names another.
type asset struct {
	name    string
	content string
	gzipped bool
}

// plain is an asset that is sent as it is.
func plain(file, content string) asset {
	ext := path.Ext(file)
	hash := sha256.Sum256([]byte(content))
	name := fmt.Sprintf("%s.%x%s", strings.TrimSuffix(file, ext), hash[:6], ext)
	return asset{name: name, content: content}
}

// compressed is an asset whose content was compressed by gzip beforehand.
func compressed(file, content string) asset {
	a := plain(file, content)
	a.gzipped = true
	return a
}

// contentTypes is here because the tables of the system, which package mime reads, differ.
var contentTypes = map[string]string{
	".css": "text/css; charset=utf-8",
	".js":  "text/javascript; charset=utf-8",
}

func (a asset) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", contentTypes[path.Ext(a.name)])
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("X-Content-Type-Options", "nosniff")
	if a.gzipped {
		h.Add("Vary", "Accept-Encoding")
		if !acceptsGzip(strings.Join(r.Header.Values("Accept-Encoding"), ",")) {
			content, err := gzip.NewReader(strings.NewReader(a.content))
			if err != nil {
				panic(err) // the embedded file is damaged
			}
			io.Copy(w, content)
			return
		}
		h.Set("Content-Encoding", "gzip")
	}
	h.Set("Content-Length", strconv.Itoa(len(a.content)))
	io.WriteString(w, a.content)
}

// acceptsGzip reports whether an Accept-Encoding header lets a response be compressed by gzip: it names
// gzip, or * and not gzip, with a weight (1 by default) above zero.
func acceptsGzip(header string) bool {
	others := false
	for item := range strings.SplitSeq(header, ",") {
		coding, parameter, weighted := strings.Cut(item, ";")
		accepted := true
		if weighted {
			_, weight, _ := strings.Cut(parameter, "=")
			q, err := strconv.ParseFloat(strings.TrimSpace(weight), 64)
			accepted = err == nil && q > 0
		}
		switch strings.ToLower(strings.TrimSpace(coding)) {
		case "gzip":
			return accepted
		case "*":
			others = accepted
		}
	}
	return others
}
