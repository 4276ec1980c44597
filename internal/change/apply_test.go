package change_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/internal/change"
)

// ending is a context that ends when it is asked for the n-th time whether it has.
type ending struct {
	context.Context
	left atomic.Int32
}

func (e *ending) Err() error {
	if e.left.Add(-1) < 0 {
		return context.Canceled
	}
	return nil
}

// meddling is a context that runs a function each time that it is asked whether it
// has ended.
type meddling struct {
	context.Context
	do func() error
}

func (m *meddling) Err() error { return m.do() }

// What cannot be put back, because something else stands in its place by then, is
// kept.
func TestUndoThatFails(t *testing.T) {
	t.Parallel()
	dir := shop(t)
	main := filepath.Join(dir, "main.go")
	before, err := os.ReadFile(main)
	if err != nil {
		t.Fatal(err)
	}
	s := open(t, dir)
	add(s, "orders")
	err = s.Apply(&meddling{t.Context(), func() error {
		if now, err := os.ReadFile(main); err != nil || string(now) == string(before) {
			return nil
		}
		if err := errors.Join(os.Remove(main), os.MkdirAll(filepath.Join(main, "in", "the", "way"), 0o777)); err != nil {
			t.Error(err)
		}
		return context.Canceled
	}})
	if err == nil || errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "has the files from before") || strings.Contains(err.Error(), "nothing was changed") {
		t.Fatalf("the error is %v", err)
	}
	kept, _ := filepath.Glob(filepath.Join(dir, ".terem", ".*", "*.old"))
	for _, name := range kept {
		if text, _ := os.ReadFile(name); string(text) == string(before) {
			return
		}
	}
	t.Errorf("main.go as it was is in none of %v", kept)
}

// An interruption at any moment changes nothing, be it of an addition or of its
// undoing.
func TestInterruption(t *testing.T) {
	t.Parallel()
	dir := shop(t)
	for _, do := range []func(*change.Set){
		func(s *change.Set) { add(s, "orders") },
		func(s *change.Set) { s.Undo(*s.Manifest().Entry("add domain", "orders"), false) },
	} {
		for n := int32(0); ; n++ {
			before := tree(t, dir)
			s := open(t, dir)
			do(s)
			ctx := &ending{Context: t.Context()}
			ctx.left.Store(n)
			err := s.Apply(ctx)
			if err == nil {
				if n < 10 {
					t.Errorf("done after %d questions", n)
				}
				break
			}
			if !errors.Is(err, context.Canceled) {
				t.Fatal(err)
			}
			if diff := cmp.Diff(before, tree(t, dir)); diff != "" {
				t.Fatalf("after %d questions there is (-before +after):\n%s", n, diff)
			}
		}
	}
}

// A failure in the middle changes nothing either.
func TestFailure(t *testing.T) {
	t.Parallel()
	dir := shop(t)
	s := open(t, dir)
	add(s, "orders")
	write(t, filepath.Join(dir, "nav.html"), "meanwhile\n")
	before := tree(t, dir)
	if err := s.Apply(t.Context()); err == nil || err.Error() != "nothing was changed: nav.html has changed meanwhile: run the command again" {
		t.Error(err)
	}
	if diff := cmp.Diff(before, tree(t, dir)); diff != "" {
		t.Errorf("(-before +after):\n%s", diff)
	}
	s = open(t, dir)
	add(s, "orders")
	write(t, filepath.Join(dir, "orders"), "a file where a folder is to be\n")
	before = tree(t, dir)
	if err := s.Apply(t.Context()); err == nil || !strings.Contains(err.Error(), "not a directory") {
		t.Error(err)
	}
	if diff := cmp.Diff(before, tree(t, dir)); diff != "" {
		t.Errorf("(-before +after):\n%s", diff)
	}
}

// A file behind a symbolic link stays behind it.
func TestSymbolicLink(t *testing.T) {
	t.Parallel()
	dir := shop(t)
	real := filepath.Join(t.TempDir(), "nav.html")
	if err := os.Rename(filepath.Join(dir, "nav.html"), real); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(real, filepath.Join(dir, "nav.html")); err != nil {
		t.Skip(err)
	}
	s := open(t, dir)
	add(s, "orders")
	apply(t, s)
	if text := read(t, real); !strings.Contains(text, "orders") {
		t.Errorf("%s has\n%s", real, text)
	}
}

// Two commands at once do not undo each other's work: what was done is there.
func TestTwoAtOnce(t *testing.T) {
	t.Parallel()
	for n := range 12 {
		dir := shop(t)
		first, second := open(t, dir), open(t, dir)
		add(first, "orders")
		add(second, "bills")
		asked, errs := 0, map[string]error{}
		errs["orders"] = first.Apply(&meddling{t.Context(), func() error {
			if asked++; asked == n+1 {
				errs["bills"] = second.Apply(t.Context())
			}
			return nil
		}})
		if asked <= n {
			break
		}
		if errs["orders"] != nil && errs["bills"] != nil {
			t.Errorf("at question %d neither was done: %v", n, errs)
		}
		text, m := read(t, filepath.Join(dir, "main.go")), open(t, dir).Manifest()
		for name, err := range errs {
			if there := strings.Contains(text, name) && m.Entry("add domain", name) != nil; there != (err == nil) {
				t.Errorf("at question %d, %s: there is %t after the error %v", n, name, there, err)
			}
		}
	}
}

// What a command that was killed has left is not taken for the work of its owner.
func TestAfterAKill(t *testing.T) {
	t.Parallel()
	dir := shop(t)
	left := filepath.Join(dir, ".terem", ".change")
	if err := os.Mkdir(left, 0o777); err != nil {
		t.Fatal(err)
	}
	s := open(t, dir)
	add(s, "orders")
	if err := s.Apply(t.Context()); err == nil || !strings.Contains(err.Error(), "nothing was changed: "+left+" is there") || !strings.Contains(err.Error(), "remove that folder") {
		t.Fatal(err)
	}
	if err := os.Remove(left); err != nil {
		t.Fatal(err)
	}
	apply(t, s)
}
