package cli_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/terem-go/terem/internal/processtest"
)

// slow skips a test that compiles applications, under -short.
func slow(t *testing.T) {
	t.Helper()
	t.Parallel()
	if testing.Short() {
		t.Skip("compiling applications takes long")
	}
}

// offline is the environment of somebody without a network, who changes neither
// go.mod nor go.sum.
func offline(more ...string) []string {
	return append(append(os.Environ(), "GOFLAGS=-mod=readonly -buildvcs=false", "GOPROXY=off"), more...)
}

// create creates an application as a process of its own.
func create(t *testing.T, dir string, args ...string) {
	t.Helper()
	must(t, "", nil, program(t), append([]string{"new", dir}, args...)...)
}

// must runs a program in dir, which must succeed, and returns what it prints.
func must(t *testing.T, dir string, env []string, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Env = dir, env
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(cmd.Args, " "), err, out)
	}
	return string(out)
}

// serves runs a built application, looks at it and stops it.
func serves(t *testing.T, dir, built string) {
	t.Helper()
	must(t, dir, nil, built, "migrate", "up")
	cmd := exec.Command(built)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "ADDR=127.0.0.1:0")
	p := processtest.Start(t, cmd)
	answers(t, p.Addr(t))
	p.Signal(t, os.Interrupt)
	if err := p.Wait(t, time.Minute); err != nil {
		t.Errorf("it ends with %v\n%s", err, p.Log)
	}
}

// answers looks at an application that serves.
func answers(t *testing.T, addr string) {
	t.Helper()
	c := processtest.Client{Addr: addr}
	defer c.Close()
	for _, path := range []string{"/", "/healthz", "/readyz", "/docs"} {
		if r, err := c.Do("GET", path, nil); err != nil || r.Status != 200 {
			t.Errorf("GET %s: %+v, %v", path, r, err)
		}
	}
}

func TestApplicationPassesItsOwnChecks(t *testing.T) {
	slow(t)
	dir := filepath.Join(t.TempDir(), "shop")
	create(t, dir)
	if out := must(t, dir, nil, "gofmt", "-l", "."); out != "" {
		t.Errorf("not gofmt-clean:\n%s", out)
	}
	must(t, dir, offline(), "go", "vet", "./...")
	must(t, dir, offline(), "go", "test", "./...")
	built := filepath.Join(t.TempDir(), "shop")
	must(t, dir, offline(), "go", "build", "-o", built, ".")
	serves(t, dir, built)
	if out := must(t, dir, nil, built, "config"); !strings.Contains(out, "sqlite:shop.db") || strings.Contains(out, secret(t, dir)) {
		t.Errorf("config prints\n%s", out)
	}
}

// secret returns the SECRET_KEY of an application.
func secret(t *testing.T, dir string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, ".env"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "SECRET_KEY=")
	key, _, _ := strings.Cut(rest, "\n")
	return key
}

func TestApplicationInsideAModule(t *testing.T) {
	slow(t)
	root := t.TempDir()
	write(t, filepath.Join(root, "go.mod"), "module example.com/mono\n\ngo 1.24\n")
	write(t, filepath.Join(root, "libs", "libs.go"), "// Package libs was here before.\npackage libs\n")
	dir := filepath.Join(root, "apps", "shop")
	create(t, dir)
	must(t, root, offline(), "go", "vet", "./...")
	built := filepath.Join(t.TempDir(), "shop")
	must(t, root, offline(), "go", "build", "-o", built, "./apps/shop")
	serves(t, dir, built)
}

// Once vendored, an application needs no checkout.
func TestApplicationVendored(t *testing.T) {
	slow(t)
	base := t.TempDir()
	library, dir := filepath.Join(base, "terem"), filepath.Join(base, "shop")
	copyGo(t, checkout(t), library)
	create(t, dir, "--terem", library)
	must(t, dir, nil, "go", "mod", "vendor") // modules for other systems may have to be downloaded
	if err := os.RemoveAll(library); err != nil {
		t.Fatal(err)
	}
	built := filepath.Join(base, "built")
	// With -trimpath the build cache knows what is compiled here from the last time, in another folder.
	must(t, dir, append(os.Environ(), "GOFLAGS=-mod=vendor -buildvcs=false -trimpath", "GOPROXY=off"), "go", "build", "-o", built, "shop")
	serves(t, dir, built)
}

// copyGo copies a checkout, but for what does not belong to its packages.
func copyGo(t *testing.T, from, to string) {
	t.Helper()
	err := filepath.WalkDir(from, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if name := d.Name(); d.IsDir() && (name == ".git" || name == "testdata" || name == "node_modules") {
			return fs.SkipDir
		}
		if !d.Type().IsRegular() || strings.HasSuffix(p, "_test.go") && !strings.Contains(p, "scaffold") {
			return nil
		}
		rel, err := filepath.Rel(from, p)
		if err != nil {
			return err
		}
		text, err := os.ReadFile(p)
		write(t, filepath.Join(to, rel), string(text))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestRun(t *testing.T) {
	slow(t)
	base, temp := t.TempDir(), t.TempDir()
	cmd := exec.Command(program(t), "new", "shop", "--run")
	cmd.Dir, cmd.Env = base, offline("ADDR=127.0.0.1:0", "TMPDIR="+temp)
	var out bytes.Buffer
	cmd.Stdout = &out
	p := processtest.Start(t, cmd)
	t.Cleanup(func() { p.Signal(t, os.Interrupt); p.Wait(t, time.Minute) })
	p.Log.Await(t, 5*time.Minute, "serving")
	answers(t, p.Addr(t))
	p.Signal(t, os.Interrupt)
	if err := p.Wait(t, time.Minute); err != nil {
		t.Errorf("it ends with %v", err)
	}
	for _, want := range []string{"Created the application shop in shop: ", "\nCompiled in ", "\nServing. Open http://127.0.0.1:0, and stop with Ctrl-C.\n"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("it does not print %q:\n%s", want, &out)
		}
	}
	if len(p.Log.Lines("Compiling")) != 1 || len(p.Log.Lines("msg=stopped")) != 1 {
		t.Errorf("on standard error there is\n%s", p.Log)
	}
	empty(t, temp)
}

// A database that does not answer ends --run, and the application is there.
func TestRunWithoutItsDatabase(t *testing.T) {
	slow(t)
	base := t.TempDir()
	cmd := exec.Command(program(t), "new", "shop", "--database=postgres", "--run")
	cmd.Dir, cmd.Env = base, offline("DATABASE_URL=postgres://ada:hidden@127.0.0.1:1/shop", "ADDR=127.0.0.1:0")
	out, _ := cmd.CombinedOutput()
	want := "error: migrating failed (exit status 1). The application is in shop. To go on: " +
		"cd shop && createdb --host 127.0.0.1 --username postgres shop && go run . migrate up && go run . dev\n"
	if text := string(out); cmd.ProcessState.ExitCode() != 1 || !strings.HasSuffix(text, want) || strings.Contains(text, "hidden") || strings.Count(text, "\nerror: ") != 2 {
		t.Errorf("%v\nprinted %s\n want at the end %s", cmd.ProcessState, text, want)
	}
	if _, err := os.Stat(filepath.Join(base, "shop", "main.go")); err != nil {
		t.Error(err)
	}
}

// Ctrl-C while it compiles, which nothing is ready for yet.
func TestRunInterrupted(t *testing.T) {
	slow(t)
	base, temp := t.TempDir(), t.TempDir()
	cmd := exec.Command(program(t), "new", "shop", "--run")
	cmd.Dir, cmd.Env = base, offline("ADDR=127.0.0.1:0", "TMPDIR="+temp, "GOCACHE="+filepath.Join(t.TempDir(), "cold"))
	p := processtest.Start(t, cmd)
	p.Log.Await(t, time.Minute, "Compiling")
	time.Sleep(100 * time.Millisecond)
	p.Signal(t, os.Interrupt)
	var exit *exec.ExitError
	if err := p.Wait(t, time.Minute); !errors.As(err, &exit) || exit.ExitCode() != 130 {
		t.Errorf("it ends with %v", err)
	}
	p.Log.Await(t, time.Second, "error: interrupted. The application is in shop. To go on: cd shop && go run . migrate up && go run . dev")
	empty(t, temp)
}
