package scaffold

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// target is the folder that becomes an application.
type target struct {
	dir    string // absolute
	exists bool   // it is there already, and empty
	near   string // the nearest folder above that is there
}

// inspect says what is at dir, and refuses what cannot become an application.
func inspect(dir string) (target, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return target{}, err
	}
	t := target{dir: abs, near: filepath.Dir(abs)}
	entries, err := os.ReadDir(abs)
	switch {
	case err == nil && len(entries) > 0:
		return t, fmt.Errorf("%s is not empty. Name a folder that is empty or does not exist yet", abs)
	case err == nil:
		t.exists = true
		return t, nil
	case errors.Is(err, syscall.ENOTDIR):
		return t, fmt.Errorf("%s is a file, or below one. Name a folder that is empty or does not exist yet", abs)
	case !errors.Is(err, fs.ErrNotExist):
		return t, cannotWrite(err)
	}
	for {
		info, err := os.Stat(t.near)
		switch {
		case errors.Is(err, fs.ErrNotExist) && t.near != filepath.Dir(t.near):
			t.near = filepath.Dir(t.near)
		case err != nil:
			return t, cannotWrite(err)
		case !info.IsDir():
			return t, fmt.Errorf("%s is a file. Name a folder elsewhere", t.near)
		default:
			return t, nil
		}
	}
}

// write puts the files into the target: all of them, or none after an error or
// when ctx ends. They are written into a temporary folder first and then moved,
// so that not even a crash leaves half an application under its name. undo
// removes them again.
func (t target) write(ctx context.Context, files []File) (undo func(), err error) {
	stage := filepath.Join(filepath.Dir(t.dir), "."+filepath.Base(t.dir)+"-"+rand.Text())
	if t.exists {
		stage = filepath.Join(t.dir, ".new-"+rand.Text())
	}
	undo = func() {
		_ = os.RemoveAll(stage)
		if !t.exists {
			t.removeParents()
		}
	}
	for _, f := range files {
		if err = ctx.Err(); err == nil {
			err = f.write(stage)
		}
		if err != nil {
			undo()
			return nil, cannotWrite(err)
		}
	}
	if !t.exists {
		if err := os.Rename(stage, t.dir); err != nil {
			undo()
			return nil, cannotWrite(err)
		}
		return func() { _ = os.RemoveAll(t.dir); t.removeParents() }, nil
	}
	return t.moveInto(stage)
}

// moveInto moves what is in the stage into the folder around it, which keeps
// its own permissions and may be somebody's working directory.
func (t target) moveInto(stage string) (undo func(), err error) {
	entries, err := os.ReadDir(stage)
	var moved []string
	undo = func() {
		for _, name := range moved {
			_ = os.RemoveAll(name)
		}
		_ = os.RemoveAll(stage)
	}
	for _, e := range entries {
		to := filepath.Join(t.dir, e.Name())
		if err = os.Rename(filepath.Join(stage, e.Name()), to); err != nil {
			break
		}
		moved = append(moved, to)
	}
	if err == nil {
		err = os.Remove(stage)
	}
	if err != nil {
		undo()
		return nil, cannotWrite(err)
	}
	return undo, nil
}

// removeParents removes the folders above the target that were made for it.
func (t target) removeParents() {
	for dir := filepath.Dir(t.dir); dir != t.near; dir = filepath.Dir(dir) {
		if os.Remove(dir) != nil {
			return
		}
	}
}

// write creates the file below dir. The folders get the permissions that the
// user's umask leaves.
func (f File) write(dir string) error {
	name := filepath.Join(dir, filepath.FromSlash(f.Path))
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		return err
	}
	mode := fs.FileMode(0o666)
	if f.Local {
		mode = 0o600
	}
	return os.WriteFile(name, f.Data, mode)
}

// cannotWrite says what to do about an error of the file system.
func cannotWrite(err error) error {
	switch {
	case errors.Is(err, context.Canceled):
		return err
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%w. Name a folder that you may write to", err)
	case errors.Is(err, syscall.ENOSPC):
		return fmt.Errorf("%w. Make room, or name a folder on another disk", err)
	}
	return err
}
