package cli

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/terem-go/terem/internal/procgroup"
	"github.com/terem-go/terem/internal/scaffold"
	"github.com/terem-go/terem/internal/terminal"
)

// serve compiles and migrates a new application and serves it until a signal
// ends it. An error says that the application is there, and how to go on.
func (n *newCommand) serve(ctx context.Context, c *console, a *scaffold.Application) error {
	r := &runner{console: c, dir: a.Dir, env: append(os.Environ(), "GOWORK=off"), signals: make(chan os.Signal, 4)}
	signal.Notify(r.signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer signal.Stop(r.signals)
	stopped := func(step string, err error) error {
		why := fmt.Sprintf("%s failed (%v)", step, err)
		if ctx.Err() != nil {
			why = "interrupted"
		}
		return fmt.Errorf("%s. The application is in %s. To go on: %s", why, n.Dir, strings.Join(n.steps(a), " && "))
	}
	temp, err := os.MkdirTemp("", "terem-")
	if err != nil {
		return stopped("compiling", err)
	}
	defer os.RemoveAll(temp)
	r.env = append(r.env, "GOTMPDIR="+temp)
	program := filepath.Join(temp, a.Name+".exe") // Windows wants the suffix, others do not mind

	c.progress("Compiling; the first time takes a minute or two")
	began := time.Now()
	if err := r.run(ctx, "go", "build", "-mod=mod", "-o", program, "."); err != nil {
		return stopped("compiling", err)
	}
	c.say("Compiled in %.1f s. Migrating.", time.Since(began).Seconds())
	if err := r.run(ctx, program, "migrate", "up"); err != nil {
		return stopped("migrating", err)
	}
	c.say("Serving. Open %s, and stop with Ctrl-C.", terminal.Paint(c.out, terminal.Bold, homeURL()))
	if err := r.run(ctx, program); err != nil {
		return stopped("serving", err)
	}
	return nil
}

// runner runs one program after another in an application's folder.
type runner struct {
	console *console
	dir     string
	env     []string
	signals chan os.Signal
}

// run runs a program, unless ctx has ended, until it ends, and passes signals on
// to it: a server finishes its requests first. The program has a process group
// of its own, or the terminal would send it every Ctrl-C a second time, which
// means at once.
func (r *runner) run(ctx context.Context, name string, args ...string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	cmd := exec.Command(name, args...)
	cmd.Dir = r.dir
	cmd.Env = r.env
	cmd.Stdout, cmd.Stderr = r.console.out, r.console.err
	ended, err := procgroup.Start(cmd)
	if err != nil {
		return err
	}
	for {
		select {
		case err := <-ended:
			return err
		case s := <-r.signals:
			procgroup.Signal(cmd, s)
		}
	}
}

// homeURL is where the home page will be.
func homeURL() string {
	host, port, err := net.SplitHostPort(os.Getenv("ADDR"))
	if err != nil {
		return "http://127.0.0.1:8000"
	}
	if ip := net.ParseIP(host); host == "" || ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, port)
}
