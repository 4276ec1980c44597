package schema

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/terem-go/terem/internal/migratelint"
)

// reasons are why a file may do what terem migrate lint finds in it, by rule.
// Somebody has asked for it, or the file is written so that it does no harm.
var reasons = map[string]string{
	"drop-column":  "no model has it any more",
	"drop-table":   "no model has it any more",
	"rename":       "the models have the new name",
	"type-change":  "the models have the new type",
	"set-not-null": "the UPDATE above has given every row a value",
	"many-tables":  "the file is one change of the models",
	"partial":      "it does no harm when it runs again",
}

// accept writes comments into files that accept what is found in them, and returns
// what that is.
func (f *Folder) accept(files []string) (accepted []string, err error) {
	found, err := migratelint.Lint(os.DirFS(f.dir))
	if err != nil {
		return nil, err
	}
	slices.Reverse(found) // lines above stay where they are
	for _, finding := range found {
		file := filepath.Join(f.dir, filepath.FromSlash(finding.File))
		why := reasons[finding.Rule]
		if why == "" || !slices.Contains(files, file) {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		lines := strings.SplitAfter(string(text), "\n")
		comment := fmt.Sprintf("-- terem:accept %s because %s\n", finding.Rule, why)
		lines = slices.Insert(lines, finding.Line-1, comment)
		if err := os.WriteFile(file, []byte(strings.Join(lines, "")), 0o666); err != nil {
			return nil, err
		}
		accepted = append(accepted, fmt.Sprintf("%s: %s (%s)", finding.File, finding.Title, finding.Rule))
	}
	slices.Reverse(accepted)
	return accepted, nil
}
