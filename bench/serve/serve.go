// Package serve is what contestants have in common as processes: the flags that
// they are started with, a server, an end, and a second server that tells about
// memory and profiles.
package serve

import (
	"context"
	_ "expvar" // memory, at /debug/vars
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	_ "net/http/pprof" // profiles, at /debug/pprof
	"os"
	"runtime"
	"time"
)

// Flags say where a contestant listens and what it serves from.
type Flags struct {
	Addr  string // the host and port of its API
	Debug string // the host and port of /debug
	DB    string // the database's URL: postgres://… or sqlite:FILE?synchronous=…
}

// Parse reads the flags.
func Parse(name string, args []string) (Flags, error) {
	var f Flags
	set := flag.NewFlagSet(name, flag.ContinueOnError)
	set.StringVar(&f.Addr, "addr", "127.0.0.1:0", "where to listen")
	set.StringVar(&f.Debug, "debug", "127.0.0.1:0", "where to serve /debug")
	set.StringVar(&f.DB, "db", "", "the database's URL")
	err := set.Parse(args)
	return f, err
}

// Args returns the flags as arguments.
func (f Flags) Args() []string { return []string{"-addr", f.Addr, "-debug", f.Debug, "-db", f.DB} }

// Beside serves /debug, and ends the process when its standard input does: with
// the process that started it, however that ends.
func Beside(f Flags) error {
	l, err := net.Listen("tcp", f.Debug)
	if err != nil {
		return fmt.Errorf("listening for /debug: %w", err)
	}
	go func() { _ = http.Serve(l, nil) }()
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	return nil
}

// Handler serves h at the address in f until the process ends.
func Handler(ctx context.Context, f Flags, h http.Handler) error {
	s := &http.Server{
		Addr:              f.Addr,
		Handler:           h,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		BaseContext:       func(net.Listener) context.Context { return ctx },
	}
	return s.ListenAndServe()
}

// PoolSize is how many connections to PostgreSQL a contestant has: Terem's
// default.
func PoolSize() int { return max(8, 2*runtime.NumCPU()) }

// Readers is how many connections that read SQLite a contestant has: Terem's
// default.
func Readers() int { return max(4, 2*runtime.GOMAXPROCS(0)) }
