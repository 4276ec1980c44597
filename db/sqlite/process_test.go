package sqlite_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/sqlite"
)

// TestMain makes the test binary another process that writes to the file that
// a variable names, in one of two ways.
func TestMain(m *testing.M) {
	var err error
	if url := os.Getenv("TEREM_TEST_WRITER"); url != "" {
		err = writeAndHold(url)
	} else if url := os.Getenv("TEREM_TEST_WRITERS"); url != "" {
		err = writeForEver(url)
	} else {
		os.Exit(m.Run())
	}
	if err != nil {
		os.Stdout.WriteString(err.Error() + "\n")
		os.Exit(1)
	}
}

// writeAndHold says so after each row; the transaction of the last one stays
// open until standard input ends.
func writeAndHold(url string) error {
	ctx := context.Background()
	d, err := db.Open(ctx, url, db.Config{}, sqlite.Engine)
	for i := 0; err == nil && i < 50; i++ {
		if err = insert(ctx, d, -1); err == nil {
			os.Stdout.WriteString("written\n")
		}
	}
	if err == nil {
		err = d.Do(ctx, func(ctx context.Context, s *db.Session) error {
			if _, err := s.Exec(ctx, "INSERT INTO t (who) VALUES (-2)"); err != nil {
				return err
			}
			os.Stdout.WriteString("holding\n")
			_, err := io.Copy(io.Discard, os.Stdin)
			return err
		})
	}
	if err == nil {
		err = d.Close(ctx)
	}
	return err
}

// writeForEver has 32 goroutines that say what they wrote once they know. Each
// tenth unit fails.
func writeForEver(url string) error {
	ctx := context.Background()
	d, err := db.Open(ctx, url, db.Config{}, sqlite.Engine)
	if err != nil {
		return err
	}
	failed := make(chan error)
	for i := range 32 {
		go func() {
			for who := i; ; who += 32 {
				err := d.Do(ctx, func(ctx context.Context, s *db.Session) error {
					if err := adds(who)(ctx, s); err != nil {
						return err
					}
					if who%10 == 9 {
						return errPlain
					}
					return nil
				})
				if err == nil {
					fmt.Println(who) // one write, and so a whole line
				} else if !errors.Is(err, errPlain) {
					failed <- err
				}
			}
		}()
	}
	return <-failed
}

var errPlain = errors.New("the function's own error")

// process is another process that writes.
type process struct {
	*exec.Cmd
	in   io.Closer
	said <-chan string // its lines
}

func startWriter(t *testing.T, path string) process {
	t.Helper()
	return startProcess(t, "TEREM_TEST_WRITER=sqlite:"+path+"?busy_timeout=10s")
}

func startProcess(t *testing.T, variable string) process {
	t.Helper()
	c := exec.CommandContext(t.Context(), must(os.Executable())(t))
	c.Env = append(os.Environ(), variable)
	in := must(c.StdinPipe())(t)
	out := must(c.StdoutPipe())(t)
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	said := make(chan string, 100)
	go func() {
		defer close(said)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			said <- lines.Text()
		}
	}()
	return process{Cmd: c, in: in, said: said}
}

func TestTwoProcesses(t *testing.T) {
	t.Parallel()
	d, path := counter(t, "?busy_timeout=10s")
	other := startWriter(t, path)
	mine, line := 0, "written"
	for line == "written" {
		select {
		case line = <-other.said:
		default:
			ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
			if err := insert(ctx, d, 1); err == nil {
				mine++
			} else if ctx.Err() == nil {
				t.Fatal(err)
			}
			cancel()
		}
	}
	if line != "holding" {
		t.Fatalf("the other process: %s", line)
	}

	// It has the lock now: who waits for it gives up with its context.
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	start := time.Now()
	if err := insert(ctx, d, 1); err == nil || ctx.Err() == nil || time.Since(start) > 2*time.Second {
		t.Errorf("writing against the other process for %v: %v", time.Since(start), err)
	}
	if n := count(t, d, "SELECT count(*) FROM t WHERE who = -2"); n != 0 {
		t.Error("a reader sees what is not committed")
	}
	other.in.Close()
	if err := insert(t.Context(), d, 1); err != nil {
		t.Errorf("writing after the other process: %v", err)
	}
	mine++
	if err := other.Wait(); err != nil {
		t.Error(err)
	}
	if n := count(t, d, "SELECT count(*) FROM t WHERE who < 0"); n != 51 {
		t.Errorf("%d rows of the other process", n)
	}
	if n := count(t, d, "SELECT count(*) FROM t WHERE who = 1"); n != mine {
		t.Errorf("%d rows of this process instead of %d", n, mine)
	}
}

// What a process said was written is there after it was killed, and nothing of
// the transaction that was open then.
func TestKilled(t *testing.T) {
	t.Parallel()
	d, path := counter(t, "")
	other := startWriter(t, path)
	written := 0
	for line := range other.said {
		if line == "written" {
			written++
		} else if err := other.Process.Kill(); line != "holding" || err != nil {
			t.Fatalf("%s: %v", line, err)
		}
	}
	_ = other.Wait() // killed
	if n := count(t, d, "SELECT count(*) FROM t WHERE who = -1"); n != written || n == 0 {
		t.Errorf("%d rows of %d", n, written)
	}
	if n := count(t, d, "SELECT count(*) FROM t WHERE who = -2"); n != 0 {
		t.Errorf("%d rows that were not committed", n)
	}
	if err := insert(t.Context(), d, 1); err != nil {
		t.Error(err)
	}
}

// Every write that a process acknowledged is there after it was killed, while 32
// goroutines wrote, and no write of a unit that failed.
func TestKilledUnderLoad(t *testing.T) {
	t.Parallel()
	for round := range 3 {
		d, path := counter(t, "")
		other := startProcess(t, "TEREM_TEST_WRITERS=sqlite:"+path+"?max_wait=1m")
		acknowledged := map[string]bool{}
		for line := range other.said {
			acknowledged[line] = true
			if len(acknowledged) == 500*(round+1) {
				if err := other.Process.Kill(); err != nil {
					t.Fatal(err)
				}
			}
		}
		_ = other.Wait() // killed
		for _, who := range arrived(t, d) {
			delete(acknowledged, strconv.Itoa(who))
			if who%10 == 9 {
				t.Errorf("%d is there, whose unit failed", who)
			}
		}
		if len(acknowledged) > 0 {
			t.Errorf("%d acknowledged writes are gone: %v", len(acknowledged), slices.Collect(maps.Keys(acknowledged)))
		}
		if err := insert(t.Context(), d, 0); err != nil {
			t.Error(err)
		}
	}
}

// Another process that never lets go is told apart from a conflict: it is not
// tried again.
func TestLockedForTooLong(t *testing.T) {
	t.Parallel()
	d, path := counter(t, "?busy_timeout=50ms")
	hold(t, open(t, path), func() {
		attempts := 0
		err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
			attempts++
			_, err := s.Exec(ctx, "SELECT 1")
			return err
		})
		if db.ClassOf(err) != db.TimedOut || attempts != 1 || !strings.Contains(err.Error(), "another process kept the database locked for 50ms (busy_timeout)") {
			t.Errorf("after %d attempts: %v", attempts, err)
		}
	})
	if err := insert(t.Context(), d, 1); err != nil {
		t.Error(err)
	}
}
