//go:build unix

package app_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/internal/processtest"
	"github.com/terem-go/terem/migrate"
)

// eachURL runs f on both engines with the URL of a fresh database.
func eachURL(t *testing.T, f func(t *testing.T, url string)) {
	t.Parallel()
	for name, open := range map[string]func(testing.TB, fs.FS, ...migrate.Source) string{"sqlite": dbtest.SQLiteURL, "postgres": dbtest.PostgresURL} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f(t, open(t, migrations))
		})
	}
}

// start runs the application's server as a process of its own.
func start(t *testing.T, url string, env ...string) (*processtest.Process, *processtest.Client) {
	t.Helper()
	p := processtest.Start(t, program(t, url, nil, env...))
	return p, client(t, p.Addr(t))
}

func client(t *testing.T, addr string) *processtest.Client {
	c := &processtest.Client{Addr: addr}
	t.Cleanup(c.Close)
	return c
}

// answer is what became of a request.
type answer struct {
	processtest.Response
	err error
}

// begin sends a request from another client, and returns once it waits in its
// handler.
func begin(t *testing.T, p *processtest.Process, c *processtest.Client, body map[string]any) <-chan answer {
	t.Helper()
	done := make(chan answer, 1)
	go func() {
		other := processtest.Client{Addr: c.Addr}
		defer other.Close()
		r, err := other.Do("POST", "/api/notes", body)
		done <- answer{r, err}
	}()
	p.Log.Await(t, 30*time.Second, fmt.Sprintf(`"msg":"waiting","text":%q`, body["text"]))
	return done
}

// texts returns the notes of a database.
func texts(t *testing.T, url string) []string {
	t.Helper()
	p, c := start(t, url)
	defer p.Kill()
	var list noteList
	decode(t, do(t, c, "GET", "/api/notes", nil), &list)
	return list.Texts
}

func TestStop(t *testing.T) {
	eachURL(t, func(t *testing.T, url string) {
		drain, want := 400*time.Millisecond, "hooked busy"
		for ; !stops(t, url, drain); drain *= 4 {
			want += " hooked busy"
		}
		if got := strings.Join(texts(t, url), " "); got != want {
			t.Errorf("the notes are %s", got)
		}
	})
}

// stops stops a server that has something to do still. It reports false if the
// machine was too busy to see what the server does while it drains.
func stops(t *testing.T, url string, drain time.Duration) bool {
	p, idle := start(t, url, "APP_TEST_DRAIN="+drain.String())
	if r := do(t, idle, "GET", "/readyz", nil); r.Status != 200 || r.Last {
		t.Fatalf("before: %+v", r)
	}
	do(t, idle, "POST", "/api/notes", map[string]any{"text": "hooked", "hook": 1200})
	release := filepath.Join(t.TempDir(), "release")
	busy := begin(t, p, idle, map[string]any{"text": "busy", "until": release})
	signalled := time.Now()
	p.Signal(t, syscall.SIGTERM)
	p.Log.Await(t, 30*time.Second, `"stopping"`)

	// The server goes on for load balancers, whom it tells that it ends.
	ready, err1 := idle.Do("GET", "/readyz", nil)
	fresh, err2 := client(t, idle.Addr).Do("GET", "/healthz", nil)
	seen := time.Since(signalled) < drain
	if seen && (err1 != nil || ready.Status != 503 || ready.Last || !strings.Contains(string(ready.Body), `"stopping"`)) {
		t.Errorf("/readyz: %v %+v\n%s", err1, ready, ready.Body)
	}
	if seen && (err2 != nil || fresh.Status != 200 || fresh.Last) {
		t.Errorf("a new connection: %v %+v\n%s", err2, fresh, fresh.Body)
	}

	refused(t, idle.Addr)
	if err := os.WriteFile(release, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if r := <-busy; r.err != nil || r.Status != 200 || !r.Last {
		t.Errorf("the request under way: %+v", r)
	}
	if err := p.Wait(t, 30*time.Second); err != nil {
		t.Errorf("%v\n%s", err, p.Log)
	}
	if lines := p.Log.Lines(`"after the commit"`); len(lines) != 1 || !strings.Contains(lines[0], `"error":null`) {
		t.Errorf("what runs after commits was not waited for:\n%s", p.Log)
	}
	return seen
}

// refused returns when a server takes no more connections.
func refused(t *testing.T, addr string) {
	t.Helper()
	var err error
	for end := time.Now().Add(60 * time.Second); !errors.Is(err, processtest.Refused); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("the server still takes connections: %v", err)
		}
		c := processtest.Client{Addr: addr}
		_, err = c.Do("GET", "/healthz", nil)
		c.Close()
	}
}

func TestStopCancelsLongRequests(t *testing.T) {
	eachURL(t, func(t *testing.T, url string) {
		p, c := start(t, url, "APP_TEST_STOP=200ms")
		long := begin(t, p, c, map[string]any{"text": "long", "wait": 60_000})
		silent := make(chan answer, 1)
		go func() { // a handler beside the typed ones, which says nothing when it is cancelled
			other := processtest.Client{Addr: c.Addr}
			defer other.Close()
			r, err := other.Do("GET", "/api/silent", nil)
			silent <- answer{r, err}
		}()
		p.Log.Await(t, 30*time.Second, "/api/silent")
		signalled := time.Now()
		p.Signal(t, syscall.SIGTERM)
		cancelled := <-long
		if cancelled.err != nil || cancelled.Status != 503 || !cancelled.Last {
			t.Errorf("%+v\n%s", cancelled, cancelled.Body)
		}
		if r := <-silent; !errors.Is(r.err, processtest.Fresh) {
			t.Errorf("silence became an answer: %+v", r)
		}
		if err := p.Wait(t, 30*time.Second); err != nil {
			t.Errorf("%v\n%s", err, p.Log)
		}
		if took := time.Since(signalled); took > 30*time.Second {
			t.Errorf("the end took %v", took)
		}
		p.Log.Await(t, 0, "requests did not finish in time and are cancelled")
		lines := p.Log.Lines(cancelled.Header.Get("X-Request-Id"))
		if last := lines[len(lines)-1]; !strings.Contains(last, `"status":503`) {
			t.Errorf("the access log has %s", last)
		}
		if got := texts(t, url); len(got) > 0 {
			t.Errorf("what was cancelled is there: %q", got)
		}
	})
}

// A handler that does not care for its context cannot be stopped, but does not
// stop the process from ending.
func TestStopWithStubbornHandler(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes 17 s")
	}
	eachURL(t, func(t *testing.T, url string) {
		p, c := start(t, url, "APP_TEST_STOP=200ms")
		stubborn := begin(t, p, c, map[string]any{"text": "stubborn", "wait": 60_000, "stubborn": true})
		p.Signal(t, syscall.SIGTERM)
		if err := p.Wait(t, 30*time.Second); exitStatus(err) != 1 {
			t.Errorf("ended with %v", err)
		}
		if r := <-stubborn; r.err == nil {
			t.Errorf("it was answered: %+v", r)
		}
		p.Log.Await(t, 0, "closing the database")
		if got := texts(t, url); len(got) > 0 {
			t.Errorf("it was committed: %q", got)
		}
	})
}

func TestSecondSignalEndsAtOnce(t *testing.T) {
	t.Parallel()
	p, c := start(t, dbtest.SQLiteURL(t, migrations), "APP_TEST_STOP=60s")
	long := begin(t, p, c, map[string]any{"text": "long", "wait": 60_000})
	p.Signal(t, syscall.SIGINT)
	p.Log.Await(t, 30*time.Second, `"stopping"`)
	p.Signal(t, syscall.SIGTERM)
	// That one is lost if it comes before the process has let go of signals.
	again := time.AfterFunc(time.Second, func() { p.Signal(t, syscall.SIGTERM) })
	defer again.Stop()
	err := p.Wait(t, 30*time.Second)
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGTERM {
		t.Errorf("ended with %v", err)
	}
	if r := <-long; r.err == nil {
		t.Errorf("the request was answered: %+v", r)
	}
}
