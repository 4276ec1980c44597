// Package faultproxy is a TCP proxy before a PostgreSQL server, for tests of
// what becomes of units of work whose connections fail.
package faultproxy

import (
	"net"
	"sync"
	"sync/atomic"
)

// Fault is what a proxy does with a message of the client.
type Fault int32

// The faults.
const (
	None         Fault = iota
	CutBefore          // it does not reach the server
	CutSent            // it reaches the server, and at once the connection is cut
	CutAfter           // the server's answer does not reach the client
	SilentBefore       // as CutBefore, and the connection stays, on which nothing comes any more
	SilentAfter        // as CutAfter, likewise
	AllBefore          // as CutBefore, and every other connection is cut, too
	AllAfter           // as CutAfter, likewise
	Late               // it reaches the server a fifth of a second later
	Crash              // as CutBefore, but only when Proxy.Crash has ended
)

// Point is what a message of the client does.
type Point int32

// The points.
const (
	Other     Point = iota
	Connect         // any fault refuses the connection
	Begin           // with the first statement of a transaction
	Statement       // a later one, or one without a transaction
	Commit
)

// Proxy is a TCP proxy before a server. Its methods may be called by many
// goroutines.
type Proxy struct {
	// Crash is called at a fault Crash. It is set before there is one.
	Crash func()
	// Accepted counts connections, with those that only ask for a cancel.
	Accepted atomic.Int32

	listener net.Listener
	network  string
	server   string
	pick     atomic.Pointer[func(Point) Fault]

	mu    sync.Mutex
	lines []*line
}

// Start starts a proxy before the server at an address of a network, "tcp" or
// "unix".
func Start(network, server string) (*Proxy, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &Proxy{listener: l, network: network, server: server}
	p.Pick(func(Point) Fault { return None })
	go p.serve()
	return p, nil
}

// Addr returns the host and port of the proxy.
func (p *Proxy) Addr() string { return p.listener.Addr().String() }

// Pick lets f choose the fault for each message that comes from now on.
func (p *Proxy) Pick(f func(Point) Fault) { p.pick.Store(&f) }

// AtCommit sets the fault at each COMMIT from now on, and none elsewhere.
func (p *Proxy) AtCommit(f Fault) {
	p.Pick(func(where Point) Fault {
		if where == Commit {
			return f
		}
		return None
	})
}

// Close ends the proxy and cuts all connections.
func (p *Proxy) Close() {
	_ = p.listener.Close()
	p.Cut()
}

// Cut cuts all connections.
func (p *Proxy) Cut() { p.cut(nil) }

// cut cuts all connections, and last the one whose client is waiting: it would
// find others alive.
func (p *Proxy) cut(last *line) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, l := range p.lines {
		if l != last {
			l.cut()
		}
	}
	p.lines = nil
	if last != nil {
		last.cut()
	}
}

func (p *Proxy) at(where Point) Fault { return (*p.pick.Load())(where) }

func (p *Proxy) serve() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		p.Accepted.Add(1)
		server, err := net.Dial(p.network, p.server)
		if err != nil || p.at(Connect) != None {
			_ = client.Close()
			if err == nil {
				_ = server.Close()
			}
			continue
		}
		l := &line{proxy: p, client: client, server: server}
		p.mu.Lock()
		p.lines = append(p.lines, l)
		p.mu.Unlock()
		go l.answer()
		go l.ask()
	}
}
