package terminal

import (
	"io"
	"os"

	"golang.org/x/term"
)

// Width returns how many characters a line of w has if it is a terminal, else 0.
func Width(w io.Writer) int {
	f, ok := w.(*os.File)
	if !ok {
		return 0
	}
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0
	}
	return width
}
