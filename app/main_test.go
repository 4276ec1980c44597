package app_test

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/app"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/postgres"
	"github.com/terem-go/terem/db/sqlite"
	"github.com/terem-go/terem/internal/processtest"
	"github.com/terem-go/terem/settings"
)

var update = flag.Bool("update", false, "write what the tests expect to testdata")

// The test binary is the application where this names its database.
const databaseVariable = "APP_TEST_DATABASE"

func TestMain(m *testing.M) {
	if os.Getenv(databaseVariable) == "" {
		os.Exit(m.Run())
	}
	os.Exit(app.Main(func(ctx context.Context) (*app.App, error) {
		log := slog.New(api.LogHandler(slog.NewJSONHandler(os.Stderr, nil)))
		d, err := openDB(ctx, os.Getenv(databaseVariable), log)
		if err != nil {
			return nil, err
		}
		drain, _ := time.ParseDuration(os.Getenv("APP_TEST_DRAIN"))
		stop, _ := time.ParseDuration(os.Getenv("APP_TEST_STOP"))
		a := newApp(app.Config{DB: d, Logger: log, Addr: os.Getenv("APP_TEST_ADDR"), Drain: drain, Stop: stop,
			MigrateOnStart: os.Getenv("APP_TEST_MIGRATE") != ""})
		if os.Getenv("APP_TEST_ASK") != "" {
			a.Command("ask", "Ask for a password.", new(askCommand))
		}
		return a, nil
	}))
}

// askCommand asks for a password and says how long it is.
type askCommand struct{}

func (askCommand) Run(_ context.Context, out io.Writer) error {
	password, err := app.ReadPassword(out)
	if err == nil {
		fmt.Fprintf(out, "%d letters\n", len(password))
	}
	return err
}

func openDB(ctx context.Context, url string, log *slog.Logger) (*db.DB, error) {
	return db.Open(ctx, url, db.Config{Logger: log}, sqlite.Engine, postgres.Engine)
}

// newApp returns an application with the domain notes.
func newApp(c app.Config) *app.App {
	c.Name = "notes"
	c.Addr = cmp.Or(c.Addr, "127.0.0.1:0")
	c.Migrations = migrations
	c.Settings = settings.Report{{Name: "ADDR", Value: "127.0.0.1:0", Source: settings.SourceDefault, Doc: "host and port"}}
	c.API.Middleware = append(c.API.Middleware, begun(c.Logger))
	a := app.New(c)
	a.Register(&notes{})
	return a
}

// begun logs every request that the server has begun to handle.
func begun(log *slog.Logger) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			log.InfoContext(r.Context(), "begun")
			next.ServeHTTP(w, r)
		})
	}
}

// quiet is a logger for tests that do not look at the log.
var quiet = slog.New(slog.DiscardHandler)

// jsonLog returns a logger and what it writes.
func jsonLog() (*slog.Logger, *processtest.Log) {
	log := new(processtest.Log)
	return slog.New(api.LogHandler(slog.NewJSONHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))), log
}

// program prepares the application as a process of its own, with an argument
// list and further variables for its environment.
func program(t *testing.T, databaseURL string, args []string, env ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, args...)
	cmd.Env = append(os.Environ(), append(env, databaseVariable+"="+databaseURL)...)
	return cmd
}

// serve serves the application until the test ends, and returns its address.
func serve(t *testing.T, a *app.App, log *processtest.Log) *processtest.Client {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	failed := make(chan error, 1)
	go func() { failed <- a.Serve(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-failed; err != nil {
			t.Errorf("Serve: %v", err)
		}
	})
	c := &processtest.Client{Addr: log.Addr(t)}
	t.Cleanup(c.Close)
	return c
}

// do sends a request that must be answered.
func do(t *testing.T, c *processtest.Client, method, path string, body any) processtest.Response {
	t.Helper()
	r, err := c.Do(method, path, body)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	return r
}

// await sends a request until it is answered as wanted.
func await(t *testing.T, c *processtest.Client, method, path string, body any, status int) processtest.Response {
	t.Helper()
	end := time.Now().Add(30 * time.Second)
	for {
		r := do(t, c, method, path, body)
		if r.Status == status {
			return r
		}
		if time.Now().After(end) {
			t.Fatalf("%s %s: status %d, want %d\n%s", method, path, r.Status, status, r.Body)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// exitStatus returns the status that Wait's error tells.
func exitStatus(err error) int {
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.ExitCode()
	}
	return 0
}

func decode(t *testing.T, r processtest.Response, into any) {
	t.Helper()
	if err := json.Unmarshal(r.Body, into); err != nil || r.Status >= 300 {
		t.Fatalf("status %d: %v\n%s", r.Status, err, r.Body)
	}
}
