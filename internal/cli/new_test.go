package cli_test

import (
	"bytes"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestUsageErrors(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "shop")
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"nwe"}, `unexpected argument nwe, did you mean "new"? See: terem --help`},
		{[]string{"new"}, `expected "<dir>". See: terem new --help`},
		{[]string{"new", dir, "more"}, `unexpected argument more. See: terem new --help`},
		{[]string{"new", dir, "--modul=x"}, `unknown flag --modul, did you mean "--module"? See: terem new --help`},
		{[]string{"new", dir, "--database=mysql"}, `--database must be one of "sqlite","postgres" but got "mysql". See: terem new --help`},
		{[]string{"migrate"}, `terem migrate needs one word more: new, lint or verify. See: terem migrate --help`},
		{[]string{"add", "domian"}, `unexpected argument domian, did you mean "domain"? See: terem add --help`},
		{[]string{"add", "domain"}, `expected "<name>". See: terem add domain --help`},
		{[]string{"check", "--explain"}, `--explain needs a value. See: terem check --help`},
		{[]string{"check", "--dir=" + dir}, `--dir: there is no folder ` + dir + `. See: terem check --help`},
		{[]string{"check", "--dir=new_test.go"}, `--dir: new_test.go is a file: name the application's folder. See: terem check --help`},
	} {
		status, out, complaint := terem(t, c.args...)
		if want := "error: " + c.want + "\n"; status != 2 || out != "" || complaint != want {
			t.Errorf("%q: status %d, %s\nprinted %q\n and    %q\n want   %q", c.args, status, c.want, out, complaint, want)
		}
	}
	empty(t, filepath.Dir(dir))
}

func TestErrors(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		prepare func(t *testing.T, dir string)
		args    []string
		want    string // with DIR for the test's folder
	}{
		"not empty": {
			func(t *testing.T, dir string) { write(t, filepath.Join(dir, "shop", "notes.txt"), "") },
			[]string{"DIR/shop"},
			"DIR/shop is not empty. Name a folder that is empty or does not exist yet",
		},
		"a file": {
			func(t *testing.T, dir string) { write(t, filepath.Join(dir, "shop"), "") },
			[]string{"DIR/shop"},
			"DIR/shop is a file, or below one. Name a folder that is empty or does not exist yet",
		},
		"below a file": {
			func(t *testing.T, dir string) { write(t, filepath.Join(dir, "a"), "") },
			[]string{"DIR/a/shop"},
			"DIR/a/shop is a file, or below one. Name a folder that is empty or does not exist yet",
		},
		"a bad module path": {
			nil,
			[]string{"DIR/shop", "--module=example.com/my shop"},
			`"example.com/my shop" cannot be a module path: invalid char ' '. Choose another, such as: --module example.com/shop`,
		},
		"a path of the standard library": {
			nil,
			[]string{"DIR/log"},
			`"log" cannot be a module path: the standard library has log. Choose another, such as: --module example.com/shop`,
		},
		"the library's path": {
			nil,
			[]string{"DIR/shop", "--module=github.com/terem-go/terem"},
			`"github.com/terem-go/terem" cannot be a module path: the application imports the module of that path. Choose another, such as: --module example.com/shop`,
		},
		"no name to make a path from": {
			nil,
			[]string{"DIR/магазин"},
			`no module path can be made from the name "магазин". Choose one: --module example.com/shop`,
		},
		"no name in the path": {
			nil,
			[]string{"DIR/shop", "--module=example.com/__"},
			"no name can be made from the module path example.com/__: its last element needs a letter or a digit",
		},
		"a path inside another module": {
			func(t *testing.T, dir string) { write(t, filepath.Join(dir, "go.mod"), "module example.com/mono\n") },
			[]string{"DIR/shop", "--module=shop"},
			"DIR/shop is inside the module example.com/mono (DIR/go.mod) and becomes part of it. Leave out --module, or name a folder elsewhere",
		},
		"a folder that cannot be imported": {
			func(t *testing.T, dir string) { write(t, filepath.Join(dir, "go.mod"), "module example.com/mono\n") },
			[]string{"DIR/my shop"},
			`"example.com/mono/my shop" cannot be an import path in the module example.com/mono: invalid char ' '. Name the folder otherwise`,
		},
		"no checkout there": {
			nil,
			[]string{"DIR/shop", "--terem=DIR/terem"},
			"DIR/terem is not a checkout of Terem: open DIR/terem/go.mod: no such file or directory",
		},
		"another module there": {
			func(t *testing.T, dir string) {
				write(t, filepath.Join(dir, "terem", "go.mod"), "module example.com/mono\n")
			},
			[]string{"DIR/shop", "--terem=DIR/terem"},
			"DIR/terem is not a checkout of Terem: its go.mod is that of example.com/mono",
		},
		"a checkout of another time": {
			func(t *testing.T, dir string) {
				write(t, filepath.Join(dir, "terem", "go.mod"), "module github.com/terem-go/terem\n\ngo 1.26.0\n")
				write(t, filepath.Join(dir, "terem", "go.sum"), "")
			},
			[]string{"DIR/shop", "--terem=DIR/terem"},
			"the checkout of Terem does not fit this tool: its go.mod does not require github.com/alecthomas/kong",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if c.prepare != nil {
				c.prepare(t, dir)
			}
			before := list(t, dir)
			args := []string{"new"}
			for _, a := range c.args {
				args = append(args, strings.ReplaceAll(a, "DIR", dir))
			}
			status, out, complaint := terem(t, args...)
			if want := "error: " + strings.ReplaceAll(c.want, "DIR", dir) + "\n"; status != 1 || out != "" || complaint != want {
				t.Errorf("status %d\nprinted %q\n and    %q\n want   %q", status, out, complaint, want)
			}
			if diff := cmp.Diff(before, list(t, dir)); diff != "" {
				t.Errorf("something was left (-before +after):\n%s", diff)
			}
		})
	}
}

// list returns the names of all that is below a folder.
func list(t *testing.T, dir string) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(dir, func(p string, _ os.DirEntry, err error) error {
		names = append(names, p)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// What depends on the environment is asked of the tool as a process of its own.
func TestErrorsOfTheEnvironment(t *testing.T) {
	t.Parallel()
	future := filepath.Join(t.TempDir(), "terem")
	write(t, filepath.Join(future, "go.mod"), "module github.com/terem-go/terem\n\ngo 1.999.0\n")
	write(t, filepath.Join(future, "go.sum"), "")
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { busy.Close() })
	for name, c := range map[string]struct {
		env  string
		args []string
		want string
	}{
		"no go": {
			"PATH=/nowhere", nil,
			"the command go is not in PATH. Install Go 1.26.0 or newer: https://go.dev/dl/",
		},
		"an old go": {
			"GOTOOLCHAIN=local", []string{"--terem=" + future},
			"the application needs Go 1.999.0 or newer, and this is GOVERSION. Install it: https://go.dev/dl/",
		},
		"a database of something else": {
			"DATABASE_URL=postgres://ada:secret@db.example/live", []string{"--run"},
			"DATABASE_URL is set in the environment, and --run would migrate that database, which is not sqlite. Unset it, or leave out --run",
		},
		"a file instead of a server": {
			"DATABASE_URL=sqlite:live.db", []string{"--run", "--database=postgres"},
			"DATABASE_URL is set in the environment, and --run would migrate that database, which is not postgres. Unset it, or leave out --run",
		},
		"an address in use": {
			"ADDR=" + busy.Addr().String(), []string{"--run"},
			"--run: cannot listen on " + busy.Addr().String() + ": another program does. Stop it, or set ADDR to another port",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			base := t.TempDir()
			cmd := exec.Command(program(t), append([]string{"new", filepath.Join(base, "shop")}, c.args...)...)
			cmd.Env = append(os.Environ(), c.env)
			var out, complaint bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &complaint
			_ = cmd.Run()
			want := "error: " + strings.ReplaceAll(c.want, "GOVERSION", goVersion(t)) + "\n"
			if got := complaint.String(); cmd.ProcessState.ExitCode() != 1 || out.Len() > 0 || got != want {
				t.Errorf("%v\nprinted %q\n and    %q\n want   %q", cmd.ProcessState, out.String(), got, want)
			}
			empty(t, base)
		})
	}
}

func goVersion(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("go", "env", "GOVERSION").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

// The tool was compiled without the paths of its source, and is run elsewhere.
func TestNoCheckoutToBeFound(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("compiling without paths takes long")
	}
	base := t.TempDir()
	lost := filepath.Join(t.TempDir(), "terem")
	if out, err := exec.Command("go", "build", "-trimpath", "-o", lost, "github.com/terem-go/terem/cmd/terem").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	cmd := exec.Command(lost, "new", "shop")
	cmd.Dir = base
	out, _ := cmd.CombinedOutput()
	want := "error: cannot find the checkout of Terem, which the application's go.mod must point to. Name its folder: --terem PATH\n"
	if cmd.ProcessState.ExitCode() != 1 || string(out) != want {
		t.Errorf("%v\nprinted %q\n want   %q", cmd.ProcessState, out, want)
	}
	empty(t, base)

	cmd = exec.Command(lost, "new", "shop", "--terem", checkout(t))
	cmd.Dir = base
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("with --terem: %v\n%s", err, out)
	}
}

func TestSaysWhatToTypeNext(t *testing.T) {
	t.Parallel()
	base := t.TempDir()
	status, out, complaint := terem(t, "new", filepath.Join(base, "my shop"), "--module=example.com/acme/store", "--database=postgres")
	want := strings.ReplaceAll(`Created the application store in DIR/my shop: N files.

Next, type:
  cd 'DIR/my shop'
  createdb --host 127.0.0.1 --username postgres store
  go run . migrate up
  go run . dev
and open http://127.0.0.1:8000
`, "DIR", base)
	out = regexp.MustCompile(`: \d+ files`).ReplaceAllString(out, ": N files")
	if diff := cmp.Diff(want, out); diff != "" || status != 0 || complaint != "" {
		t.Errorf("status %d, on standard error %q (-want +got):\n%s", status, complaint, diff)
	}
}

func TestSaysWhatIsLeftToDo(t *testing.T) {
	t.Parallel()
	base := t.TempDir()
	write(t, filepath.Join(base, "mono", "go.mod"), "module example.com/mono\n\ngo 1.26.0\n")
	write(t, filepath.Join(base, "mono", "vendor", "modules.txt"), "")
	status, out, complaint := terem(t, "new", filepath.Join(base, "mono", "shop"))
	for _, want := range []string{
		"It is part of the module whose go.mod is DIR/mono/go.mod.\n",
		"  new there: require github.com/terem-go/terem v0.0.0\n",
		"That module has a folder vendor. Bring it up to date: go mod vendor\n",
	} {
		if want = strings.ReplaceAll(want, "DIR", base); status != 0 || !strings.Contains(out, want) {
			t.Errorf("status %d, want %q in\n%s%s", status, want, out, complaint)
		}
	}

	write(t, filepath.Join(base, "work", "go.work"), "go 1.26.0\n")
	dir := filepath.Join(base, "work", "shop")
	status, out, complaint = terem(t, "new", dir)
	want := "It is inside the workspace " + filepath.Join(base, "work", "go.work") + ". Add it: go work use " + dir + "\n"
	if status != 0 || !strings.Contains(out, want) {
		t.Errorf("status %d, want %q in\n%s%s", status, want, out, complaint)
	}
}

// Colours are for terminals only.
func TestNoColoursInAFile(t *testing.T) {
	t.Parallel()
	log, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	cmd := exec.Command(program(t), "new", filepath.Join(t.TempDir(), "log"))
	cmd.Stdout, cmd.Stderr = log, log
	var failed *exec.ExitError
	if err := cmd.Run(); !errors.As(err, &failed) {
		t.Fatal(err)
	}
	text, err := os.ReadFile(log.Name())
	if err != nil {
		t.Fatal(err)
	}
	if len(text) == 0 || bytes.ContainsRune(text, '\x1b') {
		t.Errorf("printed %q", text)
	}
}
