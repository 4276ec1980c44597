package application

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// Broken returns what would no longer compile, tests included, if files had other contents, or nil contents if they
// were not there: the compiler's complaints that it does not have about the application as it is. The files are named
// absolutely, as change.Set.Overlay does.
func (a *Application) Broken(ctx context.Context, files map[string][]byte) ([]string, error) {
	dir, err := os.MkdirTemp("", "terem-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	replace := map[string]string{}
	for name, data := range files {
		replace[name] = ""
		if data == nil {
			continue
		}
		replace[name] = filepath.Join(dir, fmt.Sprint(len(replace)))
		if err := os.WriteFile(replace[name], data, 0o600); err != nil {
			return nil, err
		}
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return nil, err
	}
	name := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(name, overlay, 0o600); err != nil {
		return nil, err
	}
	broken, err := a.complaints(ctx, "-overlay="+name)
	if err != nil || len(broken) == 0 {
		return nil, err
	}
	before, err := a.complaints(ctx)
	return slices.DeleteFunc(broken, func(line string) bool { return slices.Contains(before, line) }), err
}

// complaints compiles all packages of the application and their tests.
func (a *Application) complaints(ctx context.Context, flags ...string) (list []string, err error) {
	packages, err := a.list(ctx, append(flags, "-test", "./...")...)
	for _, p := range packages {
		if p.Error == nil {
			continue
		}
		for line := range strings.Lines(p.Error.Err) {
			line = strings.TrimRight(line, "\n")
			if !strings.HasPrefix(line, "# ") && line != "" && !slices.Contains(list, line) {
				list = append(list, line)
			}
		}
	}
	slices.Sort(list)
	return list, err
}

// listed is a package as the go command describes it.
type listed struct {
	ImportPath, Export string
	Error              *struct{ Err string }
}

// list has the go command compile packages and describe them. Those that do not compile have an Error.
func (a *Application) list(ctx context.Context, args ...string) (packages []listed, err error) {
	cmd := exec.CommandContext(ctx, "go", append([]string{"list", "-e", "-export", "-json=ImportPath,Export,Error"}, args...)...)
	cmd.Dir = a.Dir
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, fmt.Errorf("go list: %w: %s", err, strings.TrimSpace(stderr.String()))
	}
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return packages, nil
		} else if err != nil {
			return nil, fmt.Errorf("go list: %w", err)
		}
		packages = append(packages, p)
	}
}
