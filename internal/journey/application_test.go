package journey

import (
	"bytes"
	"crypto/rand"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/terem-go/terem/db/dbtest"
	"github.com/terem-go/terem/internal/processtest"
)

// application is the built application with a configuration and a database.
type application struct {
	t        *testing.T
	program  string
	dir      string            // where it runs
	env      map[string]string // its whole environment
	password string            // of everybody who has no other one

	mu      sync.Mutex
	secrets map[string]string // what no output may hold, and what it is
	outputs []func() string
}

// newApplication returns the application on an empty database. When the test
// ends, all that the application has written is searched for its secrets.
func newApplication(t *testing.T, databaseURL string) *application {
	t.Helper()
	program, err := build()
	if err != nil {
		t.Fatal(err)
	}
	a := &application{t: t, program: program, dir: t.TempDir(), secrets: map[string]string{"$argon2": "a password's hash"}}
	a.password = a.secret("a password", rand.Text())
	a.env = map[string]string{
		"PATH":         os.Getenv("PATH"),
		"ENVIRONMENT":  "production",
		"LOG_LEVEL":    "debug",
		"ADDR":         "127.0.0.1:0",
		"BASE_URL":     "http://127.0.0.1",
		"MAIL":         "off",
		"DATABASE_URL": databaseURL,
		"SECRET_KEY":   a.secret("SECRET_KEY", rand.Text()+rand.Text()),
	}
	if u, err := url.Parse(databaseURL); err == nil && u.User != nil {
		password, _ := u.User.Password()
		a.secret("the database's password", password)
	}
	t.Cleanup(a.search)
	return a
}

// each runs f with an application on each engine.
func each(t *testing.T, f func(t *testing.T, a *application)) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		f(t, newApplication(t, "sqlite:journey.db"))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		u, err := url.Parse(dbtest.PostgresURL(t, nil))
		if err != nil {
			t.Fatal(err)
		}
		if _, given := u.User.Password(); !given { // the private server takes any
			u.User = url.UserPassword(u.User.Username(), rand.Text())
		}
		f(t, newApplication(t, u.String()))
	})
}

// secret remembers what no output may hold, and returns it.
func (a *application) secret(what, text string) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.secrets[text] = what
	return text
}

// search looks for secrets in all that the application has written.
func (a *application) search() {
	var all strings.Builder
	for _, output := range a.outputs {
		all.WriteString(output())
	}
	for text, what := range a.secrets {
		if i := strings.Index(all.String(), text); i >= 0 {
			line, _, _ := strings.Cut(all.String()[strings.LastIndex(all.String()[:i], "\n")+1:], "\n")
			a.t.Errorf("%s is in the output: %s", what, line)
		}
	}
	a.t.Logf("searched %d bytes of output for %d secrets", all.Len(), len(a.secrets))
}

func (a *application) command(args ...string) *exec.Cmd {
	cmd := exec.Command(a.program, args...)
	cmd.Dir = a.dir
	for name, value := range a.env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	return cmd
}

// run runs a command with a text on its standard input, and returns what it
// writes and how it ends.
func (a *application) run(stdin string, args ...string) (string, error) {
	var out bytes.Buffer
	cmd := a.command(args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &out, &out
	err := cmd.Run()
	a.outputs = append(a.outputs, out.String)
	return out.String(), err
}

// must runs a command that must succeed.
func (a *application) must(stdin string, args ...string) string {
	a.t.Helper()
	out, err := a.run(stdin, args...)
	if err != nil {
		a.t.Fatalf("%q: %v\n%s", args, err, out)
	}
	return out
}

// start starts a command that goes on until it is stopped.
func (a *application) start(args ...string) *processtest.Process {
	a.t.Helper()
	p := processtest.Start(a.t, a.command(args...))
	a.outputs = append(a.outputs, p.Log.String)
	return p
}

// serve starts the server and returns it with a client.
func (a *application) serve() (*processtest.Process, *client) {
	a.t.Helper()
	p := a.start()
	return p, a.client(p.Addr(a.t))
}

// stop stops the server as an operator does; it must end well.
func (a *application) stop(p *processtest.Process, signal os.Signal) {
	a.t.Helper()
	p.Signal(a.t, signal)
	if err := p.Wait(a.t, 20*time.Second); err != nil {
		a.t.Errorf("%v\n%s", err, p.Log)
	}
}
