package terem_test

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/terem-go/terem/app"
	"github.com/terem-go/terem/internal/cli"
	"github.com/terem-go/terem/internal/scaffold/app/users"
)

var (
	shown  = regexp.MustCompile("(?m)(?:^|`)[ \t]*(?:[A-Z_]+=\\S+ )*(terem|go run \\.)[ \t]([^`\n&]+)")
	worded = regexp.MustCompile(`#.*|(?:'[^']*'|"[^"]*"|[^\s'"])+`)
	quotes = strings.NewReplacer("'", "", `"`, "")
)

// TestCommandsOfTheDocumentation asks each command that a page shows for its help,
// which the command prints if it knows everything else that was typed.
func TestCommandsOfTheDocumentation(t *testing.T) {
	t.Parallel()
	shop := app.New(app.Config{Name: "shop"})
	u, err := users.New(users.Config{Name: "shop", Secrets: []string{strings.Repeat("k", 32)}})
	if err != nil {
		t.Fatal(err)
	}
	shop.Register(u)
	n := 0
	for name, page := range documentation(t) {
		if name == "CHANGELOG.md" { // which tells what was
			continue
		}
		for _, m := range shown.FindAllStringSubmatch(page, -1) {
			var args []string
			for _, word := range worded.FindAllString(m[2], -1) {
				if !strings.HasPrefix(word, "#") {
					args = append(args, quotes.Replace(word))
				}
			}
			args = append(args, "--help")
			var out bytes.Buffer
			if m[1] == "terem" {
				if cli.Main(t.Context(), args, &out, &out) != 0 {
					t.Errorf("%s: terem %s: %s", name, m[2], &out)
				}
			} else if name == "README.md" || strings.HasPrefix(name, "docs/") {
				if err := shop.Run(t.Context(), args, &out); err != nil {
					t.Errorf("%s: go run . %s: %v", name, m[2], err)
				}
			}
			n++
		}
	}
	if n < 150 {
		t.Errorf("%d commands were found", n)
	}
}
