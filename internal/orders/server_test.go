//go:build unix

package orders

import (
	"context"
	"log/slog"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/terem-go/terem/api"
	"github.com/terem-go/terem/app"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/postgres"
	"github.com/terem-go/terem/db/sqlite"
	"github.com/terem-go/terem/jobs"
	"github.com/terem-go/terem/mail"
)

// The test binary is the shop where these name its database and its mail server.
const (
	databaseVariable = "ORDERS_TEST_DATABASE"
	mailVariable     = "ORDERS_TEST_SMTP"
)

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
	sender, err := mail.Open(os.Getenv(mailVariable), mail.Config{From: "shop@example.com", Timeout: 5 * time.Second})
	if err != nil {
		return nil, err
	}
	a := app.New(app.Config{Name: "shop", DB: d, Logger: log, Addr: "127.0.0.1:0", Migrations: migrations,
		Workers: workers(sender), Jobs: jobs.Config{Timeout: 10 * time.Second}, Stop: time.Second})
	a.Register(orders{})
	return a, nil
}

// program returns a command of the shop: none to serve and run jobs, "worker" to
// run jobs alone.
func (s *shop) program(t *testing.T, url string, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, args...)
	cmd.Env = append(os.Environ(), databaseVariable+"="+url, mailVariable+"="+s.mail.URL())
	return cmd
}

func (s *shop) migrate(t *testing.T) {
	if out, err := s.program(t, s.direct, "migrate", "up").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}
