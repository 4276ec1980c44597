package sqlite

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/internal/fifo"
)

// readers is the pool of connections that only read.
type readers struct {
	settings
	file  file
	place *fifo.Queue

	mu   sync.Mutex
	idle []*conn // the last used one is the last
}

func newReaders(s settings, f file) *readers {
	return &readers{settings: s, file: f, place: newQueue("a reader", s.readers, s)}
}

// newQueue returns the queue of units for a number of connections.
func newQueue(what string, places int, s settings) *fifo.Queue {
	return &fifo.Queue{Engine: "sqlite", What: what, Places: places, MaxWaiting: s.maxWaiting, Closed: errClosed}
}

var errClosed = &db.Error{Class: db.Busy, Err: errors.New("sqlite: the database is closed")}

// take returns a connection for one unit's use.
func (p *readers) take(ctx context.Context) (*conn, error) {
	if err := p.place.Enter(ctx, p.maxWait, false); err != nil {
		return nil, err
	}
	p.mu.Lock()
	var c *conn
	if n := len(p.idle); n > 0 {
		c, p.idle = p.idle[n-1], p.idle[:n-1]
	}
	p.mu.Unlock()
	if c != nil {
		return c, nil
	}
	err := p.file.moved(db.Unreachable)
	if err == nil {
		c, err = connect(ctx, p.dsn("ro", nil), "BEGIN", reading)
	}
	if err != nil {
		p.place.Leave()
		return nil, err
	}
	return c, nil
}

// give takes a connection back.
func (p *readers) give(c *conn) {
	p.mu.Lock()
	p.idle = append(p.idle, c)
	p.mu.Unlock()
	p.place.Leave()
}

// drop closes a connection instead of taking it back.
func (p *readers) drop(c *conn) {
	_ = c.close() // what is wrong with it was said already
	p.place.Leave()
}

// close waits for units that read, and closes their connections.
func (p *readers) close(limit time.Duration) error {
	var errs []error
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	if !p.place.Drain(ctx) {
		errs = append(errs, fmt.Errorf("sqlite: a unit of work still reads from %s after %v", p.path, limit))
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.idle {
		errs = append(errs, c.close())
	}
	p.idle = nil
	return errors.Join(errs...)
}
