package pgserver

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
)

// process is a program that a keeper knows of.
type process struct {
	name string
	cmd  *exec.Cmd
	log  tail          // of what it writes to stdout and stderr
	done chan struct{} // closed when it and its children are gone
	err  error         // how it ended, for after done
}

// start starts a program, which the keeper ends by a signal such as "-QUIT".
// Without files, its input is empty and its output goes to its log.
func (k *keeper) start(signal string, stdin, stdout *os.File, program string, args ...string) (*process, error) {
	p := &process{
		name: filepath.Base(program),
		cmd:  k.shell(announceScript, signal, append([]string{program}, args...)...),
		done: make(chan struct{}),
	}
	p.cmd.Stdout, p.cmd.Stderr = &p.log, &p.log
	if stdin != nil {
		p.cmd.Stdin = stdin
	}
	if stdout != nil {
		p.cmd.Stdout = stdout
	}
	p.cmd.ExtraFiles = []*os.File{k.lifeline, k.alive}
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("pgserver: %w", err)
	}
	go func() {
		p.err = p.cmd.Wait()                // also waits until the children have closed stderr
		_, _ = k.lifeline.WriteString("\n") // fails after release, when it no longer matters
		close(p.done)
	}()
	return p, nil
}

// run starts a program and waits for its end.
func (k *keeper) run(ctx context.Context, stdin, stdout *os.File, program string, args ...string) error {
	p, err := k.start("-KILL", stdin, stdout, program, args...)
	if err != nil {
		return err
	}
	select {
	case <-p.done:
		if p.err != nil {
			return p.failure("failed: " + p.err.Error())
		}
		return nil
	case <-ctx.Done():
		return fmt.Errorf("%w: %w", p.failure("has not finished"), context.Cause(ctx))
	}
}

// failure returns an error that ends with the log.
func (p *process) failure(what string) error {
	return fmt.Errorf("pgserver: %s %s; the end of its log:\n%s", p.name, what, &p.log)
}

// tail keeps the end of what is written to it.
type tail struct {
	mu   sync.Mutex
	text []byte
}

const tailSize = 4096

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, p...)
	if cut := len(t.text) - tailSize; cut > 0 {
		t.text = append(t.text[:0], t.text[cut:]...)
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.text)
}
