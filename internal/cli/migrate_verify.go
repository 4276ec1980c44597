package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/postgres"
	"github.com/terem-go/terem/db/sqlite"
	"github.com/terem-go/terem/internal/schema"
	"github.com/terem-go/terem/internal/structure/report"
)

// migrateVerify is the verb migrate verify.
type migrateVerify struct {
	URL string `arg:"" help:"The database, as DATABASE_URL names it: sqlite:shop.db, postgres://user@host/shop."`
	Dir string `type:"application" default:"." help:"The application's folder; the current one by default."`
}

// Help is shown below the flags' help.
func (migrateVerify) Help() string {
	return `It compares the tables of a database with the models and prints what differs; then the exit status is 1. Tables that no model describes are left alone.

On PostgreSQL it makes what the models want in a schema that is rolled back, so the user must be allowed to create one.`
}

// Run prints what differs.
func (m *migrateVerify) Run(ctx context.Context, c *console) (err error) {
	f, err := schema.Open(m.Dir)
	if err != nil {
		return err
	}
	want, err := f.Models()
	if err != nil {
		return err
	}
	if err := m.exists(); err != nil {
		return err
	}
	d, err := db.Open(ctx, m.URL, db.Config{}, sqlite.Engine, postgres.Engine)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close(ctx)) }()
	differences, err := want.Verify(ctx, d)
	if err != nil {
		return err
	}
	for _, line := range differences {
		c.say("%s", line)
	}
	if n := len(differences); n > 0 {
		return fmt.Errorf("%s between the database and the models", report.Count(n, "difference"))
	}
	c.say("The database is what the models say. Tables: %d", len(want.Tables))
	return nil
}

// exists refuses a file of SQLite that is not there, which would be created.
func (m *migrateVerify) exists() error {
	if !strings.HasPrefix(m.URL, "sqlite:") {
		return nil
	}
	path, err := sqlite.Path(m.URL)
	if err != nil {
		return err
	}
	if _, err = os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no file %s. To make it: go run . migrate up", path)
	}
	return err
}
