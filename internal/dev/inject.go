package dev

import (
	"bufio"
	"bytes"
	"io"
	"mime"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// inject puts the script into a page, for the process of that id. It leaves alone
// what is no page that a browser shows in a tab of its own, and pages whose policy
// would not let the script run.
func inject(r *http.Response, id string) error {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	disposition, _, _ := mime.ParseMediaType(r.Header.Get("Content-Disposition"))
	switch {
	case kind != "text/html", disposition == "attachment", r.Header.Get("Content-Encoding") != "",
		r.Request.Method == http.MethodHead, r.Request.Method == http.MethodConnect, !acceptsHTML(r.Request),
		r.StatusCode < 200, r.StatusCode == http.StatusNoContent, r.StatusCode == http.StatusPartialContent,
		r.StatusCode >= 300 && r.StatusCode < 400, !allowed(r.Header.Values("Content-Security-Policy")):
		return nil
	}
	body := bufio.NewReader(r.Body)
	switch r.Request.Header.Get("Sec-Fetch-Dest") {
	case "document":
	case "": // an old browser, or an address without https that is not this machine's
		_, _ = body.Peek(1) // waits for what comes first
		if first, _ := body.Peek(body.Buffered()); !document.Match(first) {
			r.Body = readCloser{body, r.Body}
			return nil
		}
	default: // a frame, or a fragment for a script
		return nil
	}
	script := []byte(scriptTag(id, r.Request.Method != http.MethodGet))
	r.Body = readCloser{&insertion{r: body, text: script}, r.Body}
	if r.ContentLength >= 0 {
		r.ContentLength += int64(len(script))
		r.Header.Set("Content-Length", strconv.FormatInt(r.ContentLength, 10))
	}
	r.Header.Del("ETag") // it is that of the page without the script
	return nil
}

type readCloser struct {
	io.Reader
	io.Closer
}

// document matches the beginning of a whole HTML document.
var document = regexp.MustCompile(`^\x{feff}?\s*(?s:<!--.*?-->\s*)*(?i:<!doctype\s+html|<html)[\s>]`)

// allowed reports whether policies let a page load a script of its own site, and
// receive events from there.
func allowed(policies []string) bool {
	for _, policy := range policies {
		sources := map[string][]string{}
		for d := range strings.SplitSeq(policy, ";") {
			if words := strings.Fields(strings.ToLower(d)); len(words) > 0 {
				sources[words[0]] = append([]string{}, words[1:]...)
			}
		}
		if s, ok := sources["sandbox"]; ok && !(slices.Contains(s, "allow-scripts") && slices.Contains(s, "allow-same-origin")) {
			return false
		}
		for _, names := range [][]string{{"script-src-elem", "script-src", "default-src"}, {"connect-src", "default-src"}} {
			i := slices.IndexFunc(names, func(name string) bool { return sources[name] != nil })
			if i < 0 {
				continue
			}
			s := sources[names[i]]
			if !slices.Contains(s, "'self'") && !slices.Contains(s, "*") || slices.Contains(s, "'strict-dynamic'") {
				return false
			}
		}
	}
	return true
}

// insertion is a document with a text put in at the end of its head, or else of
// its body, or else of itself. It holds back no more than what may be the
// beginning of a tag, so that a page which comes bit by bit is seen bit by bit.
type insertion struct {
	r    io.Reader
	text []byte // nil once it is in

	ready []byte // to be read
	held  []byte // perhaps the beginning of a tag
	err   error  // after what is ready
}

var ends = regexp.MustCompile(`(?i)</(?:head|body)>`)

// Read implements io.Reader.
func (i *insertion) Read(p []byte) (int, error) {
	for len(i.ready) == 0 {
		if i.err != nil {
			return 0, i.err
		}
		if i.text == nil {
			return i.r.Read(p)
		}
		i.advance()
	}
	n := copy(p, i.ready)
	i.ready = i.ready[n:]
	return n, nil
}

// advance reads on.
func (i *insertion) advance() {
	chunk := make([]byte, 4<<10)
	n, err := i.r.Read(chunk)
	i.err = err
	data := append(i.held, chunk[:n]...)
	i.held = nil
	at := len(data)
	if found := ends.FindIndex(data); found != nil {
		at = found[0]
	} else if err == nil {
		k := partial(data)
		i.ready, i.held = data[:len(data)-k], bytes.Clone(data[len(data)-k:])
		return
	}
	if err != nil && err != io.EOF {
		i.ready = data
		return
	}
	i.ready = slices.Concat(data[:at], i.text, data[at:])
	i.text = nil
}

// partial returns how many bytes at the end may be the beginning of a tag that
// the text is put in before.
func partial(data []byte) int {
	for k := min(len("</head>")-1, len(data)); k > 0; k-- {
		for _, tag := range []string{"</head>", "</body>"} {
			if bytes.EqualFold(data[len(data)-k:], []byte(tag[:k])) {
				return k
			}
		}
	}
	return 0
}
