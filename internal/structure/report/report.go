// Package report shows what the rules have found, and knows what was found before.
package report

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/terem-go/terem/internal/structure"
	"github.com/terem-go/terem/internal/structure/rules"
)

// Report is the result of a check.
type Report struct {
	Module   string          `json:"module"`
	Findings []rules.Finding `json:"findings"` // that the baseline does not have
	Known    []rules.Finding `json:"known"`    // that it has
	Gone     []Entry         `json:"gone"`     // of the baseline, not found any more
	Cycles   []rules.Cycle   `json:"cycles"`   // of domains that need each other, to be seen; none is a finding
	Baseline string          `json:"baseline"` // the file; "" without one
	Missing  []string        `json:"missing"`  // what could not be read, so that no rule has seen it
	domains  int             // how many there were to look at
	dir      string
	sources  map[string][]string
}

// New returns a report about what was found in the application in a folder.
func New(dir string, a *structure.App, found []rules.Finding) *Report {
	domains := 0
	for _, room := range a.Rooms {
		if room.Kind == structure.KindDomain {
			domains++
		}
	}
	return &Report{domains: domains, Module: a.Module, Findings: append([]rules.Finding{}, found...), Known: []rules.Finding{}, Gone: []Entry{},
		Cycles: rules.Cycles(a), Missing: append([]string{}, a.Missing...), dir: dir, sources: map[string][]string{}}
}

// Clean reports whether there is nothing to do.
func (r *Report) Clean() bool { return len(r.Findings) == 0 && len(r.Gone) == 0 }

// line returns a line of a file, or "" if there is none.
func (r *Report) line(file string, n int) string {
	lines, ok := r.sources[file]
	if !ok {
		text, _ := os.ReadFile(filepath.Join(r.dir, filepath.FromSlash(file))) // without a file there is no line
		lines = strings.Split(string(text), "\n")
		r.sources[file] = lines
	}
	if n < 1 || n > len(lines) {
		return ""
	}
	return strings.TrimRight(lines[n-1], "\r")
}
