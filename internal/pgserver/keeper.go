package pgserver

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"
)

// keeperScript makes the first directory that it can of its arguments, says
// which, and waits for the end of its input: the Go process has ended, or wants
// the server to. Until then the input tells how to end each program that starts,
// and gives an empty line when it is gone.
//
// Only that program gets the signal: it takes its children along, and those of
// initdb would leave shared memory behind. Each of them holds the other end of
// file 3, so cat returns when the last is gone. A postmaster that was killed
// leaves a segment of shared memory, whose number is in its pid file.
const keeperScript = `
trap '' PIPE # the Go process may be gone before it reads the answer
for dir; do
	mkdir -m 700 "$dir" && break
	dir=
done
echo "$dir"
[ -n "$dir" ] || exit 1
end=
while read -r line; do end=$line; done
[ -z "$end" ] || kill $end 2>/dev/null
cat <&3
segment=$(sed -n '7s/.* //p' "$dir/data/postmaster.pid" 2>/dev/null)
[ -z "$segment" ] || ipcrm -m "$segment"
rm -rf "$dir"
`

// announceScript tells the keeper how to end a program, and becomes that
// program. It holds the keeper's input open until it has told it, so the Go
// process cannot end in between.
const announceScript = `echo "$0 $$" >&3 && exec 3>&- "$@"`

// keeper is a shell that makes the directory of a server, and outlives the Go
// process for as long as it takes to end the server and remove the directory.
type keeper struct {
	dir      string
	cmd      *exec.Cmd
	attr     *syscall.SysProcAttr // of the keeper and its programs
	lifeline *os.File             // writes the keeper's input
	alive    *os.File             // held by every program, for file 3 of the keeper
	log      tail
}

// newKeeper starts a keeper with the first of the directories that it can make.
func newKeeper(attr *syscall.SysProcAttr, dirs []string) (*keeper, error) {
	k := &keeper{attr: attr}
	if err := k.launch(dirs); err != nil {
		return nil, fmt.Errorf("pgserver: making a directory: %w", err)
	}
	return k, nil
}

func (k *keeper) launch(dirs []string) error {
	input, lifeline, err := os.Pipe()
	if err != nil {
		return err
	}
	defer input.Close()
	gone, alive, err := os.Pipe()
	if err != nil {
		return errors.Join(err, lifeline.Close())
	}
	defer gone.Close()
	k.lifeline, k.alive = lifeline, alive

	k.cmd = k.shell(keeperScript, "keeper", dirs...)
	k.cmd.Stdin, k.cmd.Stderr = input, &k.log
	k.cmd.ExtraFiles = []*os.File{gone}
	answer, err := k.cmd.StdoutPipe()
	if err == nil {
		err = k.cmd.Start()
	}
	if err != nil {
		return errors.Join(err, lifeline.Close(), alive.Close())
	}
	line, err := bufio.NewReader(answer).ReadString('\n')
	k.dir = strings.TrimSuffix(line, "\n")
	if err != nil || k.dir == "" {
		return errors.Join(err, k.release())
	}
	return nil
}

// shell prepares a script that runs in a session of its own, where Ctrl-C in
// the terminal does not reach it.
func (k *keeper) shell(script, name string, args ...string) *exec.Cmd {
	cmd := exec.Command("/bin/sh", append([]string{"-c", script, name}, args...)...)
	cmd.Dir = "/" // the account may not be allowed to see the current one
	cmd.Env = environment()
	cmd.SysProcAttr = k.attr
	return cmd
}

// release ends what still runs, removes the directory, and returns when both
// are done.
func (k *keeper) release() error {
	ended := make(chan error, 1)
	err := errors.Join(k.lifeline.Close(), k.alive.Close())
	go func() { ended <- k.cmd.Wait() }()
	select {
	case failed := <-ended:
		if failed != nil {
			err = errors.Join(err, fmt.Errorf("pgserver: the shell that keeps %q: %w\n%s", k.dir, failed, &k.log))
		}
	case <-time.After(limit):
		err = errors.Join(err, fmt.Errorf("pgserver: the server in %s has not stopped in %s", k.dir, limit))
	}
	return err
}

// environment returns the variables of this process without those that change
// what PostgreSQL does. On macOS the postmaster does not start without a locale.
func environment() []string {
	vars := slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "PG") })
	return append(vars, "LC_ALL=C")
}
