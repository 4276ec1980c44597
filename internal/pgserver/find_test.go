package pgserver_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/terem-go/terem/internal/pgserver"
)

// Not parallel: it changes the environment.
func TestFindBin(t *testing.T) {
	root := t.TempDir()
	install := func(version string, programs ...string) string {
		dir := filepath.Join(root, version, "bin")
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		for _, name := range programs {
			if err := os.WriteFile(filepath.Join(dir, name), nil, 0o755); err != nil {
				t.Fatal(err)
			}
		}
		return dir
	}
	install("9.6", "initdb", "postgres")
	newest := install("17", "initdb", "postgres")
	install("16", "initdb", "postgres")
	clientOnly := install("18", "psql")

	linked := filepath.Join(root, "linked")
	if err := os.Mkdir(linked, 0o755); err != nil {
		t.Fatal(err)
	}
	old := install("15", "initdb", "postgres")
	if err := os.Symlink(filepath.Join(old, "initdb"), filepath.Join(linked, "initdb")); err != nil {
		t.Fatal(err)
	}

	places := []string{filepath.Join(root, "*", "bin")}
	tests := []struct {
		name, variable, path string
		places               []string
		want, wantErr        string
	}{
		{name: "the newest", places: places, want: newest},
		{name: "behind a link in PATH", path: linked, places: places, want: old},
		{name: "named by the variable", variable: old, path: newest, places: places, want: old},
		{name: "wrongly named by the variable", variable: clientOnly, places: places, wantErr: "does not hold initdb and postgres"},
		{name: "nowhere", wantErr: "apt-get install postgresql"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Setenv("TEREM_PG_BIN", test.variable)
			t.Setenv("PATH", test.path)
			got, err := pgserver.FindBin(t.Context(), test.places)
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
			if test.wantErr == "" && err != nil || err != nil && !strings.Contains(err.Error(), test.wantErr) {
				t.Errorf("got the error %v, want %q", err, test.wantErr)
			}
			if notInstalled := errors.Is(err, pgserver.ErrNotInstalled); notInstalled != (test.name == "nowhere") {
				t.Errorf("ErrNotInstalled: %t", notInstalled)
			}
		})
	}
}
