package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/terem-go/terem/bench/serve"
)

// build builds the contestants that are programs of their own, and that rows to
// be measured need.
func (h *harness) build(ctx context.Context) error {
	executable, err := os.Executable()
	if err != nil {
		return err
	}
	h.programs[self] = executable
	needs := func(p program) bool { return h.wants(func(_ row, e entry) bool { return e.program == p }) }
	if needs(gorm) {
		if err := h.buildIn(ctx, gorm, ".", "./gorm"); err != nil {
			return err
		}
	}
	switch {
	case !needs(pocketbase):
	case h.quick && len(h.only) == 0:
		h.notes = append(h.notes, "PocketBase is left out: building it takes a minute, which -quick does not have; name it in -only")
	default:
		if err := h.buildIn(ctx, pocketbase, "pocketbase", "."); err != nil {
			h.notes = append(h.notes, "PocketBase is left out: "+err.Error())
		}
	}
	return nil
}

// buildIn builds a package of the module in a directory.
func (h *harness) buildIn(ctx context.Context, p program, dir, pkg string) error {
	if _, err := os.Stat("pocketbase/go.mod"); err != nil {
		return fmt.Errorf("run the bench in its own directory, where it finds the other programs: %w", err)
	}
	path := filepath.Join(h.dir, string(p))
	cmd := exec.CommandContext(ctx, "go", "build", "-o", path, pkg)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("it cannot be built: %w\n%s", err, out)
	}
	h.programs[p] = path
	return nil
}

// prepare returns what makes the command of a contestant.
func (h *harness) prepare(e entry) func(serve.Flags) *exec.Cmd {
	path := h.programs[e.program]
	return func(f serve.Flags) *exec.Cmd {
		switch e.program {
		case gorm:
			return exec.Command(path, f.Args()...)
		case pocketbase:
			cmd := exec.Command(path, "serve", "--dir", f.DB, "--http", f.Addr, "--dev=false")
			cmd.Env = append(os.Environ(), "BENCH_DEBUG="+f.Debug)
			return cmd
		}
		return exec.Command(path, append([]string{contestantCommand, e.run}, f.Args()...)...)
	}
}
