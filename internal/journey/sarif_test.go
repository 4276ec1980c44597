package journey

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/terem-go/terem/internal/cli"
	"github.com/terem-go/terem/internal/npmtest"
)

// What terem check prints as SARIF keeps to the standard's schema, with findings and without. The report with findings is the
// one that the tests of package report compare their own with.
func TestSARIF(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("it installs tools from npm")
	}
	dir, run := npmtest.Install(t, os.DirFS("sarif"))
	findings, err := filepath.Abs(filepath.Join("..", "structure", "report", "testdata", "report.sarif"))
	if err != nil {
		t.Fatal(err)
	}
	var out, complaint bytes.Buffer
	if status := cli.Main(t.Context(), []string{"check", "--sarif", "--dir", filepath.Join("..", "..", "examples", "conduit")}, &out, &complaint); status != 0 {
		t.Fatalf("status %d, %s", status, &complaint)
	}
	none := filepath.Join(dir, "none.sarif")
	if err := os.WriteFile(none, out.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	for report, want := range map[string]string{findings: "6 results\n", none: "0 results\n"} {
		if got := run("node", "validate.cjs", report); got != want {
			t.Errorf("%s: %q, want %q", report, got, want)
		}
	}
}
