package terem_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestTheProofNamesTestsThatExist checks the page that says which tests prove
// the session's promises.
func TestTheProofNamesTestsThatExist(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("docs/design/session-proof.md")
	if err != nil {
		t.Fatal(err)
	}
	for row := 1; row <= 25; row++ {
		if n := strings.Count(string(page), fmt.Sprintf("\n| %d | ", row)); n != 1 {
			t.Errorf("the page has row %d %d times", row, n)
		}
	}
	for _, m := range regexp.MustCompile("`([a-z/]+)\\.(Test\\w+)`").FindAllStringSubmatch(string(page), -1) {
		if !hasTest(t, m[1], m[2]) {
			t.Errorf("%s has no %s", m[1], m[2])
		}
	}
}

// TestSecurityNamesTestsThatExist checks the page that says which tests show that
// requirements are met.
func TestSecurityNamesTestsThatExist(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("docs/security.md")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for line := range strings.Lines(string(page)) {
		dir, root := "", "" // those of the test before, where a test names none
		for _, m := range regexp.MustCompile("`(?:(app|journey): ?)?(?:([\\w/]+) )?((?:Test|Fuzz)\\w+)`").FindAllStringSubmatch(line, -1) {
			found++
			switch where, pkg := m[1], m[2]; {
			case where == "app":
				root = "internal/scaffold/app"
				dir = filepath.Join(root, pkg)
			case where == "journey":
				root, dir = "", "internal/journey"
			case pkg != "":
				if dir = filepath.Join(root, pkg); root != "" && !isDir(dir) {
					root, dir = "", pkg
				}
			}
			if strings.HasSuffix(dir, "/notifications") {
				dir = "internal/scaffold/app/services/notifications"
			}
			if !hasTest(t, dir, m[3]) {
				t.Errorf("%q has no %s, which is named in:\n%s", dir, m[3], line)
			}
		}
	}
	if found < 60 {
		t.Errorf("the page names %d tests", found)
	}
}

// TestTheTourNamesFilesThatExist checks the page that leads through the code.
func TestTheTourNamesFilesThatExist(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("docs/design/tour.md")
	if err != nil {
		t.Fatal(err)
	}
	there := map[string]bool{} // by path, and by each part of it that ends with the name
	err = filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if d.IsDir() && d.Name() == "testdata" {
			return fs.SkipDir
		}
		for end := filepath.ToSlash(path); end != ""; _, end, _ = strings.Cut(end, "/") {
			there[end] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	names := regexp.MustCompile("`([a-z_/]+\\.(?:go|html)|(?:internal|cmd|docs|db)/[a-z/]+[a-z])/?`").FindAllStringSubmatch(string(page), -1)
	for _, m := range names {
		if !there[m[1]] {
			t.Errorf("there is no %s", m[1])
		}
	}
	if len(names) < 80 {
		t.Errorf("the page names %d files", len(names))
	}
}

// TestDecisionsAreListed checks the list of the decisions.
func TestDecisionsAreListed(t *testing.T) {
	t.Parallel()
	list, err := os.ReadFile("docs/decisions/README.md")
	if err != nil {
		t.Fatal(err)
	}
	pages, err := filepath.Glob("docs/decisions/2*.md")
	if err != nil || len(pages) == 0 {
		t.Fatal(pages, err)
	}
	for _, page := range pages {
		if !strings.Contains(string(list), "]("+filepath.Base(page)+")") {
			t.Errorf("%s is not in the list", page)
		}
	}
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// hasTest reports whether a folder has a test of a name.
func hasTest(t *testing.T, dir, name string) bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), "\nfunc "+name+"(t *testing.T)") || strings.Contains(string(text), "\nfunc "+name+"(f *testing.F)") {
			return true
		}
	}
	return false
}
