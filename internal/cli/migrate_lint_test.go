package cli_test

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/terem-go/terem/internal/migratelint"
)

func TestMigrateLint(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "migrations", "postgres", "00001_orders.sql")
	write(t, file, "-- +goose Up\nCREATE INDEX orders_at ON orders (at);\n-- +goose Down\nDROP INDEX orders_at;\n")
	status, out, complaint := terem(t, "migrate", "lint", "--dir", dir)
	want := file + `:2: nobody can write to orders while the index is built (index-blocks-writes)
  CREATE INDEX keeps every INSERT, UPDATE and DELETE waiting until it is done, which takes minutes on a large table.
  Write CREATE INDEX CONCURRENTLY, in a file of its own that has the line: -- +goose NO TRANSACTION

`
	if status != 1 || out != want || complaint != "error: 1 found in the migrations\n" {
		t.Errorf("status %d, printed\n%s\nwant\n%s\non standard error: %q", status, out, want, complaint)
	}

	status, out, _ = terem(t, "migrate", "lint", "--dir", filepath.Join(dir, "migrations"), "--json")
	var found []migratelint.Finding
	if err := json.Unmarshal([]byte(out), &found); err != nil || status != 1 || len(found) != 1 || found[0].File != file || found[0].Line != 2 || found[0].Rule != "index-blocks-writes" {
		t.Errorf("status %d, as JSON: %s", status, out)
	}

	write(t, file, "-- +goose Up\nCREATE TABLE orders (at TIMESTAMPTZ);\n-- +goose Down\nDROP TABLE orders;\n")
	if status, out, complaint := terem(t, "migrate", "lint", "--dir", dir); status != 0 || out != "nothing found\n" || complaint != "" {
		t.Errorf("status %d, printed %q and %q", status, out, complaint)
	}
	if status, out, _ := terem(t, "migrate", "lint", "--dir", dir, "--json"); status != 0 || out != "[]\n" {
		t.Errorf("status %d, as JSON: %q", status, out)
	}

	elsewhere := t.TempDir()
	if status, _, complaint := terem(t, "migrate", "lint", "--dir", elsewhere); status != 1 || !strings.Contains(complaint, "there are no migrations in "+elsewhere) {
		t.Errorf("status %d, on standard error: %q", status, complaint)
	}
}
