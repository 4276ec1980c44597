// Package mailtest gives a test an SMTP server of its own, which keeps what it is sent and fails on request.
package mailtest

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http/httptest"
	"net/url"
	"slices"
	"sync"
	"testing"
	"time"
)

// Security says how a Server uses TLS.
type Security int

// The ways to use TLS. Connections that should be encrypted and are not are refused.
const (
	Plain    Security = iota // none
	StartTLS                 // a plain connection that turns to TLS by STARTTLS
	TLS                      // TLS from the first byte
)

// Options say what a Server demands. The zero value takes mail from anybody, unencrypted.
type Options struct {
	// User and Password are what a client must log in with, by AUTH PLAIN or LOGIN, unless User is empty.
	User, Password string
	// Security is Plain by default.
	Security Security
}

// Server is an SMTP server on 127.0.0.1. It may be used by several goroutines at once.
type Server struct {
	options Options
	addr    string
	tls     *tls.Config // nil for Plain
	trust   *tls.Config

	mu       sync.Mutex
	listener net.Listener // nil while the server is down
	conns    map[net.Conn]bool
	running  sync.WaitGroup
	replies  map[Stage][]string
	messages []Message
	changed  chan struct{} // closed when a message has come
}

// Start starts a server, which ends with the test.
func Start(t testing.TB, o Options) *Server {
	t.Helper()
	s := &Server{options: o, addr: "127.0.0.1:0", replies: map[Stage][]string{}, changed: make(chan struct{})}
	if o.Security != Plain {
		s.tls, s.trust = certificate()
	}
	if err := s.listen(); err != nil {
		t.Fatalf("mailtest: %v", err)
	}
	t.Cleanup(s.Down)
	return s
}

// certificate borrows the self-signed certificate for 127.0.0.1 that package httptest has.
func certificate() (server, client *tls.Config) {
	h := httptest.NewTLSServer(nil)
	defer h.Close()
	roots := x509.NewCertPool()
	roots.AddCert(h.Certificate())
	return &tls.Config{Certificates: h.TLS.Certificates}, &tls.Config{RootCAs: roots}
}

// URL returns the address in the form of the setting SMTP_URL, with the user and the password.
func (s *Server) URL() string {
	u := url.URL{Scheme: "smtp", Host: s.addr}
	switch s.options.Security {
	case StartTLS:
		u.RawQuery = "tls=required"
	case TLS:
		u.Scheme = "smtps"
	}
	if s.options.User != "" {
		u.User = url.UserPassword(s.options.User, s.options.Password)
	}
	return u.String()
}

// ClientTLS returns a configuration that trusts the certificate of the server, or nil if that is Plain.
func (s *Server) ClientTLS() *tls.Config { return s.trust.Clone() }

// Messages returns the messages that were taken so far, in order.
func (s *Server) Messages() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.messages)
}

// Wait returns the messages once there are n or more. It fails the test if that takes over 10 s.
func (s *Server) Wait(t testing.TB, n int) []Message {
	t.Helper()
	late := time.After(10 * time.Second)
	for {
		s.mu.Lock()
		messages, changed := slices.Clone(s.messages), s.changed
		s.mu.Unlock()
		if len(messages) >= n {
			return messages
		}
		select {
		case <-changed:
		case <-late:
			t.Fatalf("mailtest: %d messages came within 10 s, want %d", len(messages), n)
		}
	}
}

func (s *Server) take(m Message) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.messages = append(s.messages, m)
	close(s.changed)
	s.changed = make(chan struct{})
}

// Down takes the server off the network: new connections are refused and open ones are cut. What it has taken
// stays.
func (s *Server) Down() {
	s.mu.Lock()
	if s.listener != nil {
		s.listener.Close()
		s.listener = nil
	}
	for conn := range s.conns {
		conn.Close()
	}
	s.mu.Unlock()
	s.running.Wait()
}

// Up brings a server that is down back at the same address. It fails the test if another program has taken
// that meanwhile.
func (s *Server) Up(t testing.TB) {
	t.Helper()
	if err := s.listen(); err != nil {
		t.Fatalf("mailtest: %v", err)
	}
}

func (s *Server) listen() error {
	l, err := net.Listen("tcp", s.addr)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.listener, s.addr, s.conns = l, l.Addr().String(), map[net.Conn]bool{}
	s.running.Go(func() { s.accept(l) })
	return nil
}

func (s *Server) accept(l net.Listener) {
	for {
		conn, err := l.Accept()
		if err != nil { // it is closed
			return
		}
		s.mu.Lock()
		if s.listener != l { // Down has looked for connections to cut before this one came
			conn.Close()
		} else {
			s.conns[conn] = true
			s.running.Go(func() { s.serve(conn) })
		}
		s.mu.Unlock()
	}
}

func (s *Server) serve(conn net.Conn) {
	newConversation(s, conn).run()
	conn.Close()
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.conns, conn)
}
