package dev_test

import (
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/internal/dev"
)

// No request fails while one process takes over from the other. The processes
// end without mercy for requests that reach them later.
func TestChange(t *testing.T) {
	t.Parallel()
	a := serve(t, "one")
	a.await("/word", "one")
	events := a.events()
	before := a.next(events, serving)
	var calling sync.WaitGroup
	var calls atomic.Int64
	stop := make(chan struct{})
	for range 4 {
		calling.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				got, err := a.do("GET", "/word")
				if err != nil || got.status != 200 {
					t.Errorf("a request is answered with %d %s: %v", got.status, got.body, err)
				}
				calls.Add(1)
			}
		})
	}
	for _, word := range []string{"two", "three", "four"} {
		a.write("word.txt", word) // which is embedded
		a.await("/word", word)
	}
	n := calls.Load()
	for calls.Load() < n+200 {
		time.Sleep(time.Millisecond)
	}
	close(stop)
	calling.Wait()
	if after := a.next(events, func(e event) bool { return e.Process != before.Process }); failed(after) {
		t.Errorf("open pages are told %+v", after)
	}
	for _, line := range []string{"Compiling …\n", "this is one\n", "word.txt has changed. Compiling …\n", "Serving " + a.origin + " (compiled in "} {
		if !strings.Contains(a.log.String(), line) {
			t.Errorf("it does not print %q:\n%s", line, a.log)
		}
	}
}

// A request that the old process has begun is finished by it.
func TestRequestInFlight(t *testing.T) {
	t.Parallel()
	a := serve(t, "one")
	a.await("/word", "one")
	res, err := http.Get(a.origin + "/slow")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	a.write("word.txt", "two")
	a.await("/word", "two")
	a.write("go.db", "") // which is no change
	body := make([]byte, 3)
	if _, err := res.Body.Read(body); err != nil && string(body) != "one" || string(body) != "one" {
		t.Errorf("the answer goes on with %q: %v", body, err)
	}
}

func TestCompileError(t *testing.T) {
	t.Parallel()
	a := serve(t, "one")
	a.await("/word", "one")
	events := a.events()
	before := a.next(events, serving)
	a.breakIt()
	told := a.next(events, failed)
	if told.Process != before.Process || !strings.Contains(told.Text, "./main.go:31:2: undefined: nonsense") {
		t.Errorf("open pages are told %+v", told)
	}
	if later := a.next(a.events(), func(event) bool { return true }); later != told {
		t.Errorf("a page that is opened now is told %+v", later)
	}
	if got := a.get("/word"); got.status != 200 || got.body != "one" {
		t.Errorf("meanwhile a request is answered with %d %s", got.status, got.body)
	}
	a.log.Await(t, limit, "The process before goes on serving")
	a.write("main.go", mainGo)
	if after := a.next(events, serving); after != before {
		t.Errorf("all is as before, and pages are told %+v", after)
	}
}

// The first build fails: there is nothing else to serve.
func TestFirstBuildFails(t *testing.T) {
	t.Parallel()
	a := folder(t, "one")
	a.breakIt()
	a.run(dev.Config{})
	for _, accept := range []string{"text/html", "*/*"} {
		got := a.await("/page", "undefined: nonsense", "Accept", accept)
		html := strings.Contains(got.body, "<pre>") && strings.Contains(got.body, `<script src="/dev/reload.js" data-process="" defer></script>`) && got.header.Get("Content-Type") == "text/html; charset=utf-8"
		if got.status != 503 || html != (accept == "text/html") {
			t.Errorf("who accepts %s gets %d %s", accept, got.status, got.body)
		}
	}
	events := a.events()
	if told := a.next(events, failed); told.Process != "" {
		t.Errorf("pages are told %+v", told)
	}
	a.write("main.go", mainGo)
	a.next(events, serving)
	if got := a.get("/word"); got.body != "one" {
		t.Errorf("it is mended, and answers %d %s", got.status, got.body)
	}
}

// Who asks during the first build waits for it.
func TestRequestDuringBuild(t *testing.T) {
	t.Parallel()
	if got := serve(t, "one").get("/word"); got.body != "one" {
		t.Errorf("the first request is answered with %d %s", got.status, got.body)
	}
}

// What stood in the way was outside the files that are watched.
func TestStartFails(t *testing.T) {
	t.Parallel()
	a := serve(t, "needy")
	got := a.get("/word", "Accept", "*/*")
	if got.status != 503 || !strings.Contains(got.body, "(exit status 3)") || !strings.Contains(got.body, "the schema is behind. Apply: migrate up") {
		t.Errorf("it is answered with %d %s", got.status, got.body)
	}
	a.write("schema.db", "")
	for range 3 {
		if got := a.get("/word", "Accept", "*/*"); got.status != 503 {
			t.Errorf("a program that asks has it started again: %d %s", got.status, got.body)
		}
	}
	if got := a.get("/word", page...); got.body != "needy" {
		t.Errorf("somebody opens a page, and gets %d %s", got.status, got.body)
	}
}

// The same while an old process serves.
func TestStartFailsLater(t *testing.T) {
	t.Parallel()
	a := serve(t, "one")
	a.await("/word", "one")
	events := a.events()
	a.write("word.txt", "needy")
	if told := a.next(events, failed); told.Process == "" || !strings.Contains(told.Text, "the schema is behind") {
		t.Errorf("pages are told %+v", told)
	}
	a.write("schema.db", "")
	if got := a.get("/word", page...); got.body != "one" {
		t.Errorf("meanwhile a request is answered with %d %s", got.status, got.body)
	}
	a.next(events, serving)
	a.await("/word", "needy")
}

func TestStartTakesTooLong(t *testing.T) {
	t.Parallel()
	a := folder(t, "deaf")
	a.run(dev.Config{StartLimit: time.Second})
	if got := a.get("/word"); got.status != 503 || !strings.Contains(got.body, "It does not answer at its ADDR after 1s. It has written:\n\nthis is deaf") {
		t.Errorf("it is answered with %d %s", got.status, got.body)
	}
	a.write("word.txt", "one")
	a.await("/word", "one")
}

func TestCrash(t *testing.T) {
	t.Parallel()
	a := serve(t, "one")
	a.await("/word", "one")
	events := a.events()
	got := a.get("/exit", page...)
	if got.status != 503 || !strings.Contains(got.body, "The application has ended (exit status 7)") || !strings.Contains(got.body, "farewell") {
		t.Errorf("it is answered with %d %s", got.status, got.body)
	}
	if told := a.next(events, failed); told.Process != "" {
		t.Errorf("pages are told %+v", told)
	}
	if got := a.get("/word", page...); got.body != "one" {
		t.Errorf("somebody opens a page, and gets %d %s", got.status, got.body)
	}
}

// The settings are the application's, read at its start.
func TestDotenv(t *testing.T) {
	t.Parallel()
	a := serve(t, "one")
	if got, want := pid.ReplaceAllString(a.get("/env").body, ""), "|127.0.0.0/8|"+a.origin+"|127.0.0.1|"; got != want {
		t.Errorf("the application has %s, want %s", got, want)
	}
	if got := a.get("/host").body; "http://"+got != a.origin {
		t.Errorf("the application is %s to itself", got)
	}
	before := a.pid()
	own := "ADMIN_ADDR=127.0.0.1:9090\nBASE_URL=https://shop.example\n"
	a.write(".env", own)
	a.await("/env", "|127.0.0.0/8|127.0.0.1:0|127.0.0.1|"+own) // the process before has the admin address still
	if a.pid() == before {
		t.Error("the process is the same")
	}
}

// What is no part of the program starts nothing, or an application that writes
// files would be started again and again.
func TestWhatIsNoPart(t *testing.T) {
	t.Parallel()
	a := serve(t, "one")
	before := a.pid()
	for _, name := range []string{"more/x_test.go", "shop.db-wal", "shop.sqlite", "shop.sqlite3-journal", "shop.db-migrate-journal", ".main.go.swp", "web/node_modules/x.js", "vendor/x/x.go", ".git/HEAD", "out.log"} {
		a.write(name, "package x")
	}
	a.get("/write")
	a.log.Await(t, limit, "The program is the same as before")
	if got := a.pid(); got != before {
		t.Error("another process serves")
	}
	if diff := cmp.Diff([]string{"upload.txt has changed. Compiling …"}, a.log.Lines("changed. Comp")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	a.write("more/more.go", "package x\n")
	a.log.Await(t, limit, "more/more.go has changed")
	a.write("static/vendor/x.js", "x") // which may be embedded
	a.log.Await(t, limit, "static/vendor/x.js has changed")
	if err := os.Remove(filepath.Join(a.dir, "main.go")); err != nil {
		t.Fatal(err)
	}
	a.log.Await(t, limit, "main.go has changed")
}

// A save during a build makes that one out of date; only the last counts.
func TestSaveDuringBuild(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("there is no shell")
	}
	a := folder(t, "never")
	a.write(".held", "")
	a.write(".hold", `#!/bin/sh
case "$1 $2" in *link*-V=full) ;; *link*)
	echo >"`+a.dir+`/.links"
	while [ -e "`+a.dir+`/.held" ]; do sleep 0.02; done
esac
exec "$@"
`)
	if err := os.Chmod(filepath.Join(a.dir, ".hold"), 0o700); err != nil {
		t.Fatal(err)
	}
	a.run(dev.Config{Environ: append(os.Environ(), "GOFLAGS=-toolexec="+a.dir+"/.hold")})
	for end := time.Now().Add(limit); ; time.Sleep(5 * time.Millisecond) {
		if _, err := os.Stat(filepath.Join(a.dir, ".links")); err == nil {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("it does not get as far as to link:\n%s", a.log)
		}
	}
	a.write("word.txt", "one")
	a.log.Await(t, limit, "word.txt has changed")
	if err := os.Remove(filepath.Join(a.dir, ".held")); err != nil {
		t.Fatal(err)
	}
	a.await("/word", "one")
	if lines := a.log.Lines("this is never"); len(lines) > 0 {
		t.Error("what was out of date was started")
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	a, library, empty := serve(t, "one"), t.TempDir(), t.TempDir()
	taken := folder(t, "two")
	taken.write(".env", "ADDR="+strings.TrimPrefix(a.origin, "http://"))
	for name, text := range map[string]string{"go.mod": "module example.com/library\n", "library.go": "package library\n", "main_test.go": "package main\n", "gen.go": "//go:build ignore\n\npackage main\n"} {
		if err := os.WriteFile(filepath.Join(library, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for dir, want := range map[string]string{
		taken.dir:                       "cannot listen on " + strings.TrimPrefix(a.origin, "http://") + ": another program does. Stop it, or set ADDR to another port",
		empty:                           "there is no go.mod in " + empty + " or above it. Change into the folder of an application, or create one with: terem new DIR",
		library:                         "there is no package main in " + library + ". Change into the folder of the application that has its main.go",
		filepath.Join(empty, "nowhere"): filepath.Join(empty, "nowhere") + " is not a folder. Name that of an application",
	} {
		if err := dev.Run(t.Context(), dev.Config{Dir: dir, Environ: []string{}, Out: t.Output(), Err: t.Output()}); err == nil || err.Error() != want {
			t.Errorf("%s\n got %v\nwant %s", dir, err, want)
		}
	}
}

func TestWithoutToolchain(t *testing.T) {
	a := folder(t, "one")
	t.Setenv("PATH", t.TempDir())
	if err := dev.Run(t.Context(), dev.Config{Dir: a.dir}); err == nil || !strings.HasPrefix(err.Error(), "there is no go command in PATH") {
		t.Error(err)
	}
}

// Neither Ctrl-C nor a save leaves a process or a file behind.
func TestNothingIsLeft(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("looks into /proc")
	}
	a := serve(t, "one")
	processes := []string{a.pid()}
	a.write("word.txt", "two")
	a.await("/word", "two")
	processes = append(processes, a.pid())
	a.events() // a page is open
	a.end()
	for _, p := range processes {
		if _, err := os.Stat("/proc/" + p); err == nil {
			t.Errorf("the process %s is still there", p)
		}
	}
	if _, err := a.do("GET", "/word"); err == nil {
		t.Error("somebody answers")
	}
}
