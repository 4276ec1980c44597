package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/alecthomas/kong"
)

// misused returns the error about a wrong command line, with where to read how it
// is right.
func misused(err error, args []string) error {
	command := "terem"
	if e, ok := errors.AsType[*kong.ParseError](err); ok {
		if n := e.Context.Selected(); n != nil {
			command += " " + n.Path()
			if len(n.Children) > 0 && args[len(args)-1] == n.Name {
				return fmt.Errorf("%s needs one word more: %s. See: %s --help", command, names(n.Children), command)
			}
		}
	}
	text := err.Error()
	if flag, _, found := strings.Cut(text, ": expected "); found && strings.Contains(text, `but got "EOL"`) {
		text = flag + " needs a value"
	}
	if !strings.HasSuffix(text, "?") {
		text += "."
	}
	return fmt.Errorf("%s See: %s --help", text, command)
}

// names lists commands.
func names(commands []*kong.Node) string {
	var list []string
	for _, n := range commands {
		list = append(list, n.Name)
	}
	last := len(list) - 1
	return strings.Join(list[:last], ", ") + " or " + list[last]
}
