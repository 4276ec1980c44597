// Package dev serves an application while somebody works on it: it compiles and
// starts it again when a file is saved, goes on serving by the old process until
// the new one is ready, reloads the pages that are open, and shows in them why
// that cannot be done.
package dev

import (
	"cmp"
	"context"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/terem-go/terem/internal/listen"
)

// Config says what to serve. The zero value suits the folder of an application.
type Config struct {
	// Dir is the application's folder. The default is the working directory.
	Dir string
	// Addr is the host and port to listen on. The default is the application's
	// own: ADDR of the environment or of the file .env, or 127.0.0.1:8000.
	Addr string
	// Environ is the environment of the application and of the compiler, as lines
	// NAME=value. The default, nil, is os.Environ().
	Environ []string
	// Out gets what the application writes to its standard output, and a line for
	// each thing that happens. Err gets what it writes to its standard error, and
	// errors. The defaults are those of this process.
	Out, Err io.Writer
	// StartLimit is how long the application may take until it serves. The default
	// is 30 s.
	StartLimit time.Duration
	// OnListen is called with the URL once there is somebody who answers there.
	OnListen func(url string)
}

// finish is how long requests may take to finish when ctx ends. They are those of
// somebody who has just pressed Ctrl-C, and many are streams.
const finish = 2 * time.Second

// Run serves until ctx ends, and leaves no process behind then. An application
// that does not compile or start is no error: its pages show what is wrong, and
// it is tried again when a file has changed. Errors are that there is no
// application, no Go toolchain, or no address to listen on.
func Run(ctx context.Context, c Config) error {
	if c.Environ == nil {
		c.Environ = os.Environ()
	}
	if c.Out == nil {
		c.Out = os.Stdout
	}
	if c.Err == nil {
		c.Err = os.Stderr
	}
	c.StartLimit = cmp.Or(c.StartLimit, 30*time.Second)
	dir, err := filepath.Abs(c.Dir)
	if err != nil {
		return err
	}
	c.Dir = dir
	if err := check(c.Dir); err != nil {
		return err
	}
	l, err := listen.TCP(ctx, "ADDR", cmp.Or(c.Addr, readSettings(c.Dir, c.Environ).Addr, "127.0.0.1:8000"))
	if err != nil {
		return err
	}
	defer l.Close()
	temp, err := os.MkdirTemp("", "terem-dev-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)

	s := newServer(ctx, c, temp, "http://"+reachable(l.Addr()))
	srv := &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second, ErrorLog: log.New(s.out.err, "", 0)}
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(l) }()
	if c.OnListen != nil {
		c.OnListen(s.url)
	}
	s.loop(ctx)
	select {
	case err = <-failed:
	default:
	}
	finished, cancel := context.WithTimeout(context.Background(), finish)
	defer cancel()
	if srv.Shutdown(finished) != nil {
		_ = srv.Close()
	}
	s.close()
	return err
}

// reachable is where a browser on this machine finds a server that listens on
// the address.
func reachable(a net.Addr) string {
	if t, ok := a.(*net.TCPAddr); ok && t.IP.IsUnspecified() {
		return (&net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: t.Port}).String()
	}
	return a.String()
}
