package app

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"golang.org/x/term"
)

// ReadPassword asks for a password at the terminal without showing it, or reads the
// first line of what is piped into standard input. It is for commands. SIGINT and
// SIGTERM end the asking with an error.
func ReadPassword(out io.Writer) (string, error) {
	if stdin := int(os.Stdin.Fd()); term.IsTerminal(stdin) {
		return ask(stdin, out)
	}
	line, err := bufio.NewReader(os.Stdin).ReadString('\n')
	if line == "" && err != nil {
		return "", errors.New("no password: type it at a terminal, or pipe it in")
	}
	return strings.TrimRight(line, "\r\n"), nil
}

var errInterrupted = errors.New("interrupted before there was a password")

// ask reads a password at a terminal. Main has caught the signal of Ctrl-C, so that
// the wait for a line would go on, and a second one would end the program and leave a
// terminal that shows nothing of what is typed.
func ask(terminal int, out io.Writer) (string, error) {
	before, err := term.GetState(terminal)
	if err != nil {
		return "", err
	}
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(signals)
	type answer struct {
		text []byte
		err  error
	}
	typed := make(chan answer, 1)
	fmt.Fprint(out, "Password: ")
	go func() {
		text, err := term.ReadPassword(terminal)
		typed <- answer{text, err}
	}()
	select {
	case a := <-typed:
		fmt.Fprintln(out)
		return string(a.text), a.err
	case <-signals:
		fmt.Fprintln(out)
		return "", errors.Join(errInterrupted, term.Restore(terminal, before))
	}
}
