package postgres_test

import (
	"bytes"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/terem-go/terem/internal/pgserver"
)

// fault is what a proxy does with a message of the client.
type fault int32

const (
	none         fault = iota
	cutBefore          // it does not reach the server
	cutSent            // it reaches the server, and at once the connection is cut
	cutAfter           // the server's answer does not reach the client
	silentBefore       // as cutBefore, and the connection stays, on which nothing comes any more
	silentAfter        // as cutAfter, likewise
	allBefore          // as cutBefore, and every other connection is cut, too
	allAfter           // as cutAfter, likewise
	crash              // as cutBefore, but only when proxy.crash has ended
)

// point is what a message of the client does.
type point int32

const (
	other point = iota
	connect
	begin // with the first statement of a transaction
	statement
	commit
)

// proxy is a TCP proxy before a server.
type proxy struct {
	listener net.Listener
	server   *pgserver.Server
	network  string
	addr     string
	fault    atomic.Int32                      // at COMMIT
	pick     atomic.Pointer[func(point) fault] // instead of fault, at any point
	crash    func()
	pooler   atomic.Bool  // connections have other processes than the server says, as behind a pooler
	accepted atomic.Int32 // connections, with those that only ask for a cancel
	commits  atomic.Int32
	answered chan struct{} // gets a value when the server has answered a message whose answer is kept back

	mu    sync.Mutex
	lines []*line
}

// newProxy starts a server behind a proxy and returns the URL of a database by
// way of the proxy, with more parameters.
func newProxy(t *testing.T, o pgserver.Options) (p *proxy, direct, url string) {
	t.Helper()
	o.TCP = true
	s := own(t, o)
	p = newProxyBefore(t, "tcp", s.Addr())
	p.server = s
	return p, s.URL("postgres"), s.URLAt(p.listener.Addr().String(), "postgres")
}

func newProxyBefore(t *testing.T, network, addr string) *proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{listener: l, network: network, addr: addr, answered: make(chan struct{}, 10)}
	go p.serve()
	t.Cleanup(p.close)
	return p
}

func (p *proxy) close() {
	_ = p.listener.Close()
	p.cut(nil)
}

// cut cuts all connections, and last the one whose client is waiting: it would
// find others alive.
func (p *proxy) cut(last *line) {
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

// at returns what to do at a point.
func (p *proxy) at(where point) fault {
	switch {
	case p.pick.Load() != nil:
		return (*p.pick.Load())(where)
	case where == commit:
		return fault(p.fault.Load())
	}
	return none
}

func (p *proxy) serve() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		p.accepted.Add(1)
		server, err := net.Dial(p.network, p.addr)
		if err != nil || p.at(connect) != none {
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

// line is one connection by way of a proxy.
type line struct {
	*proxy
	client, server net.Conn
	faulty         atomic.Int32 // what is done with the server's next answer
	inside         bool         // a transaction
}

func (l *line) cut() { _, _ = l.client.Close(), l.server.Close() }

// answer copies what the server sends.
func (l *line) answer() {
	defer func() {
		if fault(l.faulty.Load()) != crash {
			l.cut()
		}
	}()
	buf := make([]byte, 1<<16)
	for {
		n, err := l.server.Read(buf)
		if f := fault(l.faulty.Load()); f != none && err == nil {
			select {
			case l.answered <- struct{}{}:
			default:
			}
			switch f {
			case allAfter:
				l.proxy.cut(l)
			case silentBefore, silentAfter:
				_, _ = io.Copy(io.Discard, l.server)
			}
			return
		}
		if key := bytes.Index(buf[:n], []byte("K\x00\x00\x00\x0c")); key >= 0 && l.pooler.Load() {
			buf[key+8] ^= 1 // of the process's number
		}
		if _, failed := l.client.Write(buf[:n]); err == nil {
			err = failed
		}
		if err != nil {
			return
		}
	}
}

// ask copies what the client sends.
func (l *line) ask() {
	defer l.cut()
	buf := make([]byte, 1<<16)
	for {
		n, err := l.client.Read(buf)
		if err != nil {
			return
		}
		where := l.point(buf[:n])
		if where == commit {
			l.commits.Add(1)
		}
		f := l.at(where)
		switch f {
		case crash:
			l.faulty.Store(int32(f))
			l.crash()
			return
		case cutBefore:
			return
		case allBefore:
			l.proxy.cut(l)
			return
		case silentBefore:
			l.faulty.Store(int32(f))
			_, _ = io.Copy(io.Discard, l.client)
			return
		}
		l.faulty.CompareAndSwap(int32(none), int32(f))
		if _, err := l.server.Write(buf[:n]); err != nil || f == cutSent {
			return
		}
	}
}

// point says what a message is, as the engine sends them.
func (l *line) point(m []byte) point {
	switch {
	case bytes.HasPrefix(m, []byte("Q")) && bytes.Contains(m, []byte("commit")):
		l.inside = false
		return commit
	case bytes.HasPrefix(m, []byte("Q")):
		l.inside = l.inside && !bytes.Contains(m, []byte("rollback"))
		return other
	case bytes.HasPrefix(m, []byte("P")), bytes.HasPrefix(m, []byte("B")):
		if !l.inside {
			l.inside = true
			return begin
		}
		return statement
	}
	return other
}
