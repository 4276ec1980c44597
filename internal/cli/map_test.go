package cli_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/internal/structure"
	"github.com/terem-go/terem/internal/structure/plan"
)

func TestMap(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "map.html")
	if status, out, complaint := terem(t, "map", "--dir", template, "-o", file); status != 0 || out != "" || complaint != "" {
		t.Errorf("status %d, printed %q and %q", status, out, complaint)
	}
	html, err := os.ReadFile(file)
	if err != nil || !strings.HasPrefix(string(html), "<!doctype html>") || !strings.Contains(string(html), `data-room="services/notifications"`) {
		t.Errorf("the page (error %v) begins with %.200s", err, html)
	}

	status, out, _ := terem(t, "map", "--dir", template, "--mermaid")
	golden := filepath.Join("testdata", "map-mermaid.golden")
	if *update {
		write(t, golden, out)
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), out); diff != "" || status != 0 {
		t.Errorf("status %d, %s (-want +got); if this is meant, run: go test ./internal/cli -run TestMap -update\n%s", status, golden, diff)
	}
}

func TestMapCheck(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "map.json")
	again := "terem map --json -o " + file
	check := func() (int, string, string) {
		t.Helper()
		return terem(t, "map", "--dir", template, "--check", file)
	}
	if status, out, complaint := check(); status != 1 || out != "" || complaint != "error: there is no "+file+". To record the structure: "+again+"\n" {
		t.Errorf("without a record: status %d, printed %q and %q", status, out, complaint)
	}
	if status, out, complaint := terem(t, "map", "--dir", template, "--json", "-o", file); status != 0 || out != "" || complaint != "" {
		t.Fatalf("recording: status %d, printed %q and %q", status, out, complaint)
	}
	if status, out, complaint := check(); status != 0 || out != "the structure is as recorded in "+file+"\n" || complaint != "" {
		t.Errorf("at once: status %d, printed %q and %q", status, out, complaint)
	}

	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	app, err := plan.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	recorded := strings.Replace(string(text), `"policy": "users.Superuser"`, `"policy": "api.Public"`, 1)
	recorded = strings.ReplaceAll(recorded, "\"name\": \"users\",\n      \"model\"", "\"name\": \"people\",\n      \"model\"")
	write(t, file, recorded)
	route := app.Routes[routeOf(app, "users.Superuser")]
	want := "~ route " + route.Method + " " + route.Path + ": policy users.Superuser, was api.Public\n- table people\n+ table users\n"
	status, out, complaint := check()
	if status != 1 || out != want || complaint != "error: 3 differences from "+file+". If this is meant, record the structure again: "+again+"\n" {
		t.Errorf("after changes: status %d, printed\n%s\nwant\n%s\non standard error: %q", status, out, want, complaint)
	}

	write(t, file, "package main")
	if status, _, complaint := check(); status != 1 || !strings.Contains(complaint, "it is not what terem map --json writes") {
		t.Errorf("with another file: status %d, on standard error: %q", status, complaint)
	}
	if status, _, complaint := terem(t, "map", "--check", file, "-o", "x"); status != 2 || complaint == "" {
		t.Errorf("--check with -o: status %d, on standard error: %q", status, complaint)
	}
}

// routeOf returns the first route of a policy.
func routeOf(app *structure.App, policy string) int {
	for i, r := range app.Routes {
		if r.Policy == policy {
			return i
		}
	}
	return -1
}

// The page is opened in the browser of the system, or it is said where it is.
func TestMapOpens(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("it stands in for xdg-open")
	}
	for name, test := range map[string]struct{ script, want string }{
		"opened": {"#!/bin/sh\necho \"$1\" > \"$TMPDIR/opened\"\n", ""},
		"failed": {"#!/bin/sh\nexit 3\n", "No browser was opened: xdg-open: exit status 3. Open the file in one.\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			write(t, filepath.Join(dir, "xdg-open"), test.script)
			if err := os.Chmod(filepath.Join(dir, "xdg-open"), 0o755); err != nil {
				t.Fatal(err)
			}
			cmd := exec.Command(program(t), "map", "--dir", template)
			cmd.Env = append(os.Environ(), "PATH="+dir+":"+os.Getenv("PATH"), "TMPDIR="+dir)
			out, err := cmd.CombinedOutput()
			file, rest, _ := strings.Cut(string(out), "\n")
			if err != nil || rest != test.want || filepath.Dir(filepath.Dir(file)) != dir {
				t.Fatalf("%v, printed %s", err, out)
			}
			if html, err := os.ReadFile(file); err != nil || !strings.HasPrefix(string(html), "<!doctype html>") {
				t.Errorf("the page (error %v) begins with %.200s", err, html)
			}
			if name == "opened" {
				if opened, err := os.ReadFile(filepath.Join(dir, "opened")); err != nil || string(opened) != file+"\n" {
					t.Errorf("the browser got %q (error %v), want %s", opened, err, file)
				}
			}
		})
	}
}
