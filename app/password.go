package app

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// ReadPassword asks for a password at the terminal without showing it, or reads the
// first line of what is piped into standard input. It is for commands.
func ReadPassword(out io.Writer) (string, error) {
	if stdin := int(os.Stdin.Fd()); term.IsTerminal(stdin) {
		fmt.Fprint(out, "Password: ")
		b, err := term.ReadPassword(stdin)
		fmt.Fprintln(out)
		return string(b), err
	}
	line, err := bufio.NewReader(os.Stdin).ReadString('\n')
	if line == "" && err != nil {
		return "", errors.New("no password: type it at a terminal, or pipe it in")
	}
	return strings.TrimRight(line, "\r\n"), nil
}
