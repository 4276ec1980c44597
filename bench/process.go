package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"time"

	"github.com/terem-go/terem/bench/load"
	"github.com/terem-go/terem/bench/serve"
)

// process is a contestant that runs.
type process struct {
	flags serve.Flags
	cmd   *exec.Cmd
	stdin io.Closer // its end is the process's
	log   bytes.Buffer
	ended chan struct{}
}

// startLimit is how long a contestant may take until it listens.
const startLimit = 30 * time.Second

// start starts a contestant and waits until it listens. prepare makes its
// command.
func start(ctx context.Context, db string, prepare func(serve.Flags) *exec.Cmd) (*process, error) {
	p := &process{ended: make(chan struct{})}
	p.flags.DB = db
	var err error
	if p.flags.Addr, err = freeAddr(); err != nil {
		return nil, err
	}
	if p.flags.Debug, err = freeAddr(); err != nil {
		return nil, err
	}
	p.cmd = prepare(p.flags)
	p.cmd.Stdout, p.cmd.Stderr = &p.log, &p.log
	if p.stdin, err = p.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		_ = p.cmd.Wait() // how it ended is in its log
		close(p.ended)
	}()
	for _, addr := range []string{p.flags.Debug, p.flags.Addr} {
		if err := p.await(ctx, addr); err != nil {
			p.stop()
			return nil, fmt.Errorf("%w\n%s", err, p.log.Bytes())
		}
	}
	return p, nil
}

// await waits until the process listens.
func (p *process) await(ctx context.Context, addr string) error {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	for {
		c, err := net.Dial("tcp", addr)
		if err == nil {
			return c.Close()
		}
		select {
		case <-p.ended:
			return errors.New("it ended before it listened")
		case <-ctx.Done():
			return fmt.Errorf("it does not listen: %w", ctx.Err())
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// stop ends the process.
func (p *process) stop() {
	_ = p.stdin.Close()
	select {
	case <-p.ended:
	case <-time.After(5 * time.Second):
		_ = p.cmd.Process.Kill()
		<-p.ended
	}
}

// freeAddr returns a port of the loopback interface that nobody listens on.
func freeAddr() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// again returns a command that runs this program with other arguments.
func again(ctx context.Context, args ...string) (*exec.Cmd, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return exec.CommandContext(ctx, program, args...), nil
}

// runLoad makes load in a process of its own.
func runLoad(ctx context.Context, p load.Plan) (r load.Result, err error) {
	cmd, err := again(ctx, loadCommand)
	if err != nil {
		return r, err
	}
	plan, err := json.Marshal(p)
	if err != nil {
		return r, err
	}
	var out, log bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(plan), &out, &log
	if err := cmd.Run(); err != nil {
		return r, fmt.Errorf("the load: %w\n%s", err, log.Bytes())
	}
	return r, json.Unmarshal(out.Bytes(), &r)
}
