// Package cli is the command terem: one file for each of its verbs.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"slices"

	"github.com/alecthomas/kong"
)

// The exit statuses of terem.
const (
	statusOK          = 0
	statusError       = 1
	statusUsage       = 2
	statusInterrupted = 130
)

// commands are the verbs of terem, in the order in which an application meets
// them.
type commands struct {
	New     newCommand     `cmd:"" group:"Begin:" help:"Create an application."`
	Dev     devCommand     `cmd:"" group:"Begin:" help:"Serve an application during development."`
	Add     addCommand     `cmd:"" group:"Grow, by code that is yours:" help:"Write more into an application."`
	Link    linkCommand    `cmd:"" group:"Grow, by code that is yours:" help:"Let a domain call another one without importing it."`
	Remove  removeCommand  `cmd:"" group:"Take back what was written:" help:"Undo what terem add has written."`
	Unlink  unlinkCommand  `cmd:"" group:"Take back what was written:" help:"Undo what terem link has written."`
	Migrate migrateCommand `cmd:"" group:"Change the database:" help:"Work on an application's migrations."`
	DB      dbCommand      `cmd:"" name:"db" group:"Change the database:" help:"Copy, back up or restore a database."`
	Check   checkCommand   `cmd:"" group:"See the structure:" help:"Check that an application keeps its structure."`
	Map     mapCommand     `cmd:"" group:"See the structure:" help:"Show an application's structure as a plan."`
	Routes  routesCommand  `cmd:"" group:"See the structure:" help:"List an application's routes."`
	Tables  tablesCommand  `cmd:"" group:"See the structure:" help:"List an application's tables."`

	Version kong.VersionFlag `help:"Print the version and quit."`
}

// description is the beginning of the help of terem.
const description = `Terem creates Go back ends in which every domain has a folder of its own, lets them grow, and checks that they keep their structure.

    terem new shop
    cd shop
    terem add domain orders title:string total:decimal 'user:ref(users,owner)'
    go run . migrate up
    terem check
    go run . dev

What works on an application does so from any folder of it.`

// Main runs the command that args name and returns the exit status: 0, 1 after
// an error, 2 when the command line is wrong, 130 when ctx was cancelled before
// the command was finished. Without arguments it prints help.
func Main(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	switch {
	case len(args) == 0:
		args = []string{"--help"}
	case args[0] == "help":
		args = append(slices.Clone(args[1:]), "--help")
	case args[0] == "version":
		args = []string{"--version"}
	}
	answered := false // --help or --version
	c := &console{out: stdout, err: stderr}
	parser := kong.Must(new(commands),
		kong.Name("terem"), kong.Description(description), kong.NamedMapper("application", kong.MapperFunc(applicationFolder)),
		kong.Vars{"version": version()}, kong.Writers(stdout, stderr), kong.Exit(func(int) { answered = true }),
		kong.ConfigureHelp(kong.HelpOptions{WrapUpperBound: 100, Compact: true}),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(c),
	)
	parsed, err := parser.Parse(args)
	switch {
	case answered:
		return statusOK
	case err != nil:
		c.fail(misused(err, args))
		return statusUsage
	}
	err = parsed.Run()
	switch {
	case err == nil:
		return statusOK
	case errors.Is(err, context.Canceled):
		c.fail(errors.New("interrupted: nothing was changed"))
	default:
		c.fail(err)
	}
	if ctx.Err() != nil {
		return statusInterrupted
	}
	return statusError
}

// version is what --version prints.
func version() string {
	v := "(devel)"
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		v = info.Main.Version
	}
	return fmt.Sprintf("terem %s, %s %s/%s", v, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}
