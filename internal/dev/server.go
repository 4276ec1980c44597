package dev

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"net/http/httputil"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// server stands in front of the application's process.
type server struct {
	Config
	temp   string // where programs are built
	public string // the address that it listens on
	proxy  *httputil.ReverseProxy
	retry  chan struct{} // asks for another start
	builds int
	old    sync.WaitGroup // programs that finish their requests
	out    *lines

	mu      sync.Mutex
	program *program // that serves; nil for none
	state   state
	changed chan struct{} // closed when the state changes
}

// state is what pages that are open must know.
type state struct {
	Version string `json:"version"` // another one is to be loaded
	Failed  string `json:"failed"`  // why the files as they are cannot be served, or ""
	started bool   // it could be built, and failed when it was started
}

func newServer(c Config, public, temp string) *server {
	s := &server{Config: c, public: public, temp: temp, retry: make(chan struct{}), out: &lines{w: c.Out}, changed: make(chan struct{})}
	s.state.Version = rand.Text() // another one than that of a server before
	s.proxy = s.newProxy()
	return s
}

// loop builds and starts the application, at once and whenever a file has
// changed, until ctx ends. Then it stops what runs.
func (s *server) loop(ctx context.Context) {
	changes := watch(ctx, s.Dir)
	why := ""
	for ctx.Err() == nil {
		because := why
		building, cancel := context.WithCancel(ctx)
		done := make(chan struct{})
		go func() {
			defer close(done)
			s.renew(building, because)
		}()
		select {
		case <-ctx.Done():
		case name := <-changes:
			why = filepath.ToSlash(name) + " has changed. "
		case <-s.retry:
			why = ""
		}
		cancel() // what is being built is out of date
		<-done
	}
	if p, _ := s.current(); p != nil {
		p.stop()
	}
	s.old.Wait()
}

// renew builds the application and lets the new process take over once it
// serves. When that fails, the old process goes on.
func (s *server) renew(ctx context.Context, why string) {
	s.out.say("%sCompiling …", why)
	s.mu.Lock()
	if s.program == nil { // who asks meanwhile waits
		s.change(state{Version: s.state.Version})
	}
	s.mu.Unlock()
	began := time.Now()
	s.builds++
	name := filepath.Join(s.temp, fmt.Sprintf("application-%d.exe", s.builds)) // Windows wants the suffix
	if err := build(ctx, s.Dir, name); err != nil {
		s.fail(ctx, err, false)
		return
	}
	took := time.Since(began)
	p, err := start(s.Dir, name, s.public, s.out)
	if err != nil {
		s.fail(ctx, err, true)
		return
	}
	if err := p.ready(ctx); err != nil {
		p.stop()
		s.fail(ctx, err, true)
		return
	}
	s.takeOver(p)
	s.out.say("Serving http://%s (compiled in %.1f s)", s.public, took.Seconds())
	go s.mourn(p)
}

// takeOver lets a program serve, and the one before finish its requests.
func (s *server) takeOver(p *program) {
	s.mu.Lock()
	old := s.program
	s.program = p
	s.change(state{Version: rand.Text()})
	s.mu.Unlock()
	if old != nil {
		s.old.Go(old.stop)
	}
}

// fail shows why the files as they are cannot be served.
func (s *server) fail(ctx context.Context, err error, started bool) {
	if ctx.Err() != nil { // they are not as they are any more
		return
	}
	text := strings.TrimSpace(err.Error())
	s.mu.Lock()
	still := ""
	if s.program != nil {
		still = " The version before goes on serving."
	}
	s.change(state{Version: s.state.Version, Failed: text, started: started})
	s.mu.Unlock()
	if !started { // what a program writes is passed on anyway
		s.out.say("%s", text)
	}
	s.out.say("The application cannot be %s.%s", map[bool]string{false: "built", true: "started"}[started], still)
}

// mourn shows that the program that serves has ended by itself.
func (s *server) mourn(p *program) {
	<-p.ended
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.program != p {
		return
	}
	s.program = nil
	s.change(state{Version: s.state.Version, Failed: fmt.Sprintf("The application has ended: %s\n\n%s", p.cmd.ProcessState, p.said), started: true})
}

// change tells everybody of a new state. The caller has locked mu.
func (s *server) change(to state) {
	s.state = to
	close(s.changed)
	s.changed = make(chan struct{})
}

// current returns the program that serves, or nil, and the state.
func (s *server) current() (*program, state) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.program, s.state
}

// ServeHTTP implements http.Handler.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case scriptPath:
		serveScript(w)
		return
	case eventsPath:
		s.events(w, r)
		return
	}
	p, st := s.wait(r.Context())
	if p == nil {
		s.showFailure(w, r, st)
		return
	}
	defer p.requests.Done()
	s.proxy.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), programKey{}, p)))
}

// programKey is under what a request has the program that it goes to.
type programKey struct{}

// wait returns the program that serves, when there is one or it is known why
// not. The request counts as one of the program's.
func (s *server) wait(ctx context.Context) (*program, state) {
	for {
		s.mu.Lock()
		p, st, changed := s.program, s.state, s.changed
		if p != nil {
			p.requests.Add(1)
		}
		s.mu.Unlock()
		if p != nil || st.Failed != "" {
			return p, st
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return nil, st
		}
	}
}

// lines writes whole lines, of several goroutines.
type lines struct {
	mu sync.Mutex
	w  io.Writer
}

// Write implements io.Writer.
func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(b)
}

func (l *lines) say(format string, args ...any) { fmt.Fprintf(l, format+"\n", args...) }
