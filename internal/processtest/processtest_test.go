package processtest_test

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/internal/processtest"
)

// listen answers the requests of each connection in turn with the given texts,
// and closes it after the last.
func listen(t *testing.T, answers ...string) (addr string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			r := bufio.NewReader(c)
			for _, answer := range answers {
				if _, err := http.ReadRequest(r); err != nil {
					break
				}
				fmt.Fprint(c, answer)
			}
			_ = c.Close()
		}
	}()
	return l.Addr().String()
}

const whole = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Request-Id: a\r\n\r\nok"

func TestClientTellsWhatBecame(t *testing.T) {
	t.Parallel()
	gone, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = gone.Close()
	for name, c := range map[string]struct {
		addr string
		want []error // of the requests, one after the other
	}{
		"kept alive":          {listen(t, whole, whole, whole), []error{nil, nil, nil}},
		"closed when new":     {listen(t, ""), []error{processtest.Fresh, processtest.Fresh}},
		"closed when idle":    {listen(t, whole), []error{nil, processtest.Idle, nil, processtest.Idle}},
		"closed as announced": {listen(t, strings.Replace(whole, "\r\n", "\r\nConnection: close\r\n", 1)), []error{nil, nil}},
		"cut in the header":   {listen(t, whole[:20]), []error{processtest.Cut}},
		"cut in the body":     {listen(t, whole[:len(whole)-1]), []error{processtest.Cut}},
		"nobody there":        {gone.Addr().String(), []error{processtest.Refused}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := processtest.Client{Addr: c.addr}
			defer client.Close()
			for i, want := range c.want {
				if _, err := client.Do("GET", "/", nil); !errors.Is(err, want) {
					t.Errorf("request %d: %v, want %v", i, err, want)
				}
			}
		})
	}
}

// reports takes down errors instead of failing the test.
type reports struct {
	testing.TB
	errors []string
}

func (r *reports) Helper() {}
func (r *reports) Errorf(format string, args ...any) {
	r.errors = append(r.errors, fmt.Sprintf(format, args...))
}

func TestTally(t *testing.T) {
	t.Parallel()
	var a processtest.Tally
	note := func(id string, err error) bool {
		return a.Note(processtest.Response{Status: 200, Header: http.Header{"X-Request-Id": {id}}}, err)
	}
	if !note("a", nil) || !note("b", nil) || !note("", processtest.Idle) || note("", fmt.Errorf("%w: x", processtest.Refused)) {
		t.Error("only a refused connection says that the server is gone")
	}
	a.Complete(t, []string{"b", "a"})
	if got, want := a.String(), "answers map[200:2], failures map[an idle connection was closed:1 no connection:1]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	note("", processtest.Cut)
	r := &reports{TB: t}
	a.Complete(r, []string{"a", "c"})
	if len(r.errors) != 3 { // c was dropped, b is unknown, an answer was cut off
		t.Errorf("the errors are %q", r.errors)
	}
}

func TestProcess(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("there is no shell")
	}
	const script = `echo '{"msg":"serving","url":"http://127.0.0.1:7"}' >&2; echo 'level=INFO request_id=abc msg=request' >&2; exit 3`
	p := processtest.Start(t, exec.Command("/bin/sh", "-c", script))
	if got := p.Addr(t); got != "127.0.0.1:7" {
		t.Errorf("it serves on %s", got)
	}
	var exit *exec.ExitError
	if err := p.Wait(t, 10*time.Second); !errors.As(err, &exit) || exit.ExitCode() != 3 {
		t.Errorf("it ended with %v", err)
	}
	if diff := cmp.Diff([]string{"abc"}, p.Log.RequestIDs("msg=request")); diff != "" {
		t.Error(diff)
	}
	p.Signal(t, os.Interrupt) // which nobody gets
	p.Kill()
}
