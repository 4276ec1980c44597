// Bench measures Terem against code written by hand and against peers:
//
//	go run .                  the table, in about seven minutes
//	go run . -only pg-read    some rows
//	go run . -quick           whether it runs; its figures mean nothing
//	go run . session          what a session costs without a database
//	go run . logins           how long reads take while others log in
//	go run . data             data access without HTTP: dao, by hand, bun, gorm
//	go run . jobs             the queue, against River used by hand
//	go run . house            an application of 200 domains: the tool on it, its start, its routing
//	go run . conduit          examples/conduit, against the same by hand and against peers
//
// README.md says what is measured, and what not to read into it.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"time"

	"github.com/terem-go/terem/bench/contestants"
	"github.com/terem-go/terem/bench/data/stores"
	"github.com/terem-go/terem/bench/load"
	"github.com/terem-go/terem/bench/serve"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := command(ctx, os.Args[1:], os.Stdin, os.Stdout)
	stop()
	switch {
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// The hidden commands by which the bench starts itself.
const (
	contestantCommand = "contestant" // and the contestant's name and flags
	loadCommand       = "load"       // with a load.Plan on the standard input
)

func command(ctx context.Context, args []string, in io.Reader, out io.Writer) error {
	name := ""
	if len(args) > 0 {
		name = args[0]
	}
	switch {
	case name == contestantCommand && len(args) > 1:
		f, err := serve.Parse(args[1], args[2:])
		if err != nil {
			return err
		}
		return contestants.Run(ctx, args[1], f)
	case name == loadCommand:
		return generate(in, out)
	case name == dataOne && len(args) == 4:
		each, err := time.ParseDuration(args[3])
		if err != nil {
			return err
		}
		return stores.Run(ctx, args[1], args[2], each, out)
	case name == "session":
		return session(ctx, args[1:], out)
	case name == "house":
		return house(ctx, args[1:], out)
	case name == "conduit":
		return measureConduit(ctx, args[1:], out)
	case name == "logins":
		return logins(ctx, args[1:], out)
	case name == "jobs":
		return measureJobs(ctx, args[1:], out)
	case name == "data":
		return measureData(ctx, args[1:], out)
	}
	o, err := parseOptions(args)
	if err != nil {
		return err
	}
	return measure(ctx, o, out)
}

// generate is the process that makes the load.
func generate(in io.Reader, out io.Writer) error {
	var p load.Plan
	if err := json.NewDecoder(in).Decode(&p); err != nil {
		return err
	}
	r, err := load.Run(p)
	if err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(r)
}

// measure runs the contestants and prints what was seen.
func measure(ctx context.Context, o options, out io.Writer) error {
	if err := supported(); err != nil {
		return err
	}
	h, err := newHarness(ctx, o)
	if err != nil {
		return err
	}
	r, err := h.run(ctx)
	if err := errors.Join(err, h.close()); err != nil {
		return err
	}
	if o.json {
		return r.writeJSON(out)
	}
	return r.writeTable(out)
}
