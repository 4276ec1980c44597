package dev

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
)

// The paths that are not the application's.
const (
	scriptPath = "/dev/reload.js"
	eventsPath = "/dev/events"
)

var (
	//go:embed page/reload.js
	script []byte
	//go:embed page/failure.html
	failureHTML string

	failurePage = template.Must(template.New("failure").Parse(failureHTML))
)

// scriptTag is what a page of the process with that id gets. One that answers a
// form is not loaded again by itself, because that would send the form again.
func scriptTag(id string, form bool) string {
	more := ""
	if form {
		more = " data-form"
	}
	return `<script src="` + scriptPath + `" data-process="` + id + `"` + more + ` defer></script>`
}

func serveScript(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
	w.Header().Set("Cache-Control", "no-cache")
	_, _ = w.Write(script)
}

// event is all that open pages have to know, so that one that has missed others
// lacks nothing.
type event struct {
	Process string `json:"process"` // the id of that which serves, or ""
	Title   string `json:"title"`   // what is wrong, or ""
	Text    string `json:"text"`
}

// serveEvents sends the state, and again whenever it changes.
func (s *server) serveEvents(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	control := http.NewResponseController(w)
	fmt.Fprint(w, "retry: 500\n\n") // milliseconds, after which a page looks for a server that was stopped
	var sent event
	for first := true; ; first = false {
		v, changed := s.state.get()
		var e event
		if v.serving != nil {
			e.Process = v.serving.id
		}
		if v.failure != nil {
			e.Title, e.Text = v.failure.Title, v.failure.Text
		}
		if first || e != sent {
			text, _ := json.Marshal(e) // strings never fail
			fmt.Fprintf(w, "data: %s\n\n", text)
			sent = e
		}
		if control.Flush() != nil {
			return
		}
		select {
		case <-changed:
		case <-r.Context().Done():
			return
		case <-s.stopping:
			return
		}
	}
}

// The page has styles inside, and a script that is its only one.
const failurePolicy = "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'unsafe-inline'; img-src data:; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// showFailure answers in place of the application; nil stands for the end of the
// server.
func showFailure(w http.ResponseWriter, r *http.Request, f *failure) {
	if f == nil {
		f = &failure{Title: "The server is about to stop"}
	}
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	if !acceptsHTML(r) {
		text := f.Title + "\n\n" + f.Text
		if f.started {
			text += "\n\nIt is started again when a file changes, or when somebody opens a page."
		}
		http.Error(w, text, http.StatusServiceUnavailable)
		return
	}
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", failurePolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(http.StatusServiceUnavailable)
	if r.Method == http.MethodHead {
		return
	}
	_ = failurePage.Execute(w, map[string]any{
		"Title": f.Title, "Text": f.Text, "Started": f.started,
		"Script": template.HTML(scriptTag("", r.Method != http.MethodGet)),
	})
}
