package dev

import "sync"

// view is what the server shows at a moment.
type view struct {
	serving *child   // nil for none
	busy    bool     // another one is being made
	failure *failure // why the files as they are cannot be served, or nil
}

// failure is what people see of something that went wrong.
type failure struct {
	Title, Text string
	started     bool // it compiled: another start may succeed
	said        bool // the text was printed already, by the application
}

// state holds the view. It is safe for use by many goroutines.
type state struct {
	mu      sync.Mutex
	now     view
	changed chan struct{} // closed at the next change
}

func newState() *state { return &state{now: view{busy: true}, changed: make(chan struct{})} }

// get returns the view, and a channel that is closed when it changes.
func (s *state) get() (view, <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now, s.changed
}

// acquire is get for a request: the process that serves goes on until its Done is
// called.
func (s *state) acquire() (view, <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.now.serving != nil {
		s.now.serving.requests.Add(1)
	}
	return s.now, s.changed
}

// change changes the view.
func (s *state) change(f func(*view)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	before := s.now
	f(&s.now)
	if s.now != before {
		close(s.changed)
		s.changed = make(chan struct{})
	}
}
