package web

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"strings"
)

// Assets are the static files of an application, held in memory: style sheets, scripts, pictures, fonts.
//
// Each has a second name that carries a hash of its content, such as app-0123456789ab.css for app.css. Pages use
// that one, so browsers keep a file for ever and still get a new version at once.
type Assets struct {
	prefix string
	names  map[string]string // the name with the hash, by name
	files  map[string]*file  // by either
}

// NewAssets reads the files of a folder, such as an embed.FS, whose addresses begin with prefix, such as "/static/".
// Files and folders whose names begin with a dot are left out.
//
// What a style sheet names by url(…) or @import is replaced by the name with the hash. It refuses a style sheet that
// names a file which is not there or, in the end, itself; a file whose name is that of another with its hash; and
// what is no regular file.
func NewAssets(files fs.FS, prefix string) (*Assets, error) {
	if !strings.HasPrefix(prefix, "/") || !strings.HasSuffix(prefix, "/") || strings.Contains(prefix, "//") {
		return nil, fmt.Errorf("web: the prefix %q of assets: want a path that begins and ends with a slash, such as /static/", prefix)
	}
	contents, err := readFiles(files)
	if err != nil {
		return nil, fmt.Errorf("web: assets: %w", err)
	}
	a := &Assets{prefix: prefix, names: map[string]string{}, files: map[string]*file{}}
	b := builder{assets: a, contents: contents}
	for name := range contents {
		if _, err := b.add(name); err != nil {
			return nil, fmt.Errorf("web: assets: %w", err)
		}
	}
	return a, nil
}

// Prefix returns what the addresses of the assets begin with, such as "/static/".
func (a *Assets) Prefix() string { return a.prefix }

// Path returns the address of an asset, such as "/static/app-0123456789ab.css" for "app.css", or an error that
// names it if it does not exist.
func (a *Assets) Path(name string) (string, error) {
	if a == nil {
		return "", fmt.Errorf("web: the asset %q: ViewsConfig has no Assets", name)
	}
	hashed, ok := a.names[name]
	if !ok {
		return "", fmt.Errorf("web: there is no asset %q", name)
	}
	return a.prefix + escapePath(hashed), nil
}

// Handler returns a handler for the addresses of the assets. It expects requests with their whole path, the prefix
// included, and answers nothing but GET and HEAD.
//
// Names with a hash are cached for ever; others are asked for again each time, and sent only if they changed. What
// compresses is compressed once, when it is first asked for, by zstd or gzip.
func (a *Assets) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name, ok := strings.CutPrefix(r.URL.Path, a.prefix)
		f := a.files[name]
		if !ok || f == nil {
			http.NotFound(w, r)
			return
		}
		_, isName := a.names[name]
		f.serve(w, r, !isName)
	})
}

// builder gives the files their names, those that a style sheet names before it.
type builder struct {
	assets   *Assets
	contents map[string][]byte
	open     []string // the style sheets that are being rewritten
}

// add takes in a file and returns its name with the hash.
func (b *builder) add(name string) (string, error) {
	if hashed, ok := b.assets.names[name]; ok {
		return hashed, nil
	}
	content := b.contents[name]
	if path.Ext(name) == ".css" {
		var err error
		if content, err = b.rewrite(name, content); err != nil {
			return "", err
		}
	}
	hash := sha256.Sum256(content)
	ext := path.Ext(name)
	hashed := fmt.Sprintf("%s-%x%s", strings.TrimSuffix(name, ext), hash[:6], ext)
	if b.contents[hashed] != nil {
		return "", fmt.Errorf("%s has the name that %s gets: leave out what Write has written", hashed, name)
	}
	f := newFile(name, content)
	b.assets.names[name] = hashed
	b.assets.files[name], b.assets.files[hashed] = f, f
	return hashed, nil
}

// escapePath writes a name as it stands in an address.
func escapePath(name string) string { return (&url.URL{Path: name}).EscapedPath() }
