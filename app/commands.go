package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/terem-go/terem/errs"
)

// command is one that a domain has added.
type command struct {
	name, help string
	cmd        any
}

// Command adds a command to the application, in the form of
// github.com/alecthomas/kong: a pointer to a struct whose fields are flags,
// arguments and further commands, with a method Run that may take a
// context.Context, a *db.DB and an io.Writer for its output. The *db.DB is nil
// in an application without a database.
func (a *App) Command(name, help string, cmd any) {
	a.commands = append(a.commands, command{name, help, cmd})
}

// cli are the commands that every application has.
type cli struct {
	Serve   serveCommand   `cmd:"" default:"1" help:"Serve. This is the default."`
	Dev     devCommand     `cmd:"" help:"Serve during development: build again on save, reload open pages, show errors in them."`
	Worker  workerCommand  `cmd:"" help:"Run jobs and serve nothing."`
	Migrate migrateCommand `cmd:"" help:"Apply migrations, take them back, or list them."`
	Routes  routesCommand  `cmd:"" help:"List the routes with their handlers, sessions, policies and places."`
	Openapi openapiCommand `cmd:"" help:"Print the OpenAPI document."`
	Static  staticCommand  `cmd:"" help:"Write the assets to a folder for a server such as nginx."`
	Config  configCommand  `cmd:"" help:"Print the settings and where each comes from, without secrets."`
}

// Main puts the application together with build, runs the command that the
// program's arguments name, waits for what runs after commits, closes the
// database, and returns the program's exit status: 0, or 1 after an error, which
// it prints in one line or more. Help is given where build fails, too, without
// the commands of domains. SIGINT and SIGTERM end the context; a second
// one ends the program at once.
func Main(build func(ctx context.Context) (*App, error)) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)
	if err := run(ctx, build); err != nil {
		fmt.Fprintln(os.Stderr, "error: "+err.Error())
		return 1
	}
	return 0
}

// run runs the command that the program's arguments name.
func run(ctx context.Context, build func(ctx context.Context) (*App, error)) error {
	if len(os.Args) > 1 && os.Args[1] == "dev" {
		build = empty
	}
	a, err := build(ctx)
	if err != nil && asksHelp(os.Args[1:]) {
		fmt.Fprintf(os.Stderr, "note: commands of domains are missing from this help, since the application cannot be put together: %v\n", err)
		a, err = empty(ctx)
	}
	if err != nil {
		return err
	}
	return errors.Join(a.Run(ctx, os.Args[1:], os.Stdout), a.close())
}

// asksHelp reports whether arguments ask for help, which needs no settings.
func asksHelp(args []string) bool {
	return len(args) > 0 && args[0] == "help" || slices.Contains(args, "--help") || slices.Contains(args, "-h")
}

// Run runs the command that args name, "serve" without any, and writes what it
// prints to out. The database stays open.
func (a *App) Run(ctx context.Context, args []string, out io.Writer) error {
	if len(args) > 0 && args[0] == "help" {
		args = append(slices.Clone(args[1:]), "--help")
	}
	done := false
	options := []kong.Option{
		kong.Name(a.config.Name), kong.Description("Without a command, it serves."),
		kong.Writers(out, out), kong.Exit(func(int) { done = true }),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.BindTo(out, (*io.Writer)(nil)), kong.Bind(a, a.config.DB),
	}
	for _, c := range a.commands {
		options = append(options, kong.DynamicCommand(c.name, c.help, "", c.cmd))
	}
	if !a.events.Empty() {
		options = append(options, kong.DynamicCommand("events", "List events that are not delivered, and deliver them again.", "", new(eventsCommand)))
	}
	parser, err := kong.New(new(cli), options...)
	if err == nil {
		err = unambiguous(parser.Model.Children)
	}
	if err != nil {
		return fmt.Errorf("the commands are not put together right: %w", err)
	}
	parsed, err := parser.Parse(args)
	if done { // --help was answered
		return nil
	}
	if err != nil {
		return fmt.Errorf("%w (see: %s --help)", err, a.config.Name)
	}
	err = parsed.Run()
	name, _, _ := strings.Cut(parsed.Command(), " ")
	if name == "events" || slices.ContainsFunc(a.commands, func(c command) bool { return c.name == name }) {
		err = a.explain(ctx, err)
	}
	if name == "serve" || name == "worker" { // which have said it
		return err
	}
	return usable(err)
}

// explain says of the error of a command that nobody has foreseen, such as of
// a table that is not there, that the schema is behind, if it is.
func (a *App) explain(ctx context.Context, err error) error {
	if err == nil || a.config.DB == nil || errs.From(err).Kind != errs.Internal || errors.Is(err, errInterrupted) {
		return err
	}
	if why := a.checkMigrated(ctx); errors.Is(why, errBehind) {
		return behind(why)
	}
	return err
}

// unambiguous refuses two commands of one name. Kong does not, and the second
// would never run.
func unambiguous(commands []*kong.Node) error {
	names := map[string]bool{}
	for _, c := range commands {
		if names[c.Name] {
			return fmt.Errorf("two are named %s. Give that of a domain another name", c.Name)
		}
		names[c.Name] = true
	}
	return nil
}

// printJSON prints a value for programs.
func printJSON(out io.Writer, v any) error {
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
