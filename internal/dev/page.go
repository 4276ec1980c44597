package dev

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"time"
)

// The paths that are not the application's.
const (
	scriptPath = "/dev/reload.js"
	eventsPath = "/dev/events"
)

var (
	//go:embed reload.js
	script []byte
	//go:embed failed.html
	failedHTML string

	failedPage = template.Must(template.New("failed").Parse(failedHTML))
)

// scriptTag is what pages get. The version is that of the page, with which the
// script compares those that come.
func scriptTag(version string) string {
	return `<script src="` + scriptPath + "?" + version + `" defer></script>`
}

func serveScript(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
	w.Header().Set("Cache-Control", "no-cache")
	_, _ = w.Write(script)
}

// events sends the state, and again whenever it changes.
func (s *server) events(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	control := http.NewResponseController(w)
	fmt.Fprint(w, "retry: 500\n\n")
	for {
		s.mu.Lock()
		st, changed := s.state, s.changed
		s.mu.Unlock()
		text, _ := json.Marshal(st) // never fails
		fmt.Fprintf(w, "data: %s\n\n", text)
		if control.Flush() != nil {
			return
		}
		for waiting := true; waiting; {
			select {
			case <-changed:
				waiting = false
			case <-r.Context().Done():
				return
			case <-time.After(15 * time.Second):
				fmt.Fprint(w, ":\n\n") // so that a connection that is gone is noticed
				_ = control.Flush()
			}
		}
	}
}

// showFailure answers while nothing serves. Somebody who asks again wants
// another try of what was built: the database may be migrated by now.
func (s *server) showFailure(w http.ResponseWriter, r *http.Request, st state) {
	if st.started {
		select {
		case s.retry <- struct{}{}:
		default: // it is being tried
		}
	}
	w.Header().Set("Cache-Control", "no-store")
	if !acceptsHTML(r) {
		http.Error(w, "The application cannot be served:\n\n"+st.Failed, http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(http.StatusServiceUnavailable)
	_ = failedPage.Execute(w, map[string]any{"Text": st.Failed, "Script": template.HTML(scriptTag(st.Version))})
}
