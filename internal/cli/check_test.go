package cli_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/terem-go/terem/internal/structure/rules"
)

// wrong writes an application with one finding that can be put right and one that
// cannot.
func wrong(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":           "module example.com/shop\n\ngo 1.26.0\n",
		"main.go":          "package main\n\nimport _ \"example.com/shop/orders\"\n\nfunc main() {}\n",
		"users/domain.go":  "// Package users owns the users.\npackage users\n",
		"orders/domain.go": "// Package orders owns the orders.\npackage orders\n\nimport _ \"example.com/shop/users\"\n",
		"orders/errors.go": "package orders\n\nimport _ \"net/http\"\n",
	} {
		write(t, filepath.Join(dir, filepath.FromSlash(name)), text)
	}
	return dir
}

func TestCheck(t *testing.T) {
	t.Parallel()
	dir := wrong(t)
	status, out, complaint := terem(t, "check", "--dir", dir)
	if status != 1 || !strings.Contains(out, "orders/domain.go:4:8\n") || !strings.Contains(out, "errors.go uses net/http") || complaint != "error: 2 findings\n" {
		t.Errorf("status %d, printed:\n%s%s", status, out, complaint)
	}
	status, out, _ = terem(t, "check", "--dir", dir, "--json")
	var list struct{ Findings []rules.Finding }
	if err := json.Unmarshal([]byte(out), &list); err != nil || status != 1 || len(list.Findings) != 2 {
		t.Errorf("status %d, %v: %s", status, err, out)
	}
	status, out, _ = terem(t, "check", "--dir", dir, "--sarif")
	if status != 1 || !json.Valid([]byte(out)) || !strings.Contains(out, `"version": "2.1.0"`) {
		t.Errorf("status %d, printed:\n%s", status, out)
	}
}

func TestCheckFixAndBaseline(t *testing.T) {
	t.Parallel()
	dir := wrong(t)
	status, out, complaint := terem(t, "check", "--dir", dir, "--fix")
	if status != 1 || !strings.HasPrefix(complaint, "put right: orders/domain.go …\n") || strings.Contains(out, "uses-declared") {
		t.Errorf("status %d, printed:\n%s%s", status, out, complaint)
	}
	domain, err := os.ReadFile(filepath.Join(dir, "orders", "domain.go"))
	if want := "// Package orders owns the orders.\n//\n//terem:uses users\npackage orders\n"; err != nil || !strings.HasPrefix(string(domain), want) {
		t.Errorf("domain.go is now: %v\n%s", err, domain)
	}
	if status, out, _ = terem(t, "check", "--dir", dir, "--write-baseline"); status != 0 || out != "nothing found; 1 known, in .terem/baseline.json\n" {
		t.Errorf("status %d, printed: %s", status, out)
	}
	if status, out, _ = terem(t, "check", "--dir", dir); status != 0 || out != "nothing found; 1 known, in .terem/baseline.json\n" {
		t.Errorf("status %d, printed: %s", status, out)
	}
	write(t, filepath.Join(dir, "orders", "errors.go"), "package orders\n")
	status, out, complaint = terem(t, "check", "--dir", dir)
	if status != 1 || !strings.Contains(out, "Take it out: terem check --write-baseline") || complaint != "error: the baseline has what is gone\n" {
		t.Errorf("status %d, printed:\n%s%s", status, out, complaint)
	}
	if status, out, _ = terem(t, "check", "--dir", dir, "--write-baseline"); status != 0 || out != "nothing found\n" {
		t.Errorf("status %d, printed: %s", status, out)
	}
}

// Code that does not compile is a failure, never nothing found.
func TestCheckOfWhatDoesNotCompile(t *testing.T) {
	t.Parallel()
	dir := wrong(t)
	write(t, filepath.Join(dir, "users", "models.go"), "package users\n\nvar n int = \"no number\"\n")
	status, out, complaint := terem(t, "check", "--dir", dir)
	if status != 1 || out != "" || !strings.Contains(complaint, "users/models.go:3") {
		t.Errorf("status %d, printed:\n%s%s", status, out, complaint)
	}
}

func TestCheckRefuses(t *testing.T) {
	t.Parallel()
	dir := wrong(t)
	for name, c := range map[string]struct {
		args   []string
		status int
		want   string
	}{
		"two forms":            {[]string{"--json", "--sarif"}, 2, "--json"},
		"a rule that is none":  {[]string{"--explain", "no-rule"}, 2, "there is no rule no-rule; there are "},
		"a baseline not there": {[]string{"--dir", dir, "--baseline", filepath.Join(dir, "no.json")}, 1, "no.json"},
		"an empty folder":      {[]string{"--dir", t.TempDir()}, 1, "error:"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			status, out, complaint := terem(t, append([]string{"check"}, c.args...)...)
			if status != c.status || out != "" || !strings.Contains(complaint, c.want) {
				t.Errorf("status %d, want %d, printed:\n%s%s", status, c.status, out, complaint)
			}
		})
	}
}

// A folder with applications below is none itself: their folders are no domains of it.
func TestCheckAboveAnApplication(t *testing.T) {
	t.Parallel()
	above := filepath.FromSlash("../scaffold")
	status, out, complaint := terem(t, "check", "--dir", above)
	if want := "terem check --dir " + filepath.Join(above, "app"); status != 1 || out != "" || !strings.Contains(complaint, "is no application") || !strings.Contains(complaint, want) {
		t.Errorf("status %d, want the words %q, printed:\n%s%s", status, want, out, complaint)
	}
	if status, out, complaint := terem(t, "check", "--dir", filepath.Join(above, "app")); status != 0 {
		t.Errorf("of the application itself: status %d, printed:\n%s%s", status, out, complaint)
	}
}

func TestCheckExplains(t *testing.T) {
	t.Parallel()
	status, out, complaint := terem(t, "check", "--explain", "role-uses")
	if status != 0 || complaint != "" || !strings.HasPrefix(out, "# role-uses\n\n") || !strings.Contains(out, "## The way out") {
		t.Errorf("status %d, printed:\n%s%s", status, out, complaint)
	}
}
