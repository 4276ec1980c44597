// Hand is Conduit's API of articles as one writes it with net/http and pgx alone, on
// the database of examples/conduit and with its tokens: what the bench compares
// examples/conduit with.
package main

import (
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	_ "net/http/pprof" // profiles, at DEBUG_ADDR
	"os"
	"os/signal"
	"runtime"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run serves until ctx ends: ADDR, DATABASE_URL, TOKEN_KEY in hexadecimal digits, and
// DEBUG_ADDR for profiles.
func run(ctx context.Context) error {
	key, err := hex.DecodeString(os.Getenv("TOKEN_KEY"))
	if err != nil || len(key) < 32 {
		return errors.New("TOKEN_KEY is not a key")
	}
	c, err := pgxpool.ParseConfig(os.Getenv("DATABASE_URL"))
	if err != nil {
		return err
	}
	c.MaxConns = int32(max(8, 2*runtime.NumCPU()))
	pool, err := pgxpool.NewWithConfig(ctx, c)
	if err != nil {
		return err
	}
	defer pool.Close()
	if addr := os.Getenv("DEBUG_ADDR"); addr != "" {
		go func() { _ = http.ListenAndServe(addr, nil) }()
	}
	s := &http.Server{
		Addr: cmp.Or(os.Getenv("ADDR"), "127.0.0.1:8000"), Handler: newServer(pool, key).routes(),
		ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute,
	}
	ended := make(chan error, 1)
	go func() { ended <- s.ListenAndServe() }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	return s.Shutdown(ctx)
}
