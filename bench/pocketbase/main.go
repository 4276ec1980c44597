// Pocketbase is the contestant PocketBase: the program as its own documentation
// builds it, with a command that fills a data directory. It is a module of its
// own, so that its dependencies are those that it was released with.
package main

import (
	_ "expvar" // memory, at /debug/vars
	"fmt"
	"io"
	"net/http"
	_ "net/http/pprof" // profiles, at /debug/pprof
	"os"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/core"
	"github.com/spf13/cobra"
)

func main() {
	app := pocketbase.NewWithConfig(pocketbase.Config{HideStartBanner: true})
	app.RootCmd.AddCommand(&cobra.Command{
		Use:          "fill",
		Short:        "Make the collection items with the rows of the standard input, one JSON object on each line",
		SilenceUsage: true,
		RunE:         func(*cobra.Command, []string) error { return fill(app, os.Stdin) },
	})
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		beside(os.Getenv("BENCH_DEBUG"))
		return e.Next()
	})
	if err := app.Start(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// beside does what package serve of the bench does for the other contestants:
// it serves /debug, and ends the process when its standard input does.
func beside(debug string) {
	if debug == "" {
		return
	}
	go func() { fmt.Fprintln(os.Stderr, http.ListenAndServe(debug, nil)) }()
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
}
