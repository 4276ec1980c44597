package app_test

import (
	"context"
	"errors"
	"net"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"github.com/terem-go/terem/app"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/internal/processtest"
	"github.com/terem-go/terem/jobs"
)

// admin returns a client of the admin address, which the log tells.
func admin(t *testing.T, log *processtest.Log) *processtest.Client {
	t.Helper()
	line := log.Await(t, 30*time.Second, `"metrics and profiles"`)
	c := &processtest.Client{Addr: regexp.MustCompile(`http://([^"]+)`).FindStringSubmatch(line)[1]}
	t.Cleanup(c.Close)
	return c
}

// awaitMetrics scrapes until there are all of the lines, and returns the whole.
// What counts a request or a session may do so after its answer has arrived.
func awaitMetrics(t *testing.T, c *processtest.Client, lines ...string) string {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		text := "\n" + string(do(t, c, "GET", "/metrics", nil).Body)
		missing := ""
		for _, line := range lines {
			if !strings.Contains(text, "\n"+line+"\n") {
				missing += "\n" + line
			}
		}
		if missing == "" {
			return text
		}
		if time.Now().After(end) {
			var own []string
			for line := range strings.Lines(text) {
				if strings.HasPrefix(line, "terem_") && !strings.Contains(line, "_bucket") {
					own = append(own, line)
				}
			}
			t.Fatalf("these metrics are missing:%s\n\nthere are\n%s", missing, strings.Join(own, ""))
		}
	}
}

func TestMetrics(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, migrations, func(t *testing.T, d *db.DB) {
		log, lines := jsonLog()
		w, _ := remembering(0)
		jobs.Add(w, func(context.Context, *db.Session, *jobs.Job[hopeless]) error { return errors.New("hopeless") })
		c := serve(t, newApp(app.Config{DB: d, Logger: log, AdminAddr: "127.0.0.1:0", Workers: w}), lines)
		a := admin(t, lines)
		for range 3 {
			do(t, c, "POST", "/api/notes", map[string]string{"text": "one"})
		}
		do(t, c, "POST", "/api/notes", "not an object")
		do(t, c, "GET", "/api/notes", nil)
		for _, path := range []string{"/nothing", "/no/more", "/nothing?here=1"} {
			do(t, c, "GET", path, nil)
		}
		do(t, c, "BREW", "/pot", nil)
		enqueue(t, d, "later")
		err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
			return jobs.Enqueue(ctx, s, hopeless{}, jobs.MaxAttempts(1))
		})
		if err != nil {
			t.Fatal(err)
		}
		text := awaitMetrics(t, a,
			`terem_requests_total{method="POST",route="/api/notes",status="200"} 3`,
			`terem_requests_total{method="POST",route="/api/notes",status="422"} 1`,
			`terem_requests_total{method="GET",route="/api/notes",status="200"} 1`,
			`terem_requests_total{method="GET",route="unmatched",status="404"} 3`,
			`terem_requests_total{method="other",route="unmatched",status="404"} 1`,
			`terem_request_duration_seconds_count{method="POST",route="/api/notes"} 4`,
			// Three notes, two that enqueue, and that of a job. The fourth request and
			// the job that fails have begun a session, and sent nothing.
			`terem_units_begun_total{kind="session"} 8`,
			`terem_unit_attempts_total{kind="session",outcome="committed"} 6`,
			`terem_unit_attempts_total{kind="session",outcome="rolled_back"} 2`,
			`terem_unit_attempts_total{kind="session",outcome="unknown"} 0`,
			`terem_unit_retries_total{kind="session"} 0`,
			`terem_unit_statements_bucket{kind="session",le="0"} 2`,
			`terem_unit_statements_count{kind="session"} 8`,
			`terem_connection_wait_seconds_count{kind="session"} 6`,
			`terem_transaction_duration_seconds_count{kind="session"} 6`,
			`terem_job_runs_total{kind="notes.remember",outcome="worked"} 1`,
			`terem_job_runs_total{kind="notes.hopeless",outcome="given_up"} 1`,
			`terem_job_run_duration_seconds_count{kind="notes.remember"} 1`,
			`terem_jobs_running{kind="notes.remember"} 0`,
		)
		for _, name := range []string{"go_goroutines", "process_open_fds"} {
			if !strings.Contains(text, "\n"+name+" ") {
				t.Errorf("there is no %s", name)
			}
		}
		problems, err := promlint.New(strings.NewReader(text[1:])).Lint()
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range problems {
			if strings.HasPrefix(p.Metric, "terem_") {
				t.Errorf("%s: %s", p.Metric, p.Text)
			}
		}
		for _, path := range []string{"/", "/debug/pprof/", "/debug/pprof/goroutine?debug=1", "/debug/pprof/heap", "/debug/pprof/cmdline"} {
			if r := do(t, a, "GET", path, nil); r.Status != 200 || len(r.Body) == 0 {
				t.Errorf("GET %s at the admin address: %d with %d bytes", path, r.Status, len(r.Body))
			}
		}
		for _, path := range []string{"/metrics", "/debug/pprof/", "/debug/pprof/heap"} {
			if r := do(t, c, "GET", path, nil); r.Status != 404 {
				t.Errorf("GET %s at the public address: %d", path, r.Status)
			}
		}
	}, jobs.Migrations())
}

// hopeless is a job that fails.
type hopeless struct{}

func (hopeless) Kind() string { return "notes.hopeless" }

// A unit that is run again is counted as one that was, and the command worker
// serves metrics, too.
func TestMetricsOfAWorker(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, migrations, func(t *testing.T, d *db.DB) {
		log, lines := jsonLog()
		w, _ := remembering(0)
		worker := newApp(app.Config{DB: d, Logger: log, AdminAddr: "127.0.0.1:0", Workers: w})
		ctx, stop := context.WithCancel(t.Context())
		worked := make(chan error, 1)
		go func() { worked <- worker.Work(ctx) }()
		a := admin(t, lines)
		first := true
		err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error {
			if err := jobs.Enqueue(ctx, s, remember{"first"}); err != nil || !first {
				return err
			}
			first = false
			s.Note(&db.Error{Class: db.Contended, Err: errors.New("made up")})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		awaitMetrics(t, a, `terem_job_runs_total{kind="notes.remember",outcome="worked"} 1`,
			`terem_unit_retries_total{kind="session"} 1`, `terem_units_begun_total{kind="session"} 2`,
			`terem_unit_attempts_total{kind="session",outcome="rolled_back"} 1`)
		stop()
		if err := <-worked; err != nil {
			t.Error(err)
		}
		if _, err := a.Do("GET", "/metrics", nil); err == nil {
			t.Error("a worker that has stopped still serves metrics")
		}
	}, jobs.Migrations())
}

func TestAdminAddress(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	addr := taken.Addr().String()
	err = newApp(app.Config{DB: dbtest.SQLite(t, migrations), Logger: quiet, AdminAddr: addr}).Serve(t.Context())
	if want := "cannot listen on " + addr + ": another program does. Stop it, or set ADMIN_ADDR to another port"; err == nil || err.Error() != want {
		t.Errorf("an admin address that is taken: %v, want %s", err, want)
	}
	for addr, warned := range map[string]bool{"127.0.0.1:0": false, "localhost:0": false, "0.0.0.0:0": true, ":0": true} {
		log, lines := jsonLog()
		serve(t, newApp(app.Config{DB: dbtest.SQLite(t, migrations), Logger: log, AdminAddr: addr}), lines)
		if got := len(lines.Lines("need no login")) == 1; got != warned {
			t.Errorf("ADMIN_ADDR=%s: warned %v, want %v\n%s", addr, got, warned, lines)
		}
	}
	log, lines := jsonLog()
	serve(t, newApp(app.Config{DB: dbtest.SQLite(t, migrations), Logger: log}), lines)
	if got := lines.Lines("metrics"); got != nil {
		t.Errorf("without an admin address: %s", got)
	}
}

// Traces are for those who import them.
func TestDependencies(t *testing.T) {
	t.Parallel()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	if len(strings.Fields(string(out))) < 100 || strings.Contains(string(out), "go.opentelemetry.io/") {
		t.Errorf("it draws in OpenTelemetry, or go list has failed:\n%s", out)
	}
}
