package dev

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"syscall"
	"time"

	"github.com/terem-go/terem/internal/procgroup"
)

// program is a process of the application.
type program struct {
	addr     string // where it serves
	cmd      *exec.Cmd
	said     *tail
	ended    chan struct{}
	requests sync.WaitGroup // those that are on their way to it
}

// build compiles the application. The error is what the compiler says.
func build(ctx context.Context, dir, program string) error {
	cmd := exec.CommandContext(ctx, "go", "build", "-buildvcs=false", "-o", program, ".")
	cmd.Dir = dir
	said := &tail{w: io.Discard}
	cmd.Stdout, cmd.Stderr = said, said
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s", said.orElse(err))
	}
	return nil
}

// start starts a program, which serves on a free port.
func start(dir, name, public string, out io.Writer) (*program, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &program{addr: l.Addr().String(), cmd: exec.Command(name), said: &tail{w: out}, ended: make(chan struct{})}
	_ = l.Close() // the program takes the port over
	p.cmd.Dir, p.cmd.Stdout, p.cmd.Stderr = dir, p.said, p.said
	p.cmd.Env = append(os.Environ(), "ADDR="+p.addr)
	env := environment(dir)
	for name, value := range map[string]string{
		"TRUSTED_PROXIES": "127.0.0.0/8",      // so that the client's address is not this program's
		"BASE_URL":        "http://" + public, // so that links in mails lead here
	} {
		if env.get(name) == "" {
			p.cmd.Env = append(p.cmd.Env, name+"="+value)
		}
	}
	procgroup.Own(p.cmd)
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		_ = p.cmd.Wait()
		close(p.ended)
	}()
	return p, nil
}

// startLimit is how long a program may take until it serves.
const startLimit = 30 * time.Second

// ready waits until the program serves. The error says why it does not.
func (p *program) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	for {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+p.addr+"/healthz", nil)
		if err != nil {
			return err
		}
		if resp, err := http.DefaultTransport.RoundTrip(r); err == nil {
			_ = resp.Body.Close()
			return nil
		}
		select {
		case <-p.ended:
			return fmt.Errorf("%s", p.said.orElse(fmt.Errorf("the application has ended: %s", p.cmd.ProcessState)))
		case <-ctx.Done():
			return fmt.Errorf("the application does not serve on ADDR after %v:\n%s", startLimit, p.said)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// How long a program may take to finish its requests, and how long it is let
// alone before it is told to: a request must have reached it.
const (
	stopLimit = 10 * time.Second
	arrival   = time.Second
)

// stop lets the program finish its requests, and returns when it has ended. No
// more are sent to it.
func (p *program) stop() {
	arrived := make(chan struct{})
	go func() {
		p.requests.Wait()
		close(arrived)
	}()
	select {
	case <-arrived:
	case <-p.ended:
	case <-time.After(arrival):
	}
	if runtime.GOOS == "windows" { // which has no signals
		_ = p.cmd.Process.Kill()
	}
	procgroup.Signal(p.cmd, syscall.SIGTERM)
	select {
	case <-p.ended:
	case <-time.After(stopLimit):
		_ = p.cmd.Process.Kill()
		procgroup.Signal(p.cmd, syscall.SIGKILL)
		<-p.ended
	}
}
