package structure

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
)

// listed is what go list tells of a package.
type listed struct {
	ImportPath, Dir, Name string
	GoFiles, CgoFiles     []string
	Export                string // the file with what it exports
	Module                *struct{ GoVersion string }
	Error                 *struct{ Pos, Err string }
	DepsErrors            []*struct{ Pos, Err string }
}

// goList runs go list in a folder. Packages that are wrong are listed with their
// errors.
func goList(ctx context.Context, dir string, args ...string) ([]*listed, error) {
	cmd := exec.CommandContext(ctx, "go", append([]string{"list", "-e"}, args...)...)
	cmd.Dir = dir
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	switch text := strings.TrimSpace(complaint.String()); {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.Is(err, exec.ErrNotFound):
		return nil, errors.New("the go command is not there: terem reads applications with it, see https://go.dev/dl")
	case err != nil && text == "":
		return nil, fmt.Errorf("go list in %s: %w", dir, err)
	case err != nil:
		return nil, fmt.Errorf("go list in %s: %s", dir, text)
	}
	var list []*listed
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		p := new(listed)
		if err := d.Decode(p); err == io.EOF {
			return list, nil
		} else if err != nil {
			return nil, fmt.Errorf("go list in %s: %w", dir, err)
		}
		list = append(list, p)
	}
}
