//go:build unix

package dev_test

import (
	"bufio"
	"context"
	"encoding/json"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/terem-go/terem/internal/dev"
)

// A change is served without a request that fails in between, and by the old
// process until then.
func TestChange(t *testing.T) {
	t.Parallel()
	a := begin(t)
	old := a.await("/text", "", "first")
	stop, calls := make(chan struct{}), atomic.Int64{}
	var calling sync.WaitGroup
	for range 4 {
		calling.Go(func() {
			for {
				select {
				case <-stop:
					return
				case <-time.After(5 * time.Millisecond):
				}
				status, body := a.get("/text", "")
				if status != 200 || !strings.HasPrefix(body, "first") && !strings.HasPrefix(body, "second") {
					t.Errorf("a request is answered with %d %s", status, body)
				}
				calls.Add(1)
			}
		})
	}
	a.save("word.txt", "second") // an embedded file counts as well
	fresh := a.await("/text", "", "second")
	for gone(t, old, "first"); calls.Load() < 50; time.Sleep(time.Millisecond) {
	}
	close(stop)
	calling.Wait()
	if err := a.end(); err != nil {
		t.Fatal(err)
	}
	gone(t, fresh, "second")
	if !strings.Contains(a.log.String(), "word.txt has changed. Compiling …\n") {
		t.Errorf("it does not say what has changed:\n%s", a.log)
	}
}

// gone waits until the process that has answered is not there.
func gone(t *testing.T, answer, word string) {
	t.Helper()
	pid, err := strconv.Atoi(strings.TrimPrefix(answer, word))
	if err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(limit); syscall.Kill(pid, 0) == nil; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("the process %d is still there", pid)
		}
	}
}

// state is what an event tells.
type state struct{ Version, Failed string }

// events returns the states that the server tells of, as they come.
func (a *application) events() <-chan state {
	a.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	a.t.Cleanup(cancel)
	r, err := http.NewRequestWithContext(ctx, "GET", "http://"+a.addr+"/dev/events", nil)
	if err != nil {
		a.t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		a.t.Fatal(err)
	}
	states := make(chan state, 100)
	go func() {
		defer resp.Body.Close()
		for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
			if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				var s state
				if err := json.Unmarshal([]byte(data), &s); err != nil {
					a.t.Error(err)
				}
				states <- s
			}
		}
	}()
	return states
}

// next waits for a state that is as wanted.
func (a *application) next(states <-chan state, wanted func(state) bool) state {
	a.t.Helper()
	end := time.After(limit)
	for {
		select {
		case s := <-states:
			if wanted(s) {
				return s
			}
		case <-end:
			a.t.Fatalf("the state that is waited for does not come:\n%s", a.log)
		}
	}
}

// What does not compile is told, while the old process goes on.
func TestCompileError(t *testing.T) {
	t.Parallel()
	a := begin(t)
	a.await("/text", "", "first")
	states := a.events()
	before := <-states
	a.save("main.go", strings.Replace(program, "os.Exit(1)", "os.Exit(nonsense)", 1))
	failed := a.next(states, func(s state) bool { return s.Failed != "" })
	if failed.Version != before.Version || !strings.Contains(failed.Failed, "undefined: nonsense") {
		t.Errorf("the state is %+v, before %+v", failed, before)
	}
	if status, body := a.get("/text", ""); status != 200 || !strings.HasPrefix(body, "first") {
		t.Errorf("meanwhile a request is answered with %d %s", status, body)
	}
	if later := <-a.events(); later != failed {
		t.Errorf("a page that is opened later is told %+v", later)
	}
	a.save("word.txt", "second")
	a.save("main.go", program)
	a.next(states, func(s state) bool { return s.Version != before.Version && s.Failed == "" })
	a.await("/text", "", "second")
}

// An application that cannot be started says why, in a page and as text, and is
// tried again when somebody asks.
func TestStartFails(t *testing.T) {
	t.Parallel()
	a := begin(t)
	a.await("/text", "", "first")
	a.save("broken", "")
	a.await("/text", "", "first") // the old one goes on
	a.log.Await(t, limit, "cannot be started. The version before goes on serving.")
	a.get("/exit", "") // and now it does not
	if status, body := a.get("/text", "text/html"); status != 503 || !strings.Contains(body, "exit status 7") && !strings.Contains(body, "the file broken is there") {
		t.Errorf("nothing serves, and a page is answered with %d %s", status, body)
	}
	if body := a.await("/text", "", "the file broken is there"); strings.Contains(body, "<") {
		t.Errorf("who accepts no page gets %s", body)
	}
	if body := a.await("/text", "text/html", "the file broken is there"); !strings.Contains(body, "<!doctype html>") || !strings.Contains(body, "/dev/reload.js") {
		t.Errorf("who accepts a page gets %s", body)
	}
	if err := os.Remove(filepath.Join(a.dir, "broken")); err != nil {
		t.Fatal(err)
	}
	a.await("/text", "", "first")
}

// The script is put into whole pages that may run it, and nowhere else.
func TestScript(t *testing.T) {
	t.Parallel()
	a := begin(t)
	page := a.await("/", "text/html", "first of "+a.addr)
	if !strings.Contains(page, `" defer></script></head>`) || !strings.HasSuffix(page, "</html>") {
		t.Errorf("the page is %s", page)
	}
	for path, want := range map[string]string{"/fragment": "<p>part</p>", "/closed": "<!doctype html><title>closed</title>"} {
		if _, got := a.get(path, "text/html"); got != want {
			t.Errorf("%s is %s", path, got)
		}
	}
	if _, script := a.get("/dev/reload.js", ""); !strings.Contains(script, "EventSource") {
		t.Errorf("the script is %s", script)
	}
}

// Tests and databases are not the application.
func TestWhatIsNotWatched(t *testing.T) {
	t.Parallel()
	a := begin(t)
	a.await("/text", "", "first")
	if err := os.Mkdir(filepath.Join(a.dir, "node_modules"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"main_test.go", "app.db", "app.db-wal", ".hidden", "node_modules/x.js"} {
		a.save(name, "package main")
	}
	time.Sleep(time.Second) // three looks
	a.save(".env", "WORD=x")
	a.log.Await(t, limit, ".env has changed")
	if n := len(a.log.Lines("has changed")); n != 1 {
		t.Errorf("%d changes were seen:\n%s", n, a.log)
	}
}

func TestRunRefuses(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	taken := t.TempDir()
	library := t.TempDir()
	for name, text := range map[string]string{
		filepath.Join(taken, "go.mod"): "module example.com/app\n", filepath.Join(taken, "main.go"): program,
		filepath.Join(taken, ".env"):     "ADDR=" + l.Addr().String() + "\n",
		filepath.Join(library, "go.mod"): "module example.com/library\n", filepath.Join(library, "library.go"): "package library\n",
	} {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for dir, want := range map[string]string{
		taken:                           "cannot listen on " + l.Addr().String() + ": another program does",
		filepath.Join(taken, "nowhere"): "is not a folder",
		t.TempDir():                     "holds no application",
		library:                         "it is the package library",
	} {
		if err := dev.Run(t.Context(), dev.Config{Dir: dir, Out: t.Output()}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", dir, err, want)
		}
	}
}
