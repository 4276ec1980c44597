package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/api/apitest"
	"github.com/terem-go/terem/app"
	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/settings"
)

// run runs a command that must succeed and returns what it prints.
func run(t *testing.T, a *app.App, args ...string) string {
	t.Helper()
	var out bytes.Buffer
	if err := a.Run(t.Context(), args, &out); err != nil {
		t.Fatalf("%q: %v", args, err)
	}
	return out.String()
}

// golden compares what people read with a file in testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s has changed (-want +got); if that is meant, run: go test ./app -update\n%s", file, diff)
	}
}

func TestRoutes(t *testing.T) {
	t.Parallel()
	a := newApp(app.Config{DB: dbtest.SQLite(t, nil), Logger: quiet})
	golden(t, "routes.txt", run(t, a, "routes"))
	var routes []api.Route
	if err := json.Unmarshal([]byte(run(t, a, "routes", "--json")), &routes); err != nil {
		t.Fatal(err)
	}
	var found bool
	for _, r := range routes {
		if r.Method == "POST" && r.Path == "/api/notes" {
			found = r.Handler == "app_test.notes.create" && r.Session == "*db.Session" && r.Policy == "api.Public"
		}
	}
	if !found {
		t.Errorf("POST /api/notes is not listed as it is: %+v", routes)
	}
}

func TestOpenAPI(t *testing.T) {
	t.Parallel()
	a := newApp(app.Config{DB: dbtest.SQLite(t, nil), Logger: quiet})
	printed := run(t, a, "openapi")
	h, err := a.Handler()
	if err != nil {
		t.Fatal(err)
	}
	var want, got any
	apitest.New(t, h).Get("/openapi.json").Expect(200).JSON(&want)
	if err := json.Unmarshal([]byte(printed), &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the command prints another document than the server sends:\n%s", diff)
	}
	if !strings.Contains(printed, "\n  \"info\": {") {
		t.Error("the document is not indented")
	}
}

func TestConfig(t *testing.T) {
	t.Parallel()
	a := newApp(app.Config{Logger: quiet, DB: dbtest.SQLite(t, nil)})
	golden(t, "config.txt", run(t, a, "config"))
	var got settings.Report
	if err := json.Unmarshal([]byte(run(t, a, "config", "--json")), &got); err != nil {
		t.Fatal(err)
	}
	want := settings.Report{{Name: "ADDR", Value: "127.0.0.1:0", Source: settings.SourceDefault, Doc: "host and port"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestHelp(t *testing.T) {
	t.Parallel()
	a := newApp(app.Config{Logger: quiet, DB: dbtest.SQLite(t, nil)})
	golden(t, "help.txt", run(t, a, "--help"))
	golden(t, "help_migrate.txt", run(t, a, "migrate", "--help"))
	golden(t, "help_migrate.txt", run(t, a, "help", "migrate"))
	golden(t, "help_migrate_to.txt", run(t, a, "migrate", "to", "--help"))
}

func TestWrongCommands(t *testing.T) {
	t.Parallel()
	a := newApp(app.Config{Logger: quiet, DB: dbtest.SQLite(t, nil)})
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"route"}, `unexpected argument route, did you mean "routes"? (see: notes --help)`},
		{[]string{"routes", "--jsn"}, `unknown flag --jsn, did you mean "--json"? (see: notes --help)`},
		{[]string{"migrate"}, `expected one of "up", "down", "to", "status", "accept" (see: notes --help)`},
		{[]string{"count", "--above=many"}, `--above: expected a valid 64 bit int but got "many" (see: notes --help)`},
	} {
		var out bytes.Buffer
		err := a.Run(t.Context(), c.args, &out)
		if err == nil || err.Error() != c.want || out.Len() > 0 {
			t.Errorf("%q: %v, want %s\n%s", c.args, err, c.want, out.String())
		}
	}
}

func TestCommandsOfDomains(t *testing.T) {
	t.Parallel()
	a := app.New(app.Config{Name: "bare", Logger: quiet})
	a.Command("count", "Count.", &countCommand{})
	if err := a.Run(t.Context(), []string{"count"}, t.Output()); err == nil || err.Error() != "there is no database" {
		t.Errorf("count: %v", err)
	}
	a.Command("routes", "Another one.", &countCommand{})
	if err := a.Run(t.Context(), []string{"count"}, t.Output()); err == nil || !strings.Contains(err.Error(), "routes") {
		t.Errorf("two commands of one name: %v", err)
	}
}

// The exit status and the streams of a whole program.
func TestMainExits(t *testing.T) {
	t.Parallel()
	url := dbtest.SQLiteURL(t, migrations)
	for _, c := range []struct {
		name, url      string
		args           []string
		status         int
		stdout, stderr string // what they contain; "" for nothing
	}{
		{"help", url, []string{"--help"}, 0, "Usage: notes", ""},
		{"count", url, []string{"count"}, 0, "0 notes\n", ""},
		{"unknown", url, []string{"cuont"}, 1, "", "error: unexpected argument cuont"},
		{"help with a wrong URL", "mysql://app:hunter2@host/db", []string{"--help"}, 0, "migrate up [flags]", "note: commands of domains are missing from this help, since the application cannot be put together: db: the database URL"},
		{"help on a command with a wrong URL", "mysql://host/db", []string{"help", "migrate", "to"}, 0, "migrate to <number> [flags]", "note: "},
		{"help on a domain's command with a wrong URL", "mysql://host/db", []string{"count", "-h"}, 1, "", "error: unexpected argument count"},
		{"wrong URL", "mysql://app:hunter2@host/db", []string{"count"}, 1, "", "error: db: the database URL begins with none of sqlite:, postgres:"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			cmd := program(t, c.url, c.args)
			var stdout, stderr bytes.Buffer
			cmd.Stdout, cmd.Stderr = &stdout, &stderr
			err := cmd.Run()
			var exit *exec.ExitError
			if err != nil && !errors.As(err, &exit) {
				t.Fatal(err)
			}
			if got := exitStatus(err); got != c.status {
				t.Errorf("exit status %d, want %d", got, c.status)
			}
			for _, s := range []struct{ name, got, want string }{{"output", stdout.String(), c.stdout}, {"error", stderr.String(), c.stderr}} {
				if !strings.Contains(s.got, s.want) || (s.want == "") != (s.got == "") {
					t.Errorf("standard %s is %q, want %q", s.name, s.got, s.want)
				}
				if strings.Contains(s.got, "hunter2") {
					t.Errorf("standard %s shows the password: %q", s.name, s.got)
				}
			}
		})
	}
}

func TestRunEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	a := newApp(app.Config{Logger: quiet, DB: dbtest.SQLite(t, migrations)})
	if err := a.Run(ctx, nil, t.Output()); err != nil {
		t.Errorf("a signal that comes at the start is an error: %v", err)
	}
	if err := a.Run(ctx, []string{"count"}, t.Output()); !errors.Is(err, context.Canceled) {
		t.Errorf("count: %v", err)
	}
}
