package dev

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"

	"github.com/terem-go/terem/internal/procgroup"
)

// child is a process of the application.
type child struct {
	id       string // another one for each, also of other servers
	print    string // see fingerprint
	addr     string
	cmd      *exec.Cmd
	said     *tail
	ended    chan struct{}
	err      error // of the end
	requests sync.WaitGroup
	proxy    http.Handler
	close    func() // closes connections that are idle
}

// fingerprint tells programs apart that behave differently: by their code, and by
// the .env that they read at their start. It is another one each time if the
// program cannot be read.
func (s *server) fingerprint(program string) string {
	f, err := os.Open(program)
	if err != nil {
		return rand.Text()
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return rand.Text()
	}
	h.Write(readDotenv(s.dir))
	return string(h.Sum(nil))
}

// start starts a program and waits until it serves. It returns neither process
// nor failure if ctx ends.
func (s *server) start(ctx context.Context, program string) (*child, *failure) {
	addr, err := freeAddr()
	if err != nil {
		return nil, &failure{Title: "The application cannot be started", Text: err.Error(), started: true}
	}
	c := &child{id: s.nextID(), addr: addr, said: new(tail), ended: make(chan struct{})}
	c.cmd = exec.Command(program)
	c.cmd.Dir, c.cmd.Env = s.dir, environment(s.dir, s.environ, addr, s.url)
	c.cmd.Stdout, c.cmd.Stderr = io.MultiWriter(c.said, s.out.out), io.MultiWriter(c.said, s.out.err)
	c.cmd.WaitDelay = time.Second // where what it has started keeps its output open
	s.connect(c)
	ended, err := procgroup.Start(c.cmd)
	if err != nil {
		return nil, &failure{Title: "The application cannot be started", Text: err.Error(), started: true}
	}
	go func() {
		c.err = <-ended
		close(c.ended)
	}()
	f := s.await(ctx, c)
	if f != nil || ctx.Err() != nil {
		s.retire(c)
		return nil, f
	}
	return c, nil
}

// await waits until the process answers, whatever it answers: that it is ready
// for everything is for load balancers to ask.
func (s *server) await(ctx context.Context, c *child) *failure {
	limit := time.After(s.startLimit)
	for {
		if c.answers(ctx) {
			return nil
		}
		select {
		case <-ctx.Done():
			return nil
		case <-c.ended:
			return c.failure("The application does not start")
		case <-limit:
			return &failure{
				Title:   "The application does not serve",
				Text:    fmt.Sprintf("It does not answer at its ADDR after %v. It has written:\n\n%s", s.startLimit, c.said),
				started: true,
			}
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// answers reports whether the process answers.
func (c *child) answers(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+c.addr+"/healthz", nil)
	if err != nil {
		return false
	}
	res, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(r)
	if err != nil {
		return false
	}
	_ = res.Body.Close()
	return true
}

// failure says how a process that has ended came to its end.
func (c *child) failure(title string) *failure {
	how := "exit status 0"
	if c.err != nil {
		how = c.err.Error()
	}
	text := c.said.String()
	if text == "" {
		text = "It has written nothing."
	}
	return &failure{Title: title + " (" + how + ")", Text: text, started: true, said: true}
}

// How long requests may take to finish before their process is asked to end, and
// how long it may then take. An application cancels its requests after 20 s.
const (
	finishRequests = 5 * time.Second
	endLimit       = 30 * time.Second
)

// retire ends a process that gets no further requests, in the background.
//
// It is asked only when its requests are answered: one that is on its way to a
// server that has just stopped to listen would be lost.
func (s *server) retire(c *child) {
	s.retiring.Go(func() {
		answered := make(chan struct{})
		go func() {
			c.requests.Wait()
			close(answered)
		}()
		select {
		case <-answered:
		case <-c.ended:
		case <-time.After(finishRequests):
		}
		c.end()
		c.close()
		_ = os.RemoveAll(filepath.Dir(c.cmd.Path))
	})
}

// end ends the process, gracefully if it does so in time.
func (c *child) end() {
	select {
	case <-c.ended:
		return
	default:
		procgroup.Stop(c.cmd)
	}
	select {
	case <-c.ended:
	case <-time.After(endLimit):
		procgroup.Kill(c.cmd)
		<-c.ended
	}
}

// freeAddr returns an address of this machine that nobody listens on. Another
// program may take it before the application does, which then says so.
func freeAddr() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}
