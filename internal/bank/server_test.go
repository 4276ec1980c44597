//go:build unix

package bank

import (
	"context"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/app"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/postgres"
	"github.com/terem-go/terem/db/sqlite"
	"github.com/terem-go/terem/internal/processtest"
)

// The test binary is the server where this names its database.
const databaseVariable = "BANK_TEST_DATABASE"

func TestMain(m *testing.M) {
	if os.Getenv(databaseVariable) == "" {
		os.Exit(m.Run())
	}
	os.Exit(app.Main(newApp))
}

func newApp(ctx context.Context) (*app.App, error) {
	log := slog.New(api.LogHandler(slog.NewJSONHandler(os.Stderr, nil)))
	d, err := db.Open(ctx, os.Getenv(databaseVariable), db.Config{Logger: log, CommitTimeout: time.Second}, sqlite.Engine, postgres.Engine)
	if err != nil {
		return nil, err
	}
	a := app.New(app.Config{Name: "bank", DB: d, Logger: log, Addr: "127.0.0.1:0", Migrations: migrations,
		Stop: time.Second, API: api.Config{Timeout: 2 * time.Second}})
	a.Register(routes{})
	return a, nil
}

func program(url string, args ...string) (*exec.Cmd, error) {
	self, err := os.Executable()
	cmd := exec.Command(self, args...)
	cmd.Env = append(os.Environ(), databaseVariable+"="+url)
	return cmd, err
}

func (b *bank) migrate(t *testing.T) {
	cmd, err := program(b.direct, "migrate", "up")
	if err != nil {
		t.Fatal(err)
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

// server is the server's process, which has several lives.
type server struct {
	process *processtest.Process
	logs    []*processtest.Log // of all lives

	mu   sync.Mutex
	addr string
	next chan struct{} // closed when another one serves
}

// start starts it and lets clients know.
func (s *server) start(t *testing.T, url string) {
	t.Helper()
	cmd, err := program(url)
	if err != nil {
		t.Fatal(err)
	}
	s.process = processtest.Start(t, cmd)
	s.logs = append(s.logs, s.process.Log)
	addr := s.process.Addr(t)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.next != nil {
		close(s.next)
	}
	s.addr, s.next = addr, make(chan struct{})
}

// said returns the lines of the logs that are about the request whose ID a text
// ends with.
func (s *server) said(text string) string {
	var lines []string
	for _, log := range s.logs {
		lines = append(lines, log.Lines(text[strings.LastIndex(text, " ")+1:])...)
	}
	return strings.Join(lines, "\n")
}

// at returns its host and port, and what is closed when these are others.
func (s *server) at() (addr string, next <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.addr, s.next
}

// stop stops the server as an operator does.
func (s *server) stop(t *testing.T) {
	t.Helper()
	s.process.Signal(t, syscall.SIGTERM)
	if err := s.process.Wait(t, 30*time.Second); err != nil {
		t.Errorf("after SIGTERM: %v\n%s", err, s.process.Log)
	}
}
