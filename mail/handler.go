package mail

import (
	"bytes"
	_ "embed"
	"html/template"
	"mime"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// The page runs no script and loads its styles only. A message is worse than a page: it gets a frame of its own in
// which a browser runs nothing, submits nothing and loads nothing; it may only open a link that is clicked, in
// another tab. (An icon is a data: address.)
const (
	pagePolicy = "default-src 'none'; style-src 'self'; img-src data:; frame-src 'self'; " +
		"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
	framePolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; " +
		"base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
)

var (
	//go:embed page/mailbox.css
	pageCSS []byte
	//go:embed page/page.html
	pageHTML string

	pageTemplate = template.Must(template.New("page").Parse(pageHTML))
)

// view is what the page shows.
type view struct {
	Prefix   string
	Letters  []Letter // newest first
	Capacity int
	Letter   *Letter // the open one; nil for none
	Tab      string  // html, text or source
	Gone     bool    // the message that was asked for is not there
}

// Handler returns a handler for the pages of the mailbox at a path such as "/dev/mail" and below it. It expects
// requests with their whole path. The pages show every message to whoever can reach them, so they are for
// development.
func (b *Mailbox) Handler(prefix string) http.Handler {
	prefix = strings.TrimSuffix(prefix, "/")
	mux := http.NewServeMux()
	page := func(tab string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { b.page(w, r, prefix, tab) }
	}
	mux.HandleFunc("GET "+prefix+"/{$}", page(""))
	if prefix != "" {
		mux.HandleFunc("GET "+prefix, page(""))
	}
	mux.HandleFunc("GET "+prefix+"/{number}", page("html"))
	mux.HandleFunc("GET "+prefix+"/{number}/text", page("text"))
	mux.HandleFunc("GET "+prefix+"/{number}/source", page("source"))
	mux.HandleFunc("GET "+prefix+"/{number}/frame", b.frame)
	mux.HandleFunc("GET "+prefix+"/{number}/attachments/{index}", b.attachment)
	mux.HandleFunc("GET "+prefix+"/mailbox.css", func(w http.ResponseWriter, _ *http.Request) {
		header(w, "text/css; charset=utf-8", pagePolicy)
		_, _ = w.Write(pageCSS)
	})
	return mux
}

func header(w http.ResponseWriter, kind, policy string) {
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Security-Policy", policy)
	h.Set("Cache-Control", "no-store")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-DNS-Prefetch-Control", "off")
}

func (b *Mailbox) page(w http.ResponseWriter, r *http.Request, prefix, tab string) {
	v := view{Prefix: prefix, Letters: b.Letters(), Capacity: capacity, Tab: tab}
	slices.Reverse(v.Letters)
	if number := r.PathValue("number"); number != "" {
		v.Letter = find(v.Letters, number)
		v.Gone = v.Letter == nil
	}
	if v.Tab == "html" && v.Letter != nil && v.Letter.HTML == "" {
		v.Tab = "text"
	}
	var page bytes.Buffer
	if err := pageTemplate.Execute(&page, v); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	header(w, "text/html; charset=utf-8", pagePolicy)
	if v.Gone {
		w.WriteHeader(http.StatusNotFound)
	}
	_, _ = page.WriteTo(w)
}

// connecting are the elements that make a browser connect somewhere although the policy then forbids to load
// anything: rel=preconnect, and frames.
var connecting = regexp.MustCompile(`(?i)<(link|iframe|frame|fencedframe)`)

// frame answers with the HTML of a message, as a document whose links open in another tab.
func (b *Mailbox) frame(w http.ResponseWriter, r *http.Request) {
	l := find(b.Letters(), r.PathValue("number"))
	if l == nil || l.HTML == "" {
		http.NotFound(w, r)
		return
	}
	header(w, "text/html; charset=utf-8", framePolicy)
	html := connecting.ReplaceAllString(l.HTML, "<meta") // which shows nothing and may stand anywhere
	_, _ = w.Write([]byte(`<!doctype html><meta charset="utf-8"><base target="_blank">` + html))
}

// attachment answers with a file that goes with a message, to be saved and never shown.
func (b *Mailbox) attachment(w http.ResponseWriter, r *http.Request) {
	l := find(b.Letters(), r.PathValue("number"))
	i, err := strconv.Atoi(r.PathValue("index"))
	if l == nil || err != nil || i < 0 || i >= len(l.Attachments) {
		http.NotFound(w, r)
		return
	}
	a := l.Attachments[i]
	header(w, "application/octet-stream", framePolicy)
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": a.Name}))
	_, _ = w.Write(a.Data)
}

// find returns the message of a number, or nil.
func find(letters []Letter, number string) *Letter {
	n, err := strconv.Atoi(number)
	i := slices.IndexFunc(letters, func(l Letter) bool { return l.Number == n })
	if err != nil || i < 0 {
		return nil
	}
	return &letters[i]
}

// Words are a stretch of a text; Link says that they are the address of a page.
type words struct {
	Text string
	Link bool
}

var address = regexp.MustCompile(`https?://[^\s<>"]*[^\s<>".,:;!?')\]]`)

// Linked returns the text of the message with the addresses in it apart.
func (v view) Linked() []words {
	var parts []words
	text, done := v.Letter.Text, 0
	for _, at := range address.FindAllStringIndex(text, -1) {
		parts = append(parts, words{Text: text[done:at[0]]}, words{Text: text[at[0]:at[1]], Link: true})
		done = at[1]
	}
	return append(parts, words{Text: text[done:]})
}

// Source returns the message as it would be sent.
func (v view) Source() string { return string(v.Letter.Raw) }

// Name returns an address as a reader wants it: decoded, with its name.
func (view) Name(a Address) string {
	if a.Name == "" {
		return a.Address
	}
	return a.Name + " <" + a.Address + ">"
}

// Names returns several addresses so.
func (v view) Names(lists ...[]Address) string {
	var names []string
	for _, a := range slices.Concat(lists...) {
		names = append(names, v.Name(a))
	}
	return strings.Join(names, ", ")
}
