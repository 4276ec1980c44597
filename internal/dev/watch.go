package dev

import (
	"context"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// How often files are looked at, and how long nothing must change until a burst
// of changes counts as over; one that never ends is cut after rounds times that.
const (
	interval = 300 * time.Millisecond
	settle   = 100 * time.Millisecond
	rounds   = 20
)

// files are those that the program may be made of, by their paths.
type files map[string]stamp

type stamp struct {
	modified time.Time
	size     int64
}

// watch sends the sorted paths of files that have changed since it was called,
// those of a burst together, until ctx ends.
//
// It looks at every file again and again rather than ask the system to tell: that
// needs no further dependency, and works alike on every system, in containers
// and on network drives. A folder of very many files is looked at less often.
func watch(ctx context.Context, dir string) <-chan []string {
	changes := make(chan []string)
	known := scan(dir)
	go func() {
		var took time.Duration
		for pause(ctx, max(interval, 10*took)) {
			began := time.Now()
			now := scan(dir)
			took = time.Since(began)
			if maps.Equal(known, now) {
				continue
			}
			for range rounds {
				before := now
				if !pause(ctx, settle) {
					return
				}
				if now = scan(dir); maps.Equal(before, now) {
					break
				}
			}
			changed := differences(known, now)
			known = now
			if len(changed) == 0 {
				continue
			}
			select {
			case changes <- changed:
			case <-ctx.Done():
			}
		}
	}()
	return changes
}

// scan looks at the files of a folder. Those that vanish meanwhile, or cannot be
// read, are not there.
func scan(dir string) files {
	found := files{}
	top := dir + string(filepath.Separator) // the folder that is meant if it is a symbolic link
	_ = filepath.WalkDir(top, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return nil
		}
		if d.IsDir() {
			if path != top && ignoredDir(d.Name(), filepath.Dir(path) == filepath.Clean(dir)) {
				return fs.SkipDir
			}
			return nil
		}
		info, err := d.Info()
		if d.Type()&fs.ModeSymlink != 0 {
			info, err = os.Stat(path)
		}
		if rel, _ := filepath.Rel(dir, path); err == nil && info.Mode().IsRegular() && !ignored(d.Name()) {
			found[filepath.ToSlash(rel)] = stamp{info.ModTime(), info.Size()}
		}
		return nil
	})
	return found
}

// ignoredDir reports whether a folder of that name is not looked into. Further down a
// folder vendor is no module's, but of assets: static/vendor/htmx.js.
func ignoredDir(name string, top bool) bool {
	return strings.HasPrefix(name, ".") || name == "node_modules" || name == "testdata" || top && name == "vendor"
}

// ignored reports whether a file of that name is no part of the program: tests,
// databases, logs, and what editors leave beside a file.
func ignored(name string) bool {
	if strings.HasPrefix(name, ".") {
		return name != dotenv
	}
	for _, suffix := range []string{"_test.go", ".log", "~"} {
		if strings.HasSuffix(name, suffix) {
			return true
		}
	}
	ext, _, _ := strings.Cut(filepath.Ext(name), "-") // SQLite's own files beside one have -wal, -shm, -journal
	return ext == ".db" || ext == ".sqlite" || ext == ".sqlite3"
}

// differences returns the sorted paths of what is not the same in both.
func differences(a, b files) []string {
	changed := map[string]bool{}
	for path, s := range a {
		changed[path] = b[path] != s
	}
	for path, s := range b {
		changed[path] = a[path] != s
	}
	maps.DeleteFunc(changed, func(_ string, c bool) bool { return !c })
	return slices.Sorted(maps.Keys(changed))
}

// pause waits, and reports whether ctx goes on.
func pause(ctx context.Context, d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-ctx.Done():
		return false
	}
}
