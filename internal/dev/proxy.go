package dev

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httputil"
	"strconv"
	"strings"
	"time"
)

// newProxy returns what passes requests on to the program that serves.
func (s *server) newProxy() *httputil.ReverseProxy {
	return &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.URL.Scheme = "http"
			r.Out.URL.Host = r.In.Context().Value(programKey{}).(*program).addr
			r.Out.Host = r.In.Host // which the application compares with the origin of forms
			r.SetXForwarded()
			if acceptsHTML(r.In) {
				r.Out.Header.Del("Accept-Encoding") // so that the script can be put in
			}
		},
		FlushInterval:  -1, // streams pass as they come
		ModifyResponse: s.modify,
		ErrorHandler:   s.unanswered,
	}
}

// unanswered answers when the program did not. If it has ended by itself, that is
// known in a moment.
func (s *server) unanswered(w http.ResponseWriter, r *http.Request, err error) {
	s.mu.Lock()
	p, changed := s.program, s.changed
	s.mu.Unlock()
	if p != nil {
		select {
		case <-changed:
		case <-time.After(time.Second):
		case <-r.Context().Done():
		}
	}
	if p, st := s.current(); p == nil && st.Failed != "" {
		s.showFailure(w, r, st)
		return
	}
	http.Error(w, "The application has not answered: "+err.Error(), http.StatusBadGateway)
}

func acceptsHTML(r *http.Request) bool {
	return strings.Contains(strings.Join(r.Header.Values("Accept"), ","), "text/html")
}

// headSize is how far into a document its head may reach.
const headSize = 64 << 10

// modify puts the script into pages. Fragments of pages, what is compressed, and
// pages that may not run it stay as they are.
func (s *server) modify(r *http.Response) error {
	h := r.Header
	if r.Request.Method != http.MethodGet && r.Request.Method != http.MethodPost || r.StatusCode == http.StatusNotModified ||
		!strings.HasPrefix(h.Get("Content-Type"), "text/html") || h.Get("Content-Encoding") != "" || !allowed(h.Get("Content-Security-Policy")) {
		return nil
	}
	begin, at, err := findHead(r.Body)
	if err != nil {
		return err
	}
	script := ""
	if at >= 0 {
		_, st := s.current()
		script = scriptTag(st.Version)
	} else {
		at = 0
	}
	rest := r.Body
	r.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(begin[:at]), strings.NewReader(script), bytes.NewReader(begin[at:]), rest), rest}
	if r.ContentLength >= 0 {
		r.ContentLength += int64(len(script))
		h.Set("Content-Length", strconv.FormatInt(r.ContentLength, 10))
	}
	return nil
}

// findHead reads a document until its head ends, and returns what it has read
// and where the script belongs, or -1 if it is no whole document.
func findHead(r io.Reader) (begin []byte, at int, err error) {
	begin = make([]byte, 0, 4<<10)
	for len(begin) < headSize {
		begin = append(begin, make([]byte, 4<<10)...)
		n, err := r.Read(begin[len(begin)-4<<10:])
		begin = begin[:len(begin)-4<<10+n]
		lower := bytes.ToLower(begin)
		if i := bytes.Index(lower, []byte("</head>")); i >= 0 {
			return begin, i, nil
		}
		if err == io.EOF {
			if !bytes.HasPrefix(bytes.TrimSpace(lower), []byte("<!doctype")) {
				return begin, -1, nil
			}
			if i := bytes.LastIndex(lower, []byte("</body>")); i >= 0 {
				return begin, i, nil
			}
			return begin, len(begin), nil
		}
		if err != nil {
			return begin, -1, err
		}
	}
	return begin, -1, nil
}

// allowed reports whether a Content-Security-Policy lets the page load a script
// of its own site and listen to events from there.
func allowed(policy string) bool {
	if policy == "" {
		return true
	}
	sources := map[string]string{}
	for d := range strings.SplitSeq(policy, ";") {
		name, list, _ := strings.Cut(strings.TrimSpace(d), " ")
		sources[name] = list
	}
	for _, name := range []string{"script-src", "connect-src"} {
		list, ok := sources[name]
		if !ok {
			list, ok = sources["default-src"]
		}
		if ok && !strings.Contains(list, "'self'") && !strings.Contains(list, "*") {
			return false
		}
	}
	return true
}
