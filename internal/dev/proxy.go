package dev

import (
	"io"
	"log"
	"net/http"
	"net/http/httputil"
	"strings"
	"time"
)

// ServeHTTP implements http.Handler.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case scriptPath:
		serveScript(w)
	case eventsPath:
		s.serveEvents(w, r)
	default:
		s.pass(w, r)
	}
}

// pass passes a request on to the process that serves. Without one, it waits for
// that which is being made. Somebody who opens a page while the application fails
// to start wants it to be tried again.
func (s *server) pass(w http.ResponseWriter, r *http.Request) {
	tried := !acceptsHTML(r) // what pages request by themselves would try without end
	for {
		v, changed := s.state.acquire()
		if !tried && v.failure != nil && v.failure.started {
			tried = true
			s.tryAgain()
		}
		if v.serving != nil {
			defer v.serving.requests.Done()
			v.serving.proxy.ServeHTTP(w, r)
			return
		}
		if now, _ := s.state.get(); !now.busy && now.serving == nil {
			showFailure(w, r, now.failure)
			return
		}
		select {
		case <-changed:
		case <-r.Context().Done():
			return
		case <-s.stopping:
			showFailure(w, r, nil)
			return
		}
	}
}

// connect gives a process its proxy. It has connections of its own, so that none
// is used that another process has closed.
func (s *server) connect(c *child) {
	t := &http.Transport{
		DisableCompression:  true, // what the client accepts is for the client to say
		MaxIdleConnsPerHost: 100,
		IdleConnTimeout:     time.Minute, // before the application closes them, after two
	}
	c.close = t.CloseIdleConnections
	c.proxy = &httputil.ReverseProxy{
		Transport:     t,
		FlushInterval: -1, // streams pass as they come
		ErrorLog:      log.New(io.Discard, "", 0),
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.URL.Scheme, r.Out.URL.Host = "http", c.addr
			r.Out.Host = r.In.Host // which the application compares with the origin of forms
			r.SetXForwarded()
			if acceptsHTML(r.In) { // so that there is a page, and one that can be read
				for _, name := range []string{"Accept-Encoding", "If-None-Match", "If-Modified-Since"} {
					r.Out.Header.Del(name)
				}
			}
		},
		ModifyResponse: func(r *http.Response) error { return inject(r, c.id) },
		ErrorHandler:   c.unanswered,
	}
}

// unanswered answers a request that the process has not. That may be because it
// has crashed, which shows a moment later.
func (c *child) unanswered(w http.ResponseWriter, r *http.Request, err error) {
	select {
	case <-r.Context().Done():
	case <-c.ended:
		showFailure(w, r, c.failure("The application has ended"))
	case <-time.After(500 * time.Millisecond):
		http.Error(w, "The application has not answered: "+err.Error(), http.StatusBadGateway)
	}
}

// acceptsHTML reports whether a request is one that browsers make for a page.
func acceptsHTML(r *http.Request) bool {
	return strings.Contains(strings.Join(r.Header.Values("Accept"), ","), "text/html")
}
