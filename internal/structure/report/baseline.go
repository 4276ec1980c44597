package report

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/terem-go/terem/internal/structure/rules"
)

// BaselineFile is where the known findings of an application are, in its folder.
const BaselineFile = ".terem/baseline.json"

// Entry is a known finding. It has no line: what stands above it may change.
type Entry struct {
	Rule        string `json:"rule"`
	File        string `json:"file"`
	Title       string `json:"title"`
	Fingerprint string `json:"fingerprint"` // of the rule, the file, the title and the text of the line
}

// baseline is the form of the file.
type baseline struct {
	Comment string  `json:"comment"`
	Known   []Entry `json:"known"`
}

const baselineComment = "Findings of terem check that were there when it was introduced. The list only shrinks: terem check --write-baseline takes out what is gone."

// Compare sorts the findings into new ones and those that the file of a baseline
// has. Without the file all are new; must says that it has to be there.
func (r *Report) Compare(file string, must bool) error {
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) && !must {
		return nil
	}
	if err != nil {
		return fmt.Errorf("the baseline cannot be read: %w", err)
	}
	var b baseline
	if err := json.Unmarshal(text, &b); err != nil {
		return fmt.Errorf("%s is no baseline: %w. Restore it, or delete it and run: terem check --write-baseline", file, err)
	}
	r.Baseline = r.shown(file)
	left := map[Entry]int{}
	for _, e := range b.Known {
		left[e]++
	}
	var fresh []rules.Finding
	for _, f := range r.Findings {
		if e := r.entry(f); left[e] > 0 {
			left[e]--
			r.Known = append(r.Known, f)
		} else {
			fresh = append(fresh, f)
		}
	}
	r.Findings = append([]rules.Finding{}, fresh...)
	for e, n := range left {
		for range n {
			r.Gone = append(r.Gone, e)
		}
	}
	sortEntries(r.Gone)
	return nil
}

// WriteBaseline records what is found in the file. If the report was compared with
// it before, only what was known and is still found stays: nothing is added.
// Without anything to record the file is removed.
func (r *Report) WriteBaseline(file string) error {
	record := r.Known
	if r.Baseline == "" {
		record = r.Findings
	}
	if len(record) == 0 {
		if err := os.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		r.Baseline, r.Gone = "", []Entry{}
		return nil
	}
	b := baseline{Comment: baselineComment}
	for _, f := range record {
		b.Known = append(b.Known, r.entry(f))
	}
	sortEntries(b.Known)
	text, err := json.MarshalIndent(b, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		return err
	}
	// A half-written list would make known findings new ones.
	part := file + ".part"
	if err := os.WriteFile(part, append(text, '\n'), 0o666); err != nil {
		return err
	}
	if err := os.Rename(part, file); err != nil {
		return err
	}
	if r.Baseline == "" {
		r.Known, r.Findings = r.Findings, []rules.Finding{}
	}
	r.Baseline, r.Gone = r.shown(file), []Entry{}
	return nil
}

// shown returns the name of a file as it is shown: relative to the application's
// folder if it is in it.
func (r *Report) shown(file string) string {
	if path, err := filepath.Abs(file); err == nil {
		if rel, err := filepath.Rel(r.dir, path); err == nil && filepath.IsLocal(rel) {
			return filepath.ToSlash(rel)
		}
	}
	return file
}

// entry returns the finding as it is recorded.
func (r *Report) entry(f rules.Finding) Entry {
	e := Entry{Rule: f.Rule, File: f.File, Title: f.Title}
	text := strings.Join([]string{f.Rule, f.File, f.Title, strings.Join(strings.Fields(r.line(f.File, f.Line)), " ")}, "\x00")
	sum := sha256.Sum256([]byte(text))
	e.Fingerprint = hex.EncodeToString(sum[:8])
	return e
}

func sortEntries(list []Entry) {
	slices.SortFunc(list, func(a, b Entry) int {
		return cmp.Or(strings.Compare(a.File, b.File), strings.Compare(a.Rule, b.Rule), strings.Compare(a.Title, b.Title), strings.Compare(a.Fingerprint, b.Fingerprint))
	})
}
