package terem_test

import (
	"fmt"
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
	texts := map[string]string{} // of a folder's tests
	for _, m := range regexp.MustCompile("`([a-z/]+)\\.(Test\\w+)`").FindAllStringSubmatch(string(page), -1) {
		dir, name := m[1], m[2]
		if texts[dir] == "" {
			files, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
			if err != nil || files == nil {
				t.Errorf("%s has no tests: %v", dir, err)
			}
			for _, file := range files {
				text, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				texts[dir] += string(text)
			}
		}
		if !strings.Contains(texts[dir], "\nfunc "+name+"(t *testing.T)") {
			t.Errorf("%s has no %s", dir, name)
		}
	}
}
