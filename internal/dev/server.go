package dev

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// server stands in front of the application's process, and replaces it.
type server struct {
	dir        string
	temp       string // where programs are written
	url        string // where browsers reach it
	environ    []string
	startLimit time.Duration
	out        *output
	state      *state
	again      chan struct{} // asks for another start
	stopping   <-chan struct{}
	retiring   sync.WaitGroup

	name     string // part of the ids of this server's processes
	builds   int
	children int
}

func newServer(ctx context.Context, c Config, temp, url string) *server {
	return &server{
		dir: c.Dir, temp: temp, url: url, environ: c.Environ, startLimit: c.StartLimit,
		out: newOutput(c.Out, c.Err), state: newState(), again: make(chan struct{}, 1), stopping: ctx.Done(),
		name: rand.Text(),
	}
}

// nextID returns an id of a process.
func (s *server) nextID() string {
	s.children++
	return fmt.Sprintf("%s-%d", s.name, s.children)
}

// loop compiles and starts the application, and again when a file has changed or
// a request asks for it, until ctx ends. What was begun before is out of date
// then, and is given up.
func (s *server) loop(ctx context.Context) {
	changes := watch(ctx, s.dir)
	s.out.say("Compiling …")
	for ctx.Err() == nil {
		attempt, cancel := context.WithCancel(ctx)
		done := make(chan struct{})
		go func() {
			defer close(done)
			s.renew(attempt)
		}()
		select {
		case <-ctx.Done():
		case changed := <-changes:
			s.state.change(func(v *view) { v.busy = true })
			s.out.say("%s. Compiling …", sentence(changed))
		case <-s.again:
			s.out.say("Starting again …")
		}
		cancel()
		<-done
	}
}

// sentence says which files have changed.
func sentence(changed []string) string {
	if more := len(changed) - 1; more > 0 {
		return fmt.Sprintf("%s and %d more have changed", changed[0], more)
	}
	return changed[0] + " has changed"
}

// renew compiles the application and lets a new process take over once it
// serves. If that fails, the one before goes on.
func (s *server) renew(ctx context.Context) {
	began := time.Now()
	program, f := s.build(ctx)
	switch {
	case ctx.Err() != nil:
		return
	case f != nil:
		s.fail(f)
		return
	}
	print := s.fingerprint(program)
	if s.serves(print) {
		_ = os.RemoveAll(filepath.Dir(program))
		s.out.say("The program is the same as before: what has changed is no part of it.")
		return
	}
	took := time.Since(began)
	c, f := s.start(ctx, program)
	switch {
	case f != nil:
		s.fail(f)
	case c != nil:
		c.print = print
		s.takeOver(c)
		s.out.say("Serving %s (compiled in %.1f s)", s.out.bold(s.url), took.Seconds())
	}
}

// serves reports whether a process of that fingerprint serves. Then nothing is
// wrong, and none of the pages has to be loaded again: applications write files
// too.
func (s *server) serves(print string) (same bool) {
	s.state.change(func(v *view) {
		if same = v.serving != nil && v.serving.print == print; same {
			*v = view{serving: v.serving}
		}
	})
	return same
}

// takeOver lets a process serve, and the one before finish its requests.
func (s *server) takeOver(c *child) {
	var old *child
	s.state.change(func(v *view) { old, *v = v.serving, view{serving: c} })
	if old != nil {
		s.retire(old)
	}
	go func() {
		<-c.ended
		f := c.failure("The application has ended")
		alone := false
		s.state.change(func(v *view) {
			if alone = v.serving == c; alone {
				v.serving, v.failure = nil, f
			}
		})
		if alone {
			s.out.fail(f)
		}
	}()
}

// fail shows what went wrong.
func (s *server) fail(f *failure) {
	var old *child
	s.state.change(func(v *view) { old, *v = v.serving, view{serving: v.serving, failure: f} })
	s.out.fail(f)
	if old != nil {
		s.out.say("The process before goes on serving %s", s.out.bold(s.url))
	}
}

// tryAgain has an application that compiles started again, unless another one is
// being made: its database may be there now, or migrated.
func (s *server) tryAgain() {
	s.state.change(func(v *view) {
		if v.busy || v.failure == nil || !v.failure.started {
			return
		}
		select {
		case s.again <- struct{}{}:
			v.busy = true
		default:
		}
	})
}

// close ends the process that serves, and waits for those before it.
func (s *server) close() {
	var old *child
	s.state.change(func(v *view) { old, *v = v.serving, view{} })
	if old != nil {
		s.retire(old)
	}
	s.retiring.Wait()
}
