package terem_test

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// docsSkipped are folders whose pages are not the documentation of this module:
// what others wrote, and what `terem new` writes, whose links lead around in the
// application.
var docsSkipped = []string{"internal/docsui/swaggerui", "internal/scaffold/app"}

// TestLinksOfTheDocumentation follows the links between pages: each leads to a
// file, and to a heading where it names one.
func TestLinksOfTheDocumentation(t *testing.T) {
	t.Parallel()
	pages := documentation(t)
	for name, page := range pages {
		for _, link := range links(page) {
			file, heading, _ := strings.Cut(link, "#")
			target := name
			if file != "" {
				target = path.Join(path.Dir(name), file)
			}
			if _, err := os.Stat(target); err != nil {
				t.Errorf("%s links to %s, which is not there", name, link)
				continue
			}
			if heading != "" && !anchors(pages[target])[heading] {
				t.Errorf("%s links to %s, and there is no such heading", name, link)
			}
		}
	}
}

// TestEveryPageIsInTheTableOfContents walks from docs/README.md to all pages.
func TestEveryPageIsInTheTableOfContents(t *testing.T) {
	t.Parallel()
	pages := documentation(t)
	reached := map[string]bool{}
	var walk func(name string)
	walk = func(name string) {
		if _, ok := pages[name]; !ok || reached[name] {
			return
		}
		reached[name] = true
		// Every page must be named by a table of contents, not only in passing.
		if path.Base(name) != "README.md" {
			return
		}
		for _, link := range links(pages[name]) {
			file, _, _ := strings.Cut(link, "#")
			walk(path.Join(path.Dir(name), file))
		}
	}
	walk("docs/README.md")
	for name := range pages {
		if !reached[name] {
			t.Errorf("no table of contents that docs/README.md leads to names %s", name)
		}
	}
}

// documentation returns the pages of this module by their paths.
func documentation(t *testing.T) map[string]string {
	t.Helper()
	pages := map[string]string{}
	err := filepath.WalkDir(".", func(name string, entry os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		for _, skipped := range docsSkipped {
			if name == skipped {
				return filepath.SkipDir
			}
		}
		base := path.Base(name)
		if entry.IsDir() {
			if base == "testdata" || base == "node_modules" || len(base) > 1 && strings.HasPrefix(base, ".") {
				return filepath.SkipDir
			}
			return nil
		}
		if path.Ext(name) == ".md" {
			text, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			pages[name] = string(text)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(pages) < 80 {
		t.Fatalf("%d pages were found", len(pages))
	}
	return pages
}

var (
	fenced  = regexp.MustCompile("(?ms)^\\s*```.*?^\\s*```$")
	spanned = regexp.MustCompile("`[^`\n]*`")
	linked  = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading = regexp.MustCompile(`(?m)^#+ +(.*)$`)
	dropped = regexp.MustCompile(`[^\p{L}\p{N}\p{M} _-]`)
)

// links returns what a page links to in this repository.
func links(page string) []string {
	var found []string
	text := spanned.ReplaceAllString(fenced.ReplaceAllString(page, ""), "")
	for _, m := range linked.FindAllStringSubmatch(text, -1) {
		if !strings.Contains(m[1], "://") && !strings.HasPrefix(m[1], "mailto:") {
			found = append(found, m[1])
		}
	}
	return found
}

// anchors returns the names of a page's headings, as GitHub and GitLab make them.
func anchors(page string) map[string]bool {
	names := map[string]bool{}
	for _, m := range heading.FindAllStringSubmatch(fenced.ReplaceAllString(page, ""), -1) {
		text := linked.ReplaceAllString(m[1], "]")
		names[strings.ReplaceAll(dropped.ReplaceAllString(strings.ToLower(text), ""), " ", "-")] = true
	}
	return names
}
