// Package terminal prints in colour where there are colours.
package terminal

import (
	"io"
	"os"

	"golang.org/x/term"
)

// The codes of ECMA-48 for what is printed in colour.
const (
	Bold = "1"
	Red  = "31"
)

// Paint returns the text in a colour if w is a terminal and NO_COLOR is not set.
func Paint(w io.Writer, code, text string) string {
	f, ok := w.(*os.File)
	if !ok || os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "dumb" || !term.IsTerminal(int(f.Fd())) {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}
