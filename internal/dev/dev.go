// Package dev serves an application while it is being worked on: it builds and
// starts it again when a file was saved, keeps the old process serving until the
// new one is ready, reloads the pages that are open, and shows in them why the
// application cannot be built or started.
package dev

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/joho/godotenv"
)

// Config says what to serve. Its zero value is the application in the current
// folder.
type Config struct {
	// Dir is the application's folder: that of its package main. The default is
	// the current one.
	Dir string
	// Addr is where to listen. The default is the application's ADDR, from the
	// environment or its .env, or else 127.0.0.1:8000.
	Addr string
	// Out gets a line for each thing that happens, and what the compiler and
	// the application write. The default is standard error.
	Out io.Writer
}

// Run serves the application until ctx ends. Errors are that the folder holds no
// application, that there is no Go toolchain, and that the address cannot be
// listened on; whatever is wrong with the application is shown, and tried again
// once it has changed.
func Run(ctx context.Context, c Config) error {
	c.Dir = cmp.Or(c.Dir, ".")
	if c.Out == nil {
		c.Out = os.Stderr
	}
	env := environment(c.Dir)
	c.Addr = cmp.Or(c.Addr, env.get("ADDR"), "127.0.0.1:8000")
	if err := checkApplication(ctx, c.Dir); err != nil {
		return err
	}
	temp, err := os.MkdirTemp("", "terem-dev-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	l, err := listen(ctx, c.Addr)
	if err != nil {
		return err
	}
	s := newServer(c, l.Addr().String(), temp)
	srv := &http.Server{
		Handler:           s,
		ReadHeaderTimeout: 10 * time.Second,
		BaseContext:       func(net.Listener) context.Context { return ctx },
		ErrorLog:          slog.NewLogLogger(slog.DiscardHandler, slog.LevelWarn),
	}
	go func() { _ = srv.Serve(l) }() // ends with Close
	defer srv.Close()
	s.loop(ctx)
	return nil
}

// checkApplication reports why a folder cannot be served.
func checkApplication(ctx context.Context, dir string) error {
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return fmt.Errorf("%s is not a folder. Name the folder of an application", dir)
	}
	cmd := exec.CommandContext(ctx, "go", "list", "-find", "-f", "{{.Name}}", ".")
	cmd.Dir = dir
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	var exit *exec.ExitError
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return errors.New("the go command is not in PATH. Install Go, or add its folder bin to PATH")
	case err != nil && !errors.As(err, &exit):
		return err
	case exit != nil && exit.ExitCode() < 0: // interrupted
		return ctx.Err()
	case exit == nil && strings.TrimSpace(string(out)) == "main", isMain(dir):
		return nil
	}
	where, _ := filepath.Abs(dir)
	return fmt.Errorf("%s holds no application: it needs a package main in a module (%s). Create one with: terem new DIR", where,
		cmp.Or(strings.TrimSpace(stderr.String()), "it is the package "+strings.TrimSpace(string(out))))
}

// isMain reports whether the folder has a main.go: one that cannot be read now
// can be mended while it is being served.
func isMain(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "main.go"))
	return err == nil
}

func listen(ctx context.Context, addr string) (net.Listener, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("cannot listen on %s: another program does. Stop it, or set ADDR to another port", addr)
	case err != nil:
		return nil, fmt.Errorf("cannot listen on %s: %w. ADDR is a host and a port, such as 127.0.0.1:8000", addr, err)
	}
	return l, nil
}

// settings are the application's .env, which the environment goes before.
type settings map[string]string

// environment reads the .env of a folder. One that cannot be read is for the
// application to complain of.
func environment(dir string) settings {
	env, _ := godotenv.Read(filepath.Join(dir, ".env"))
	return env
}

func (e settings) get(name string) string { return cmp.Or(os.Getenv(name), e[name]) }
