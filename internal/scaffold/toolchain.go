package scaffold

import (
	"bytes"
	"context"
	"fmt"
	"go/version"
	"os"
	"os/exec"
	"strings"
)

// toolchain is what the go command says of itself.
type toolchain struct {
	root string // of the standard library
	work string // the go.work around the application, or ""
}

// findToolchain checks that there is a go command that can compile the library.
// dir is an existing folder at or above the application's.
func findToolchain(ctx context.Context, c *Checkout, dir string) (toolchain, error) {
	need := c.mod.Go.Version
	if _, err := exec.LookPath("go"); err != nil {
		return toolchain{}, fmt.Errorf("the command go is not in PATH. Install Go %s or newer: https://go.dev/dl/", need)
	}
	out, err := goCommand(ctx, c.Dir, "env", "GOVERSION", "GOROOT")
	if err != nil {
		return toolchain{}, fmt.Errorf("the go command does not work: %w", err)
	}
	found, root, _ := strings.Cut(out, "\n")
	if version.IsValid(found) && version.Compare(found, "go"+need) < 0 {
		return toolchain{}, fmt.Errorf("the application needs Go %s or newer, and this is %s. Install it: https://go.dev/dl/", need, found)
	}
	work, err := command(ctx, dir, "env", "GOWORK").Output()
	if err != nil {
		return toolchain{}, fmt.Errorf("the go command does not work in %s: %w", dir, err)
	}
	t := toolchain{root: root, work: strings.TrimSpace(string(work))}
	if t.work == "off" {
		t.work = ""
	}
	return t, nil
}

// command is a run of the go command in dir.
func command(ctx context.Context, dir string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = dir
	return cmd
}

// goCommand runs the go command in dir, outside of any workspace, and returns
// what it prints. An error holds what it complains of, in one line.
func goCommand(ctx context.Context, dir string, args ...string) (string, error) {
	cmd := command(ctx, dir, args...)
	cmd.Env = append(os.Environ(), "GOWORK=off")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	if err != nil {
		var complaint []string
		for line := range strings.Lines(stderr.String()) {
			line = strings.TrimPrefix(strings.TrimSpace(line), "go: ")
			if !strings.HasPrefix(line, "downloading ") && !strings.HasPrefix(line, "finding ") {
				complaint = append(complaint, line)
			}
		}
		return "", fmt.Errorf("go %s: %s (%w)", args[0], strings.Join(complaint, " "), err)
	}
	return strings.TrimSpace(string(out)), nil
}
