package deadline

import (
	"sync"
	"time"
)

// tick is how often the shared timer looks for contexts that must end.
const tick = 50 * time.Millisecond

// list are the contexts that wait for their deadline together. A timer of its
// own for each costs more than all that a short request does with its context:
// it is sorted in among others, and can wake a processor that is idle.
type list struct {
	mu    sync.Mutex
	first *Context
	timer *time.Timer
	runs  bool // the timer
}

var shared list

func (l *list) add(c *Context) {
	l.mu.Lock()
	defer l.mu.Unlock()
	c.waiting, c.after = true, l.first
	if l.first != nil {
		l.first.before = c
	}
	l.first = c
	switch {
	case l.runs:
		return
	case l.timer == nil:
		l.timer = time.AfterFunc(tick, l.look)
	default:
		l.timer.Reset(tick)
	}
	l.runs = true
}

func (l *list) remove(c *Context) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !c.waiting {
		return
	}
	if c.before != nil {
		c.before.after = c.after
	} else {
		l.first = c.after
	}
	if c.after != nil {
		c.after.before = c.before
	}
	c.waiting, c.before, c.after = false, nil, nil
}

// look ends the contexts whose deadline has passed. The timer rests while there
// are none.
func (l *list) look() {
	var due []*Context
	l.mu.Lock()
	now := time.Now()
	for c := l.first; c != nil; c = c.after {
		if !now.Before(c.at) {
			due = append(due, c)
		}
	}
	if l.runs = l.first != nil; l.runs {
		l.timer.Reset(tick)
	}
	l.mu.Unlock()
	for _, c := range due {
		c.expire()
	}
}
