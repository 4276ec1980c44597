// Terem creates applications with the structure of Terem.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/terem-go/terem/internal/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	os.Exit(cli.Main(ctx, os.Args[1:], os.Stdout, os.Stderr))
}
