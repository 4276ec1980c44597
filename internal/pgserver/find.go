package pgserver

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// binVariable names the directory of PostgreSQL's programs to use instead of
// looking for one.
const binVariable = "TEREM_PG_BIN"

// usualPlaces are where systems put PostgreSQL's server programs, many of them
// outside PATH.
var usualPlaces = []string{
	"/usr/lib/postgresql/*/bin",                          // Debian, Ubuntu
	"/usr/pgsql-*/bin",                                   // Fedora, RHEL: PostgreSQL's own packages
	"/usr/libexec/postgresql*",                           // Alpine
	"/usr/local/pgsql/bin",                               // built from source
	"/opt/homebrew/opt/postgresql*/bin",                  // Homebrew
	"/usr/local/opt/postgresql*/bin",                     // Homebrew on Intel
	"/opt/local/lib/postgresql*/bin",                     // MacPorts
	"/Applications/Postgres.app/Contents/Versions/*/bin", // Postgres.app
}

// ErrNotInstalled says that the machine has no PostgreSQL server, where it was
// looked for, and how to install one.
var ErrNotInstalled = errors.New("pgserver: no PostgreSQL server is installed: initdb and postgres are not in PATH, " +
	"the answer of pg_config --bindir, " + strings.Join(usualPlaces, ", ") + "; install it (Debian, Ubuntu: " +
	"apt-get install postgresql; macOS: brew install postgresql), or set " + binVariable + " to the directory that holds them")

// findBin returns the directory that holds initdb and postgres: the one that
// TEREM_PG_BIN names, else that of initdb in PATH, else what pg_config says, else
// the newest in places, which are patterns.
func findBin(ctx context.Context, places []string) (string, error) {
	if dir := os.Getenv(binVariable); dir != "" {
		if !complete(dir) {
			return "", fmt.Errorf("pgserver: %s=%s does not hold initdb and postgres", binVariable, dir)
		}
		return filepath.Abs(dir)
	}
	var candidates []string
	if initdb, err := exec.LookPath("initdb"); err == nil {
		if real, err := filepath.EvalSymlinks(initdb); err == nil {
			candidates = append(candidates, filepath.Dir(real))
		}
		candidates = append(candidates, filepath.Dir(initdb))
	}
	if out, err := exec.CommandContext(ctx, "pg_config", "--bindir").Output(); err == nil {
		candidates = append(candidates, strings.TrimSpace(string(out)))
	}
	candidates = append(candidates, newestFirst(places)...)
	for _, dir := range candidates {
		if complete(dir) {
			return dir, nil
		}
	}
	return "", ErrNotInstalled
}

// complete reports whether a directory holds both programs.
func complete(dir string) bool {
	for _, program := range []string{"initdb", "postgres"} {
		if _, err := exec.LookPath(filepath.Join(dir, program)); err != nil {
			return false
		}
	}
	return true
}

var number = regexp.MustCompile(`[0-9]+(\.[0-9]+)?`)

// newestFirst returns the directories that match the patterns, by the version
// that is the last number in their paths. Those without one come last.
func newestFirst(patterns []string) []string {
	var dirs []string
	for _, pattern := range patterns {
		found, _ := filepath.Glob(pattern) // fails for a bad pattern only
		dirs = append(dirs, found...)
	}
	version := func(dir string) float64 {
		numbers := number.FindAllString(dir, -1)
		if numbers == nil {
			return 0
		}
		v, _ := strconv.ParseFloat(numbers[len(numbers)-1], 64) // matches what Go can parse
		return v
	}
	slices.SortStableFunc(dirs, func(a, b string) int { return cmp.Compare(version(b), version(a)) })
	return dirs
}
