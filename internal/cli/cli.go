// Package cli is the command terem: one file for each of its verbs.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"

	"github.com/alecthomas/kong"
)

// The exit statuses of terem.
const (
	statusOK          = 0
	statusError       = 1
	statusUsage       = 2
	statusInterrupted = 130
)

// commands are the verbs of terem.
type commands struct {
	New     newCommand     `cmd:"" help:"Create an application."`
	Dev     devCommand     `cmd:"" help:"Serve an application during development."`
	Migrate migrateCommand `cmd:"" help:"Work on an application's migrations."`
	Add     addCommand     `cmd:"" help:"Write more into an application."`
	Remove  removeCommand  `cmd:"" help:"Undo what terem add has written."`
	Link    linkCommand    `cmd:"" help:"Let a domain call another one without importing it."`
	Unlink  unlinkCommand  `cmd:"" help:"Undo what terem link has written."`

	Version kong.VersionFlag `help:"Print the version and quit."`
}

// Main runs the command that args name and returns the exit status: 0, 1 after
// an error, 2 when the command line is wrong, 130 when ctx was cancelled before
// the command was finished. Without arguments it prints help.
func Main(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	if len(args) == 0 {
		args = []string{"--help"}
	}
	answered := false // --help or --version
	c := &console{out: stdout, err: stderr}
	parser := kong.Must(new(commands),
		kong.Name("terem"), kong.Description("Terem creates Go back ends in which every domain has a folder of its own."),
		kong.Vars{"version": version()}, kong.Writers(stdout, stderr), kong.Exit(func(int) { answered = true }),
		kong.ConfigureHelp(kong.HelpOptions{WrapUpperBound: 100}),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(c),
	)
	parsed, err := parser.Parse(args)
	switch {
	case answered:
		return statusOK
	case err != nil:
		c.fail(fmt.Errorf("%w. See: terem --help", err))
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
