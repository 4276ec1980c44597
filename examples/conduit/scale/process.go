package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// process is a process of the application.
type process struct {
	name string
	addr string // "" for a worker
	dir  string
	env  []string
	args []string
	cmd  *exec.Cmd
	done chan struct{} // closed when it has ended; nil before the first start
	err  error         // how, for after done
}

// startLimit and stopLimit are how long a process may take.
const (
	startLimit = 30 * time.Second
	stopLimit  = 30 * time.Second
)

// start starts the process, and returns when it is ready.
func (p *process) start(ctx context.Context, program string) error {
	log, err := os.OpenFile(filepath.Join(p.dir, p.name+".log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	p.cmd = exec.Command(program, p.args...)
	p.cmd.Dir, p.cmd.Env, p.cmd.Stdout, p.cmd.Stderr = p.dir, p.env, log, log
	if err := p.cmd.Start(); err != nil {
		return err
	}
	cmd, done := p.cmd, make(chan struct{})
	p.done = done
	go func() {
		p.err = cmd.Wait()
		close(done)
	}()
	if p.addr == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	for !p.ready(ctx) {
		select {
		case <-p.done:
			return fmt.Errorf("%s has ended: %v\n%s", p.name, p.err, p.said())
		case <-ctx.Done():
			return fmt.Errorf("%s is not ready: %w\n%s", p.name, context.Cause(ctx), p.said())
		case <-time.After(20 * time.Millisecond):
		}
	}
	return nil
}

func (p *process) ready(ctx context.Context) bool {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+p.addr+"/readyz", nil)
	if err != nil {
		return false
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return false
	}
	_ = answer.Body.Close()
	return answer.StatusCode == http.StatusOK
}

// said is the end of the log.
func (p *process) said() string {
	text, _ := os.ReadFile(filepath.Join(p.dir, p.name+".log")) // without it there is less to read
	return string(text[max(0, len(text)-2000):])
}

func (p *process) restart(ctx context.Context, program string) error {
	if err := p.end(soft); err != nil {
		return err
	}
	return p.start(ctx, program)
}

func (p *process) kill() error { return p.end(hard) }

// end ends the process, if it runs.
func (p *process) end(s syscall.Signal) error {
	if p.done == nil {
		return nil
	}
	if err := p.cmd.Process.Signal(s); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case <-p.done:
	case <-time.After(stopLimit):
		_ = p.cmd.Process.Kill()
		<-p.done
		return fmt.Errorf("%s did not stop within %s\n%s", p.name, stopLimit, p.said())
	}
	p.done = nil
	if p.err != nil && s == soft {
		return fmt.Errorf("%s: %w\n%s", p.name, p.err, p.said())
	}
	return nil
}

// freeAddr returns an address that nobody listens on, and that no connection will
// take while its server restarts: systems give those ports above 32767.
func freeAddr() (string, error) {
	for {
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", 20000+rand.IntN(10000)))
		if err == nil {
			return l.Addr().String(), l.Close()
		}
		if !errors.Is(err, syscall.EADDRINUSE) {
			return "", err
		}
	}
}
