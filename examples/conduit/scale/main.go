// Command scale runs Conduit on many processes of this machine, and shows what its
// clients see while parts of it are restarted, killed, replaced and lost.
//
//	go run ./examples/conduit/scale            # from the root of the repository, about two minutes
//	go run ./examples/conduit/scale -each 2s   # short
//
// It starts PostgreSQL with two standbys that follow it synchronously (ANY 1),
// PgBouncer in front of them, three servers, two workers, and nginx with the
// application's own configuration. It needs Go and the programs of PostgreSQL,
// PgBouncer and nginx; nothing has to run, and nothing is left behind.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	each := flag.Duration("each", 10*time.Second, "how long requests go on after each thing that happens")
	clients := flag.Int("clients", 8, "how many clients send requests, each as soon as it has its last answer")
	rows := flag.Int("articles", 1000, "how many articles there are at the beginning")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *each, *clients, *rows); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, each time.Duration, clients, rows int) (err error) {
	if each < time.Second || clients < 1 || rows < 1 {
		return errors.New("-each must be 1s or more, -clients and -articles above 0")
	}
	p, err := start(ctx, rows)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.stop()) }()
	l, err := newLoad(ctx, p.proxy.addr, clients)
	if err != nil {
		return err
	}
	defer l.stop()
	var failed error
	for _, f := range faults {
		fmt.Fprintf(os.Stderr, "%s …\n", f.name)
		l.begin(f.name)
		if err := f.do(ctx, p, each); err != nil {
			return fmt.Errorf("%s: %w", f.name, err)
		}
		failed = errors.Join(failed, l.end(f))
	}
	l.stop()
	lost, err := l.missing(ctx, p.postgres.primary())
	if err != nil {
		return err
	}
	l.print(os.Stdout, lost)
	if len(lost) > 0 {
		failed = errors.Join(failed, fmt.Errorf("%d acknowledged articles are lost, such as %s", len(lost), lost[0]))
	}
	return failed
}
