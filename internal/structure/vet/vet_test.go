package vet_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"

	"github.com/terem-go/terem/internal/structure/vet"
)

func TestAnalyzersAreValid(t *testing.T) {
	t.Parallel()
	list := vet.Analyzers()
	if len(list) == 0 {
		t.Fatal("there are none")
	}
	if err := analysis.Validate(list); err != nil {
		t.Error(err)
	}
}

func TestGoVet(t *testing.T) {
	t.Parallel()
	tool := filepath.Join(t.TempDir(), "terem-vet")
	run(t, ".", "go", "build", "-o", tool, "github.com/terem-go/terem/cmd/terem-vet")
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":                   "module example.com/shop\n\ngo 1.26.0\n",
		"main.go":                  "package main\n\nimport _ \"example.com/shop/users\"\n\nfunc main() {}\n",
		"users/domain.go":          "// Package users owns the users.\npackage users\n",
		"users/repository.go":      "package users\n\nimport _ \"net/http\"\n",
		"users/dependencies.go":    "package users\n\nimport (\n\t//terem:ignore role-imports it is an example\n\t_ \"net/smtp\"\n)\n",
		"users/repository_test.go": "package users\n\nimport _ \"net/http\"\n",
		"users/router_test.go":     "package users_test\n\nimport _ \"database/sql\"\n",
	} {
		name = filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	out, ok := run(t, dir, "go", "vet", "-vettool="+tool, "./...")
	const want = "users/repository.go:3:8: repository.go uses net/http, which is for HTTP"
	if ok || strings.Count(out, ", which is for ") != strings.Count(out, want) || !strings.Contains(out, want) {
		t.Errorf("go vet succeeded: %t; it must find this, and nothing else:\n%s\nit found:\n%s", ok, want, out)
	}
	if out, ok := run(t, dir, "go", "vet", "-vettool="+tool, "."); !ok {
		t.Errorf("it finds something in package main: %s", out)
	}
}

// run runs a command in a folder. Only building must succeed.
func run(t *testing.T, dir, name string, args ...string) (string, bool) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil && args[0] == "build" {
		t.Fatalf("%s", out)
	}
	return string(out), err == nil
}
