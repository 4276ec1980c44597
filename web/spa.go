package web

import (
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"slices"
	"strings"
)

// SPAConfig are the settings of a built front end.
type SPAConfig struct {
	// Index is the file that answers unknown page paths. The default is "index.html".
	Index string
	// Immutable are the folders whose file names the build gave hashes, such as "assets" of Vite: browsers keep
	// these for ever. The default is none: browsers ask each time whether a file has changed.
	Immutable []string
	// Except are paths that do not belong to the front end, such as "/api": they and what is below are not found
	// here.
	Except []string
	// NotFound answers what is not found. The default is http.NotFound.
	NotFound http.Handler
}

// SPA returns a handler for a built front end, such as the dist folder of Vite, held in memory as it is: a
// single-page application whose routes are addresses of the browser. A path without a file gets the index if it
// looks like a page's: asked for by GET or HEAD, by somebody who accepts text/html, and without an extension such
// as .js in its last part.
//
// It refuses a folder without the index, an Immutable folder that is not there, and an Except that does not begin
// with a slash.
func SPA(files fs.FS, c SPAConfig) (http.Handler, error) {
	if c.Index == "" {
		c.Index = "index.html"
	}
	if c.NotFound == nil {
		c.NotFound = http.HandlerFunc(http.NotFound)
	}
	contents, err := readFiles(files)
	if err != nil {
		return nil, fmt.Errorf("web: SPA: %w", err)
	}
	s := &spa{config: c, files: map[string]*file{}}
	for name, content := range contents {
		s.files[name] = newFile(name, content)
	}
	if s.files[c.Index] == nil {
		return nil, fmt.Errorf("web: SPA: the folder has no %s: build the front end first", c.Index)
	}
	for _, dir := range c.Immutable {
		if info, err := fs.Stat(files, dir); err != nil || !info.IsDir() {
			return nil, fmt.Errorf("web: SPA: Immutable: there is no folder %q", dir)
		}
	}
	for _, prefix := range c.Except {
		if !strings.HasPrefix(prefix, "/") {
			return nil, fmt.Errorf("web: SPA: Except: %q does not begin with a slash", prefix)
		}
	}
	return s, nil
}

type spa struct {
	config SPAConfig
	files  map[string]*file
}

// ServeHTTP answers with a file, or with the index.
func (s *spa) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(r.URL.Path, "/")
	below := func(dir string) bool { return under(name, dir) }
	f := s.files[name]
	switch {
	case slices.ContainsFunc(s.config.Except, below):
		s.config.NotFound.ServeHTTP(w, r)
	case f != nil:
		f.serve(w, r, slices.ContainsFunc(s.config.Immutable, below))
	case name == "" || isPage(r):
		s.files[s.config.Index].serve(w, r, false)
	default:
		s.config.NotFound.ServeHTTP(w, r)
	}
}

// under reports whether a name is dir or lies in it.
func under(name, dir string) bool {
	dir = strings.Trim(dir, "/")
	rest, ok := strings.CutPrefix(name, dir)
	return ok && (rest == "" || rest[0] == '/')
}

// isPage reports whether somebody asks for a page, rather than for a file or by a program.
func isPage(r *http.Request) bool {
	_, last := path.Split(r.URL.Path)
	return (r.Method == http.MethodGet || r.Method == http.MethodHead) && path.Ext(last) == "" &&
		strings.Contains(strings.Join(r.Header.Values("Accept"), ","), "text/html")
}
