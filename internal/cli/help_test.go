package cli_test

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files")

func TestHelp(t *testing.T) {
	t.Parallel()
	for name, args := range map[string][]string{
		"terem":     {"--help"},
		"no-args":   nil,
		"terem-new": {"new", "--help"},
		"help":      {"help"},
		"help-add":  {"help", "add"},
		"terem-dev": {"dev", "--help"},
		"terem-add": {"add", "--help"},

		"terem-add-domain":    {"add", "domain", "--help"},
		"terem-remove-domain": {"remove", "domain", "--help"},

		"terem-add-dependency":    {"add", "dependency", "--help"},
		"terem-add-field":         {"add", "field", "--help"},
		"terem-add-route":         {"add", "route", "--help"},
		"terem-remove-dependency": {"remove", "dependency", "--help"},
		"terem-remove-field":      {"remove", "field", "--help"},
		"terem-remove-route":      {"remove", "route", "--help"},
		"terem-check":             {"check", "--help"},
		"terem-map":               {"map", "--help"},
		"terem-routes":            {"routes", "--help"},
		"terem-tables":            {"tables", "--help"},

		"terem-migrate-lint":   {"migrate", "lint", "--help"},
		"terem-migrate-new":    {"migrate", "new", "--help"},
		"terem-migrate-verify": {"migrate", "verify", "--help"},
		"terem-db":             {"db", "--help"},
		"terem-db-copy":        {"db", "copy", "--help"},
		"terem-db-backup":      {"db", "backup", "--help"},
		"terem-db-restore":     {"db", "restore", "--help"},

		"terem-add-event":   {"add", "event", "--help"},
		"terem-add-page":    {"add", "page", "--help"},
		"terem-add-service": {"add", "service", "--help"},
		"terem-add-task":    {"add", "task", "--help"},
		"terem-link":        {"link", "--help"},
		"terem-unlink":      {"unlink", "--help"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			status, out, complaint := terem(t, args...)
			if status != 0 || complaint != "" {
				t.Errorf("status %d, on standard error: %q", status, complaint)
			}
			switch name {
			case "no-args", "help":
				name = "terem"
			case "help-add":
				name = "terem-add"
			}
			golden := filepath.Join("testdata", name+".golden")
			if *update {
				write(t, golden, out)
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), out); diff != "" {
				t.Errorf("%s (-want +got); if this is meant, run: go test ./internal/cli -run TestHelp -update\n%s", golden, diff)
			}
		})
	}
}

func TestVersion(t *testing.T) {
	t.Parallel()
	for _, arg := range []string{"--version", "version"} {
		status, out, _ := terem(t, arg)
		if want := regexp.MustCompile(`^terem \S+, go1\.\S+ \w+/\w+\n$`); status != 0 || !want.MatchString(out) {
			t.Errorf("%s: status %d, printed %q", arg, status, out)
		}
	}
}
