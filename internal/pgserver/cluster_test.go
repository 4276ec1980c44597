package pgserver_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func TestTemplateIsMadeOnceAndRepaired(t *testing.T) {
	t.Parallel()
	temp, cache := openDir(t), t.TempDir()
	startAndStop := func() {
		if out, err := child(t, "stop", temp, cache).CombinedOutput(); err != nil {
			t.Errorf("%v: %s", err, out)
		}
	}
	onlyFile := func() (string, os.FileInfo) {
		t.Helper()
		var files []string
		err := filepath.WalkDir(cache, func(path string, d os.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				files = append(files, path)
			}
			return err
		})
		if err != nil || len(files) != 1 {
			t.Fatalf("files in the cache: %q, %v", files, err)
		}
		info, err := os.Stat(files[0])
		if err != nil {
			t.Fatal(err)
		}
		return files[0], info
	}

	var wg sync.WaitGroup
	for range 3 {
		wg.Go(startAndStop)
	}
	wg.Wait()
	template, made := onlyFile()

	startAndStop()
	if _, used := onlyFile(); !os.SameFile(made, used) {
		t.Error("the template was made again without need")
	}

	if err := os.Truncate(template, made.Size()/2); err != nil {
		t.Fatal(err)
	}
	startAndStop()
	if _, repaired := onlyFile(); repaired.Size() != made.Size() {
		t.Errorf("a damaged template has %d bytes after the next start, want %d", repaired.Size(), made.Size())
	}
	await(t, temp, 0)
}

func TestStartGivesUpWithItsContext(t *testing.T) {
	t.Parallel()
	temp := openDir(t)
	out, err := child(t, "impatient", temp, t.TempDir()).CombinedOutput()
	if err == nil {
		t.Error("started in no time")
	}
	if want := "initdb has not finished"; !strings.Contains(string(out), want) || !strings.Contains(string(out), context.DeadlineExceeded.Error()) {
		t.Errorf("got %q, want %q", out, want)
	}
	if left, err := filepath.Glob(filepath.Join(temp, "*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %q, %v", left, err)
	}
}

func TestTemporaryDirectoryTooLongForASocket(t *testing.T) {
	t.Parallel()
	temp := filepath.Join(openDir(t), strings.Repeat("long", 20))
	if err := os.Mkdir(temp, 0o777); err != nil {
		t.Fatal(err)
	}
	if out, err := child(t, "stop", temp, t.TempDir()).CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}
