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

// fault is what a proxy does when it sees COMMIT.
type fault int32

const (
	none        fault = iota
	cutBefore         // COMMIT does not reach the server
	cutAfter          // the server's answer does not reach the client
	silentAfter       // nor does anything else, and the connection stays
)

// proxy is a TCP proxy before a server.
type proxy struct {
	listener net.Listener
	server   string
	fault    atomic.Int32
	accepted atomic.Int32 // connections, with those that only ask for a cancel
	commits  atomic.Int32
	answered chan struct{} // gets a value when the server has answered a COMMIT that the proxy cuts

	mu    sync.Mutex
	conns []net.Conn
}

// newProxy starts a server behind a proxy and returns the URL of a database by
// way of the proxy, with more parameters.
func newProxy(t *testing.T, o pgserver.Options) (p *proxy, direct, url string) {
	t.Helper()
	o.TCP = true
	s := own(t, o)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p = &proxy{listener: l, server: s.Addr(), answered: make(chan struct{}, 10)}
	go p.serve()
	t.Cleanup(p.close)
	return p, s.URL("postgres"), s.URLAt(l.Addr().String(), "postgres")
}

func (p *proxy) close() {
	_ = p.listener.Close()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.conns {
		_ = c.Close()
	}
}

func (p *proxy) serve() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		p.accepted.Add(1)
		server, err := net.Dial("tcp", p.server)
		if err != nil {
			_ = client.Close()
			continue
		}
		p.mu.Lock()
		p.conns = append(p.conns, client, server)
		p.mu.Unlock()
		go p.forward(client, server)
	}
}

// forward copies what the client sends, and in another goroutine what the
// server answers.
func (p *proxy) forward(client, server net.Conn) {
	var deaf atomic.Bool // the client gets no more answers
	go func() {
		buf := make([]byte, 1<<16)
		for {
			n, err := server.Read(buf)
			if deaf.Load() {
				p.answered <- struct{}{}
				if fault(p.fault.Load()) == silentAfter {
					_, _ = io.Copy(io.Discard, server)
					return
				}
				n = 0
				err = io.EOF
			}
			_, _ = client.Write(buf[:n])
			if err != nil {
				_, _ = client.Close(), server.Close()
				return
			}
		}
	}()
	buf := make([]byte, 1<<16)
	for {
		n, err := client.Read(buf)
		if bytes.HasPrefix(buf[:n], []byte("Q")) && bytes.Contains(buf[:n], []byte("commit")) {
			p.commits.Add(1)
			switch fault(p.fault.Load()) {
			case cutBefore:
				n, err = 0, io.EOF
			case cutAfter, silentAfter:
				deaf.Store(true)
			}
		}
		if _, failed := server.Write(buf[:n]); err == nil {
			err = failed
		}
		if err != nil {
			if !deaf.Load() {
				_ = client.Close()
			}
			_ = server.Close()
			return
		}
	}
}
