package jobs_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/db/postgres"
	"github.com/terem-go/terem/db/sqlite"
	"github.com/terem-go/terem/jobs"
)

// TestMain makes the test binary another process of an application, which does
// what the variable names until its standard input ends.
func TestMain(m *testing.M) {
	do := map[string]func(context.Context, *db.DB) error{
		"enqueue": enqueueAndWait, "hang": hang, "hang in the session": hangInSession, "hang after the commit": hangAfterCommit, "work": work, "count": count, "schedule": schedule, "drink": drink,
	}[os.Getenv("TEREM_TEST_JOBS")]
	if do == nil {
		os.Exit(m.Run())
	}
	ctx := context.Background()
	d, err := db.Open(ctx, os.Getenv("TEREM_TEST_URL"), db.Config{}, sqlite.Engine, postgres.Engine)
	if err == nil {
		err = errors.Join(do(ctx, d), d.Close(ctx))
	}
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

// enqueueAndWait enqueues a job, but works none.
func enqueueAndWait(ctx context.Context, d *db.DB) error {
	err := d.Do(ctx, func(ctx context.Context, s *db.Session) error { return both(ctx, s, "a") })
	return errors.Join(err, say("committed"))
}

// hang begins a job and does not come to its end.
func hang(ctx context.Context, d *db.DB) error {
	w := jobs.NewWorkers()
	jobs.Add(w, func(ctx context.Context, d *db.DB, job *jobs.Job[Note]) error { return say("running") }, harmless)
	return run(ctx, d, w)
}

// hangInSession begins a job, writes, and does not come to the commit.
func hangInSession(ctx context.Context, d *db.DB) error {
	return run(ctx, d, hanging(func(context.Context, *db.Session) error { return say("running") }))
}

// hangAfterCommit does a job, and does not come to tell River so.
func hangAfterCommit(ctx context.Context, d *db.DB) error {
	return run(ctx, d, hanging(func(_ context.Context, s *db.Session) error {
		s.AfterCommit(func(context.Context) { _ = say("running") })
		return nil
	}))
}

func hanging(hang func(context.Context, *db.Session) error) *jobs.Workers {
	w := jobs.NewWorkers()
	jobs.Add(w, func(ctx context.Context, s *db.Session, job *jobs.Job[Note]) error {
		return errors.Join(signed("the other")(ctx, s, job), hang(ctx, s))
	})
	return w
}

// work works until the end.
func work(ctx context.Context, d *db.DB) error {
	w := jobs.NewWorkers()
	jobs.Add(w, signed("the other"))
	return run(ctx, d, w)
}

// say prints a line and waits for the end of the standard input.
func say(line string) error {
	fmt.Println(line)
	_, err := io.Copy(io.Discard, os.Stdin)
	return err
}

func run(ctx context.Context, d *db.DB, w *jobs.Workers) error {
	return runWith(ctx, d, w, jobs.Config{})
}

func runWith(ctx context.Context, d *db.DB, w *jobs.Workers, config jobs.Config) error {
	config.Logger = slog.New(slog.NewTextHandler(os.Stdout, nil))
	c, err := jobs.New(d, w, config)
	if err == nil {
		err = c.Start(ctx)
	}
	if err != nil {
		return err
	}
	return errors.Join(say("working"), c.Stop(ctx))
}

// signed is a worker that writes down the number of each job and who ran it.
func signed(who string) func(context.Context, *db.Session, *jobs.Job[Note]) error {
	return func(ctx context.Context, s *db.Session, job *jobs.Job[Note]) error {
		return note(ctx, s, fmt.Sprintf("%d by %s", job.ID, who))
	}
}

// process is another process of the application.
type process struct {
	*exec.Cmd
	in   io.Closer
	said <-chan string // its lines
}

func startProcess(t *testing.T, url, what string) process {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), self)
	c.Env = append(os.Environ(), "TEREM_TEST_JOBS="+what, "TEREM_TEST_URL="+url)
	in, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	said := make(chan string, 1000)
	go func() {
		defer close(said)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			said <- lines.Text()
		}
	}()
	return process{Cmd: c, in: in, said: said}
}

// await waits for a line.
func (p process) await(t *testing.T, want string) {
	t.Helper()
	for line := range p.said {
		if line == want {
			return
		}
		t.Log(line)
	}
	t.Fatalf("the process ended without saying %q: %v", want, p.Wait())
}

// kill kills the process, as kill -9 does.
func (p process) kill(t *testing.T) {
	t.Helper()
	if err := p.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = p.Wait() // it was killed
}

// processes runs a test on both engines with a database that other processes
// can open.
func processes(t *testing.T, f func(t *testing.T, url string, d *db.DB)) {
	for name, url := range map[string]func(testing.TB) string{
		// On a busy machine the other process can hold SQLite's lock for longer
		// than the units of a server would wait.
		"sqlite":   func(t testing.TB) string { return dbtest.SQLiteURL(t, schema) + "&max_wait=1m&busy_timeout=1m" },
		"postgres": func(t testing.TB) string { return dbtest.PostgresURL(t, schema) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := url(t)
			d, err := db.Open(t.Context(), url, db.Config{}, sqlite.Engine, postgres.Engine)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := d.Close(context.Background()); err != nil {
					t.Error(err)
				}
			})
			f(t, url, d)
		})
	}
}

// A job whose process was killed after the commit is run by another one.
func TestKilledAfterCommit(t *testing.T) {
	t.Parallel()
	processes(t, func(t *testing.T, url string, d *db.DB) {
		p := startProcess(t, url, "enqueue")
		p.await(t, "committed")
		p.kill(t)
		w := jobs.NewWorkers()
		jobs.Add(w, signed("me"))
		start(t, d, w, jobs.Config{})
		eventually(t, "the job has run", func() bool { return slices.Equal(texts(t, d), []string{"a", "1 by me"}) })
	})
}

// A job whose process was killed while it ran is run again by another one, and
// what it writes in its session happens once. One whose session was committed is
// done, although its process did not come to say so.
func TestKilledWhileRunning(t *testing.T) {
	t.Parallel()
	for what, c := range map[string]struct {
		row      string
		attempts int
	}{
		"hang":                  {row: "1 by me", attempts: 2},
		"hang in the session":   {row: "1 by me", attempts: 2},
		"hang after the commit": {row: "1 by the other", attempts: 1},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			testKilled(t, what, c.row, c.attempts)
		})
	}
}

func testKilled(t *testing.T, what, row string, attempts int) {
	processes(t, func(t *testing.T, url string, d *db.DB) {
		p := startProcess(t, url, what)
		enqueue(t, d, Note{"a"})
		p.await(t, "running")
		p.kill(t)
		killed := time.Now()
		// Until 15 s after its death the process counts as the leader. This is shorter.
		err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
			_, err := s.Exec(ctx, "DELETE FROM river_leader")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		w := jobs.NewWorkers()
		jobs.Add(w, signed("me"))
		enqueue(t, d, Note{"the last"})
		const rescue = time.Second
		time.Sleep(rescue) // what is younger is looked at again after 30 s
		start(t, d, w, jobs.Config{Timeout: rescue / 2, RescueAfter: rescue})
		eventually(t, "the jobs are done", func() bool { return slices.Equal(states(t, d), []string{"completed", "completed"}) })
		t.Logf("done after %v", time.Since(killed))
		if got := texts(t, d); !slices.Contains(got, row) || len(got) != 2 {
			t.Errorf("rows: %v", got)
		}
		if got := column[int](t, d, "SELECT attempt FROM river_job ORDER BY id"); !slices.Equal(got, []int{attempts, 1}) {
			t.Errorf("attempts: %v", got)
		}
	})
}

// Of two processes that work, each job is run by one, once.
func TestTwoProcesses(t *testing.T) {
	t.Parallel()
	const many = 200
	processes(t, func(t *testing.T, url string, d *db.DB) {
		// by returns who has run how many of the jobs, and how many there are.
		by := func() (who map[string]int, jobs int) {
			who, numbers := map[string]int{}, map[string]bool{}
			for _, line := range texts(t, d) {
				number, name, _ := strings.Cut(line, " by ")
				numbers[number] = true
				who[name]++
			}
			return who, len(numbers)
		}
		p := startProcess(t, url, "work")
		p.await(t, "working")
		w := jobs.NewWorkers()
		jobs.Add(w, signed("me"))
		l := newLogs(t)
		start(t, d, w, jobs.Config{Logger: slog.New(l)})
		enqueued := 0
		eventually(t, "both have run jobs", func() bool { // whoever is quicker may take many in a row
			for range many {
				enqueue(t, d, Note{fmt.Sprint(enqueued)})
				enqueued++
			}
			who, _ := by()
			return who["me"] > 0 && who["the other"] > 0
		})
		eventually(t, "all jobs have run", func() bool { return len(texts(t, d)) >= enqueued })
		if err := p.in.Close(); err != nil {
			t.Error(err)
		}
		for line := range p.said {
			t.Errorf("the other process logged: %s", line)
		}
		if err := p.Wait(); err != nil {
			t.Error(err)
		}
		eventually(t, "all jobs are done", func() bool {
			return !slices.ContainsFunc(states(t, d), func(s string) bool { return s != "completed" })
		})
		who, ran := by()
		if ran != enqueued || who["me"]+who["the other"] != enqueued {
			t.Errorf("of %d jobs %d were run, %v", enqueued, ran, who)
		}
		if diff := cmp.Diff([]slog.Record(nil), l.all(slog.LevelInfo)); diff != "" {
			t.Errorf("logged:\n%s", diff)
		}
		t.Log(who)
	})
}
