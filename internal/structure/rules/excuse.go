package rules

import (
	"fmt"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/terem-go/terem/internal/structure"
)

var excuse = &Rule{
	ID:     "excuse",
	Title:  "An excuse names a rule and a reason, and something to excuse.",
	Reason: "Excuses outlive what they excused. One that says nothing, or stands where nothing is found, hides the next mistake.",
	WayOut: "write //terem:ignore RULE REASON on the line of the finding or above it, or take it out",
	// Check calls excuses.wrong when all others have run.
	Application: func(*Application) []Finding { return nil },
}

// excuseMark begins an excuse, behind the // of Go and the -- of SQL.
const excuseMark = "terem:ignore"

// anExcuse is a comment that excuses a finding on its line or the next one.
type anExcuse struct {
	file         string
	line         int
	pos, end     token.Pos // in Go source
	rule, reason string
	used         bool
}

type excuses []*anExcuse

// excusesOf reads the excuses in Go files and migrations.
func excusesOf(p *structure.Program) excuses {
	var list excuses
	for _, pkg := range p.Packages {
		for _, file := range pkg.Files {
			for _, group := range file.Comments {
				for _, c := range group.List {
					if text, ok := strings.CutPrefix(c.Text, "//"+excuseMark); ok {
						where := at(p, c.Pos())
						list = append(list, newExcuse(text, where.Filename, where.Line))
						list[len(list)-1].pos, list[len(list)-1].end = c.Pos(), c.End()
					}
				}
			}
		}
	}
	return append(list, excusesInSQL(p.Dir)...)
}

// excusesInSQL reads the excuses in the files of migrations. A file that cannot be
// read has none.
func excusesInSQL(dir string) (list excuses) {
	root := os.DirFS(dir)
	files, _ := fs.Glob(root, "migrations/*/*.sql")
	for _, file := range files {
		text, _ := os.ReadFile(filepath.Join(dir, filepath.FromSlash(file)))
		for i, line := range strings.Split(string(text), "\n") {
			if _, after, ok := strings.Cut(line, "-- "+excuseMark); ok {
				list = append(list, newExcuse(after, file, i+1))
			}
		}
	}
	return list
}

func newExcuse(text, file string, line int) *anExcuse {
	rule, reason, _ := strings.Cut(strings.TrimSpace(text), " ")
	return &anExcuse{file: file, line: line, rule: rule, reason: strings.TrimSpace(reason)}
}

// excused reports whether the finding has an excuse, and remembers that it is used.
// One without a reason counts as well: it is a finding of its own.
func (list excuses) excused(f Finding) bool {
	found := false
	for _, x := range list {
		if x.rule == f.Rule && x.file == f.File && (x.line == f.Line || x.line == f.Line-1) {
			x.used, found = true, true
		}
	}
	return found
}

// wrong returns what is wrong with the excuses, after excused has seen all findings
// of the rules in the list.
func (list excuses) wrong(rules []*Rule) []Finding {
	ran := map[string]bool{}
	for _, r := range rules {
		ran[r.ID] = true
	}
	var found []Finding
	for _, x := range list {
		f := Finding{File: x.file, Line: x.line, Pos: x.pos, End: x.end}
		switch {
		case x.rule == "":
			f.Title = "this excuse names no rule"
		case Find(x.rule) == nil:
			f.Title = fmt.Sprintf("this excuse names %s, and there is no such rule", x.rule)
			f.WayOut = "name one of those that terem check --explain lists, or take the excuse out"
		case x.reason == "":
			f.Title = fmt.Sprintf("this excuse of %s gives no reason", x.rule)
		case ran[x.rule] && !x.used:
			f.Title = fmt.Sprintf("this excuse of %s excuses nothing", x.rule)
			f.WayOut = "take it out"
			if x.pos.IsValid() {
				f.Fix = []Edit{{Pos: x.pos, Until: x.end}}
			}
		default:
			continue
		}
		found = append(found, f)
	}
	return found
}
