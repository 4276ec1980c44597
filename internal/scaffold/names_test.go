package scaffold_test

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/terem-go/terem/internal/scaffold"
)

func TestAppName(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"shop":               "shop",
		"Shop":               "shop",
		"My Shop!":           "my-shop",
		"example.com/a/shop": "shop",
		"a_b.c":              "a-b-c",
		"--x--":              "x",
		"2048":               "app-2048",
		"магазин":            "",
		"___":                "",
		"":                   "",
	} {
		if got := scaffold.AppName(in); got != want {
			t.Errorf("AppName(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestCheckModule(t *testing.T) {
	t.Parallel()
	goroot, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	for path, why := range map[string]string{
		"shop":                               "",
		"shop/api":                           "",
		"example.com/a/shop":                 "",
		"example.com/shop/v2":                "",
		"github.com/zzz/x":                   "",
		"app":                                "",
		"Shop":                               "",
		"":                                   "empty string",
		"a b":                                "invalid char ' '",
		"/shop":                              "empty path element",
		"shop/":                              "trailing slash",
		"../shop":                            `invalid path element ".."`,
		"магазин":                            "invalid char 'м'",
		"-shop":                              "leading dash",
		"Example.com/shop":                   "invalid char 'E' in first path element",
		"example.com/.shop":                  "leading dot in path element",
		"example.com/shop/v1":                "invalid version",
		"shop/v1":                            "its version must be /v2 or higher",
		"main":                               "the go command reserves it",
		"all":                                "the go command reserves it",
		"log":                                "the standard library has log",
		"net/shop":                           "the standard library has net",
		"cmd":                                "the standard library has cmd",
		"internal":                           "the standard library has internal",
		"github.com/terem-go/terem":          "the application imports the module of that path",
		"github.com/danielgtaylor/huma/v2":   "the application imports the module of that path",
		"github.com/danielgtaylor/huma/shop": "",
	} {
		got := ""
		if err := scaffold.CheckModule(path, strings.TrimSpace(string(goroot))); err != nil {
			got = err.Error()
		}
		if (why == "") != (got == "") || !strings.Contains(got, why) {
			t.Errorf("%q is refused with %q, want %q", path, got, why)
		}
		if got != "" && !strings.HasSuffix(got, "Choose another, such as: --module example.com/shop") {
			t.Errorf("%q: no way out in %q", path, got)
		}
	}
}
