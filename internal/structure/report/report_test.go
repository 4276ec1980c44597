package report_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/terem-go/terem/internal/structure"
	"github.com/terem-go/terem/internal/structure/report"
	"github.com/terem-go/terem/internal/structure/rules"
)

var update = flag.Bool("update", false, "write the golden files")

// shop writes the application of testdata into a folder.
func shop(t *testing.T) string {
	t.Helper()
	archive, err := txtar.ParseFile("testdata/shop.txtar")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, f := range archive.Files {
		write(t, filepath.Join(dir, filepath.FromSlash(f.Name)), string(f.Data))
	}
	return dir
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o777), os.WriteFile(name, []byte(text), 0o666)); err != nil {
		t.Fatal(err)
	}
}

// edit replaces a text in a file, which must be there.
func edit(t *testing.T, name, before, after string) {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil || !strings.Contains(string(text), before) {
		t.Fatalf("%q is not in %s: %v", before, name, err)
	}
	write(t, name, strings.Replace(string(text), before, after, 1))
}

// check checks the application in a folder, as terem check does.
func check(t *testing.T, dir string) *report.Report {
	t.Helper()
	p, err := structure.Load(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	a, err := structure.Read(p)
	if err != nil {
		t.Fatal(err)
	}
	r := report.New(p.Dir, a, rules.Check(p, a, rules.All))
	if err := r.Compare(baseline(dir), false); err != nil {
		t.Fatal(err)
	}
	return r
}

func baseline(dir string) string { return filepath.Join(dir, filepath.FromSlash(report.BaselineFile)) }

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		write(t, file, got)
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got); if this is meant, run: go test ./internal/structure/report -update\n%s", file, diff)
	}
}

// The three forms of one report with new, known and gone findings.
func TestForms(t *testing.T) {
	t.Parallel()
	dir := shop(t)
	all := check(t, dir)
	var first bytes.Buffer
	all.Text(&first)
	golden(t, "all.txt", first.String())
	if err := all.WriteBaseline(baseline(dir)); err != nil {
		t.Fatal(err)
	}
	edit(t, filepath.Join(dir, "users", "errors.go"), "import _ \"net/http\"\n", "")
	edit(t, filepath.Join(dir, "users", "router.go"), "\t_ \"strings\" // Ä𝄞", "\t/* Ä𝄞 */ _ \"net/smtp\"")
	r := check(t, dir)
	if len(r.Findings) == 0 || len(r.Known) == 0 || len(r.Gone) == 0 {
		t.Fatalf("%d new, %d known, %d gone: the example needs each", len(r.Findings), len(r.Known), len(r.Gone))
	}
	var text, js, sarif bytes.Buffer
	r.Text(&text)
	if err := errors.Join(r.JSON(&js), r.SARIF(&sarif)); err != nil {
		t.Fatal(err)
	}
	golden(t, "report.txt", text.String())
	golden(t, "report.json", js.String())
	golden(t, "report.sarif", helpText.ReplaceAllString(sarif.String(), `"$1": "the page"`))
	checkSARIF(t, sarif.Bytes(), len(r.Findings)+len(r.Known))
}

// helpText are the pages of rules, which are not compared.
var helpText = regexp.MustCompile(`"(text|markdown)": "# .*"`)

// checkSARIF checks what the schema of SARIF 2.1.0 requires of the parts that are
// used, and that columns count UTF-16 code units.
func checkSARIF(t *testing.T, text []byte, results int) {
	t.Helper()
	type message struct{ Text string }
	var log struct {
		Version string
		Runs    []struct {
			ColumnKind string
			Tool       struct {
				Driver struct {
					Name  string
					Rules []struct {
						ID               string
						ShortDescription message
						Help             message
					}
				}
			}
			Results []struct {
				RuleID        string
				RuleIndex     int
				Level         string
				Message       message
				BaselineState string
				Locations     []struct {
					PhysicalLocation struct {
						ArtifactLocation struct{ URI string }
						Region           struct{ StartLine, StartColumn, EndLine, EndColumn int }
					}
				}
			}
		}
	}
	if err := json.Unmarshal(text, &log); err != nil {
		t.Fatal(err)
	}
	if log.Version != "2.1.0" || len(log.Runs) != 1 || log.Runs[0].Tool.Driver.Name == "" || len(log.Runs[0].Results) != results {
		t.Fatalf("version, run, driver or results are missing: %+v", log)
	}
	run, smtp := log.Runs[0], false
	for _, r := range run.Results {
		rule := run.Tool.Driver.Rules[r.RuleIndex]
		if rule.ID != r.RuleID || rule.ShortDescription.Text == "" || rule.Help.Text == "" || r.Message.Text == "" || r.Level != "error" || len(r.Locations) != 1 {
			t.Errorf("a result lacks something: %+v", r)
			continue
		}
		at := r.Locations[0].PhysicalLocation
		if at.ArtifactLocation.URI == "" || at.Region.StartLine < 1 || at.Region.StartColumn < 1 || at.Region.EndLine < at.Region.StartLine {
			t.Errorf("a result has no place: %+v", r)
		}
		if strings.Contains(r.Message.Text, "net/smtp") {
			smtp = true
			if at.Region.StartColumn != 12 || at.Region.EndColumn != 24 { // a tab, and 10 units: /* Ä𝄞 */ is nine
				t.Errorf("columns %d to %d, want 12 to 24: they count UTF-16 code units", at.Region.StartColumn, at.Region.EndColumn)
			}
		}
	}
	if !smtp {
		t.Error("the result about net/smtp is missing")
	}
}

func TestNothingFound(t *testing.T) {
	t.Parallel()
	r := report.New(t.TempDir(), &structure.App{Rooms: []*structure.Room{{Path: "users", Kind: structure.KindDomain}}}, nil)
	var text, js, sarif bytes.Buffer
	r.Text(&text)
	if err := errors.Join(r.JSON(&js), r.SARIF(&sarif)); err != nil || !r.Clean() || text.String() != "nothing found\n" {
		t.Errorf("%v, clean: %t, printed: %q", err, r.Clean(), text.String())
	}
	if strings.Contains(js.String(), "null") || strings.Contains(sarif.String(), "null") {
		t.Errorf("empty lists are not null:\n%s%s", js.String(), sarif.String())
	}
}

// What could not be read is said, even when nothing is found.
func TestNotRead(t *testing.T) {
	t.Parallel()
	r := report.New(t.TempDir(), &structure.App{Missing: []string{"users/router.go:4: the path of a route is no constant: p"}}, nil)
	var text bytes.Buffer
	r.Text(&text)
	const want = "not read: users/router.go:4: the path of a route is no constant: p\n  No rule has seen this.\n\n" +
		"nothing found, but little was looked at: no folder here is a domain. What one is: terem check --help\n"
	if diff := cmp.Diff(want, text.String()); diff != "" || !r.Clean() {
		t.Errorf("clean: %t (-want +got)\n%s", r.Clean(), diff)
	}
}
