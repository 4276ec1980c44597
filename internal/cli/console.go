package cli

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/terem-go/terem/internal/terminal"
)

// console is where a command prints.
type console struct{ out, err io.Writer }

// say prints a line of the command's output.
func (c *console) say(format string, args ...any) { fmt.Fprintf(c.out, format+"\n", args...) }

// progress prints a sentence about what is about to take long.
func (c *console) progress(sentence string) { fmt.Fprintln(c.err, sentence+" …") }

// warn prints a line that does not belong to the output.
func (c *console) warn(format string, args ...any) { fmt.Fprintf(c.err, format+"\n", args...) }

// fail prints an error.
func (c *console) fail(err error) {
	fmt.Fprintln(c.err, terminal.Paint(c.err, terminal.Red, "error:"), err)
}

// json prints a value for programs.
func (c *console) json(v any) error {
	e := json.NewEncoder(c.out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
