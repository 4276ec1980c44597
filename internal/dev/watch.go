package dev

import (
	"context"
	"io/fs"
	"path/filepath"
	"strings"
	"time"
)

// How often the files are looked at, and how long they must stay as they are
// before a change counts as complete.
const (
	lookEvery = 300 * time.Millisecond
	settled   = 100 * time.Millisecond
)

// files are what is known of each file of an application, by its path.
type files map[string]stamp

type stamp struct {
	modified int64
	size     int64
}

// watch sends the name of a file that has changed, once for changes that belong
// together. It looks at the files again and again, rather than be told by the
// system: that works in the same way on every system, on network folders and in
// containers, and an application has few files.
func watch(ctx context.Context, dir string) <-chan string {
	changes := make(chan string)
	go func() {
		known := look(dir)
		for pause(ctx, lookEvery) {
			now := look(dir)
			name := known.difference(now)
			if name == "" {
				continue
			}
			for pause(ctx, settled) {
				next := look(dir)
				if now.difference(next) == "" {
					break
				}
				now = next
			}
			known = now
			select {
			case changes <- name:
			case <-ctx.Done():
			}
		}
	}()
	return changes
}

// look reads the times and sizes of the files that belong to an application:
// what is compiled and what may be embedded. What cannot be read is left out.
func look(dir string) files {
	found := files{}
	_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return nil
		case d.IsDir() && path != dir && foreignDir(d.Name()):
			return fs.SkipDir
		case d.IsDir(), foreignFile(d.Name()):
			return nil
		}
		if info, err := d.Info(); err == nil {
			name, _ := filepath.Rel(dir, path)
			found[name] = stamp{info.ModTime().UnixNano(), info.Size()}
		}
		return nil
	})
	return found
}

func foreignDir(name string) bool {
	return strings.HasPrefix(name, ".") || name == "node_modules" || name == "vendor" || name == "testdata"
}

// foreignFile reports whether a file is none of the application's: a test, a
// database, what editors leave for a moment.
func foreignFile(name string) bool {
	if strings.HasPrefix(name, ".") {
		return name != ".env"
	}
	for _, suffix := range []string{"_test.go", "~", ".swp", ".tmp", ".db"} {
		if strings.HasSuffix(name, suffix) {
			return true
		}
	}
	return strings.Contains(name, ".db-") // what SQLite and migrations keep beside a database
}

// difference returns the name of a file that is not the same in both, or "".
func (f files) difference(other files) string {
	for name, s := range other {
		if f[name] != s {
			return name
		}
	}
	for name := range f {
		if _, ok := other[name]; !ok {
			return name
		}
	}
	return ""
}

// pause waits and reports false when ctx ends first.
func pause(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}
