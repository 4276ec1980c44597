package rules_test

import (
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	pages "github.com/terem-go/terem/docs/rules"
	"github.com/terem-go/terem/internal/structure"
	"github.com/terem-go/terem/internal/structure/rules"
)

// TestPrograms runs each rule on its programs: testdata/ID/*.txtar. A comment
//
//	// want "regular expression"
//
// says what the rule must find on its line, want-1 on the line before, want+1 on
// the line behind. More than one may follow a want. A file of the archive with
// .fixed behind its name is what the fixes make of the file.
func TestPrograms(t *testing.T) {
	t.Parallel()
	for _, r := range rules.All {
		t.Run(r.ID, func(t *testing.T) {
			t.Parallel()
			archives, err := filepath.Glob(filepath.Join("testdata", r.ID, "*.txtar"))
			if err != nil {
				t.Fatal(err)
			}
			bad, good := 0, 0
			for _, name := range archives {
				archive, err := txtar.ParseFile(name)
				if err != nil {
					t.Fatal(err)
				}
				if len(wants(t, archive)) > 0 {
					bad++
				} else {
					good++
				}
				t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
					t.Parallel()
					run(t, r, archive)
				})
			}
			if bad == 0 || good == 0 {
				t.Errorf("testdata/%s has %d programs in which something must be found, and %d in which nothing may: it needs both", r.ID, bad, good)
			}
		})
	}
}

func run(t *testing.T, r *rules.Rule, archive *txtar.Archive) {
	fixed := map[string]string{}
	archive.Files = slices.DeleteFunc(archive.Files, func(f txtar.File) bool {
		name, is := strings.CutSuffix(f.Name, ".fixed")
		if is {
			fixed[name] = string(f.Data)
		}
		return is
	})
	p := load(t, archive)
	want := wants(t, archive)
	a := read(t, p)
	if a.Models == nil && slices.ContainsFunc(archive.Files, func(f txtar.File) bool { return strings.Contains(string(f.Data), "dao.Of[") }) {
		t.Errorf("its models cannot be read, so that rules about tables see nothing: %q", a.Missing)
	}
	found := rules.Check(p, a, set(r))
	for _, f := range found {
		at := fmt.Sprintf("%s:%d", f.File, f.Line)
		i := slices.IndexFunc(want[at], func(w *regexp.Regexp) bool { return w.MatchString(f.Title) })
		if i < 0 {
			t.Errorf("%s: found, but not wanted: %s", at, f.Title)
			continue
		}
		want[at] = slices.Delete(want[at], i, i+1)
		if f.Reason == "" || f.WayOut == "" {
			t.Errorf("%s: %q has no reason or no way out", at, f.Title)
		}
		if strings.HasSuffix(f.Title, ".") || strings.HasSuffix(f.WayOut, ".") || !strings.HasSuffix(f.Reason, ".") {
			t.Errorf("%s: title and way out have no full stop at the end, reasons do:\n%s\n%s\n%s", at, f.Title, f.Reason, f.WayOut)
		}
	}
	for _, at := range slices.Sorted(maps.Keys(want)) {
		for _, w := range want[at] {
			t.Errorf("%s: wanted, but not found: %s", at, w)
		}
	}
	if len(fixed) == 0 {
		return
	}
	got, err := rules.Fix(p.Dir, found)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range fixed {
		if string(got[name]) != want {
			t.Errorf("the fixes make this of %s:\n%s\nwant:\n%s", name, got[name], want)
		}
	}
}

// set returns the rules that run in the programs of r: excuses are about others.
func set(r *rules.Rule) []*rules.Rule {
	if r.ID == "excuse" {
		return rules.All
	}
	return []*rules.Rule{r}
}

var wantComment = regexp.MustCompile(`want([+-]\d+)?((?: "(?:[^"\\]|\\.)*")+)\s*$`)

// wants returns what must be found, by file and line.
func wants(t *testing.T, archive *txtar.Archive) map[string][]*regexp.Regexp {
	t.Helper()
	want := map[string][]*regexp.Regexp{}
	for _, f := range archive.Files {
		for i, line := range strings.Split(string(f.Data), "\n") {
			m := wantComment.FindStringSubmatch(line)
			if m == nil {
				continue
			}
			shift, _ := strconv.Atoi(m[1])
			at := fmt.Sprintf("%s:%d", f.Name, i+1+shift)
			for _, quoted := range regexp.MustCompile(`"(?:[^"\\]|\\.)*"`).FindAllString(m[2], -1) {
				text, err := strconv.Unquote(quoted)
				if err != nil {
					t.Fatal(err)
				}
				want[at] = append(want[at], regexp.MustCompile(text))
			}
		}
	}
	return want
}

func TestEveryRuleHasAPageAndEveryPageARule(t *testing.T) {
	t.Parallel()
	readme, err := fs.ReadFile(pages.Pages, "README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rules.All {
		page, err := fs.ReadFile(pages.Pages, r.ID+".md")
		if err != nil {
			t.Errorf("the rule %s needs a page: docs/rules/%s.md", r.ID, r.ID)
			continue
		}
		if !strings.HasPrefix(string(page), "# "+r.ID+"\n\n"+r.Title+"\n") {
			t.Errorf("docs/rules/%s.md does not begin with the rule's ID and title:\n# %s\n\n%s", r.ID, r.ID, r.Title)
		}
		for _, heading := range []string{"## Why", "## Wrong", "## Right", "## The way out", "## How to be excused"} {
			if !strings.Contains(string(page), "\n"+heading+"\n") {
				t.Errorf("docs/rules/%s.md has no heading %q", r.ID, heading)
			}
		}
		if line := fmt.Sprintf("| [%s](%s.md) | %s |\n", r.ID, r.ID, r.Title); !strings.Contains(string(readme), line) {
			t.Errorf("docs/rules/README.md does not list the rule:\n%s", line)
		}
	}
	files, err := fs.Glob(pages.Pages, "*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if id := strings.TrimSuffix(f, ".md"); id != "README" && rules.Find(id) == nil {
			t.Errorf("docs/rules/%s is the page of no rule", f)
		}
	}
}

func TestRulesAreWellFormed(t *testing.T) {
	t.Parallel()
	for i, r := range rules.All {
		if !regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`).MatchString(r.ID) || i > 0 && rules.All[i-1].ID >= r.ID {
			t.Errorf("%q is no ID, or not in order", r.ID)
		}
		if (r.Package == nil) == (r.Application == nil) || !strings.HasSuffix(r.Title, ".") || r.Reason != "" && !strings.HasSuffix(r.Reason, ".") {
			t.Errorf("%s: it needs either Package or Application, and sentences as title and reason", r.ID)
		}
	}
}

// read returns the facts of a program.
func read(t *testing.T, p *structure.Program) *structure.App {
	t.Helper()
	a, err := structure.Read(p)
	if err != nil {
		t.Fatal(err)
	}
	return a
}
