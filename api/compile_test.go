package api_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

func TestGetDoesNotTakeASession(t *testing.T) {
	t.Parallel()
	out, err := exec.CommandContext(t.Context(), "go", "build", "-o", os.DevNull, "./testdata/getsession").CombinedOutput()
	if err == nil {
		t.Fatal("it compiles")
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(lines) != 2 || !strings.Contains(lines[1], "main.go:13") || !strings.Contains(lines[1], "*db.Session") {
		t.Errorf("the compiler says:\n%s", out)
	}
}
