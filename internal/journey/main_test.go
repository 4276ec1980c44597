// Package journey goes through the template application as its users do: built,
// as a process of its own, over its API, on both engines.
package journey

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// buildDir holds the built application.
var buildDir string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "terem-journey-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	buildDir = dir
	status := m.Run()
	if err := os.RemoveAll(dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
		status = 1
	}
	os.Exit(status)
}

// build builds the application once and returns the program.
var build = sync.OnceValues(func() (string, error) {
	program := filepath.Join(buildDir, "app")
	out, err := exec.Command("go", "build", "-o", program, "github.com/terem-go/terem/internal/scaffold/app").CombinedOutput()
	if err != nil {
		return "", errors.Join(errors.New(string(out)), err)
	}
	return program, nil
})
