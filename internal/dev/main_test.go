package dev_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/terem-go/terem/internal/dev"
	"github.com/terem-go/terem/internal/processtest"
)

// program is an application of nothing but the standard library. Its page has
// the policy that pages of applications have.
const program = `package main

import (
	_ "embed"
	"context"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"syscall"
)

//go:embed word.txt
var word string

func main() {
	if _, err := os.Stat("broken"); err == nil {
		fmt.Fprintln(os.Stderr, "error: the file broken is there")
		os.Exit(1)
	}
	http.HandleFunc("/healthz", func(http.ResponseWriter, *http.Request) {})
	http.HandleFunc("/text", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, word, os.Getpid()) })
	http.HandleFunc("/fragment", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, "<p>part</p>")
	})
	http.HandleFunc("/closed", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("Content-Security-Policy", "default-src 'none'")
		fmt.Fprint(w, "<!doctype html><title>closed</title>")
	})
	http.HandleFunc("/exit", func(http.ResponseWriter, *http.Request) { os.Exit(7) })
	http.HandleFunc("/{$}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", "default-src 'self'")
		fmt.Fprintf(w, "<!doctype html><html lang=en><head><title>%s</title><link rel=icon href=/fragment></head><body><h1>%s of %s</h1></body></html>", word, word, r.Host)
	})
	s := &http.Server{Addr: os.Getenv("ADDR")}
	go s.ListenAndServe()
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGTERM)
	<-c
	s.Shutdown(context.Background())
}
`

// application is one that is served while it is being worked on.
type application struct {
	t    *testing.T
	dir  string
	addr string
	log  *processtest.Log
	end  func() error // ends the serving
}

// begin writes an application and serves it until the test ends.
func begin(t *testing.T) *application {
	t.Helper()
	a := &application{t: t, dir: t.TempDir(), addr: freeAddr(t), log: new(processtest.Log)}
	a.save("go.mod", "module example.com/app\n\ngo 1.26\n")
	a.save("main.go", program)
	a.save("word.txt", "first")
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- dev.Run(ctx, dev.Config{Dir: a.dir, Addr: a.addr, Out: a.log}) }()
	var err error
	done := false
	a.end = func() error {
		if !done {
			cancel()
			err, done = <-ended, true
		}
		return err
	}
	t.Cleanup(func() {
		if err := a.end(); err != nil {
			t.Error(err)
		}
	})
	return a
}

// freeAddr returns an address that nobody listens on.
func freeAddr(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func (a *application) save(name, text string) {
	a.t.Helper()
	if err := os.WriteFile(filepath.Join(a.dir, name), []byte(text), 0o644); err != nil {
		a.t.Fatal(err)
	}
}

// get asks for a path and returns the status and the body, 0 if nobody answers.
func (a *application) get(path, accept string) (int, string) {
	r, err := http.NewRequest("GET", "http://"+a.addr+path, nil)
	if err != nil {
		a.t.Fatal(err)
	}
	if accept != "" {
		r.Header.Set("Accept", accept)
	}
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return 0, err.Error()
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, err.Error()
	}
	return resp.StatusCode, string(b)
}

// limit is how long a build may take on a busy machine.
const limit = 2 * time.Minute

// await asks for a path until the answer has a text in it, and returns it.
func (a *application) await(path, accept, text string) string {
	a.t.Helper()
	for end := time.Now().Add(limit); ; time.Sleep(20 * time.Millisecond) {
		status, body := a.get(path, accept)
		if strings.Contains(body, text) {
			return body
		}
		if time.Now().After(end) {
			a.t.Fatalf("%s is answered with %d %s, which lacks %q\n%s", path, status, body, text, a.log)
		}
	}
}
