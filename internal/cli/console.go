package cli

import (
	"fmt"
	"io"
	"os"

	"golang.org/x/term"
)

// console is where a command prints.
type console struct{ out, err io.Writer }

// The codes of ECMA-48 for what is printed in colour.
const (
	bold = "1"
	red  = "31"
)

// say prints a line of the command's output.
func (c *console) say(format string, args ...any) { fmt.Fprintf(c.out, format+"\n", args...) }

// progress prints a sentence about what is about to take long.
func (c *console) progress(sentence string) { fmt.Fprintln(c.err, sentence+" …") }

// fail prints an error.
func (c *console) fail(err error) {
	fmt.Fprintln(c.err, paint(c.err, red, "error:"), err)
}

// paint returns the text in a colour if w is a terminal and NO_COLOR is not set.
func paint(w io.Writer, code, text string) string {
	f, ok := w.(*os.File)
	if !ok || os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "dumb" || !term.IsTerminal(int(f.Fd())) {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}
