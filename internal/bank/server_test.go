//go:build unix

package bank

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

func program(t *testing.T, url string, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, args...)
	cmd.Env = append(os.Environ(), databaseVariable+"="+url)
	return cmd
}

func (b *bank) migrate(t *testing.T) {
	if out, err := program(t, b.direct, "migrate", "up").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}
