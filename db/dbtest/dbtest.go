// Package dbtest gives each test a database of its own, on both engines.
//
//	func TestOrders(t *testing.T) {
//		t.Parallel()
//		dbtest.Each(t, migrations, func(t *testing.T, d *db.DB) {
//			err := d.Do(t.Context(), func(ctx context.Context, s *db.Session) error { … })
//		})
//	}
//
// Migrations run once for each process and content, into a template that is
// copied for each test: a few milliseconds on SQLite, some tens on PostgreSQL.
// Databases are removed when their tests end.
//
// PostgreSQL is a private server, started from the machine's own programs and
// gone with the process, or the server that TEREM_TEST_DATABASE_URL names, as
// postgres://user:password@host/database: its user must be allowed to create
// databases. Without either, tests on PostgreSQL are skipped; with
// TEREM_TEST=all they fail instead.
//
// TEREM_TEST_KEEP=1 keeps the database of a failed test and logs where it is,
// except on a private server, which ends with the process.
//
// TEREM_TEST_RETRY=1 has every session conflict once, as if with another, when it
// is to be committed: its function runs twice, and must not notice. With
// TEREM_TEST_RETRY=all it conflicts at its statements, too, as after Retry: tests
// return errors from within a session, since t.Fatal would end them there. It is
// about databases that this package has opened; one that a test opens itself is
// given to Retry.
//
// What a request costs is asserted with Watch:
//
//	dbtest.Watch(d, func() { c.Get("/api/orders?size=50").Expect(200) }).AtMost(t, 2)
package dbtest

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/db/postgres"
	"github.com/terem-go/terem/db/sqlite"
	"github.com/terem-go/terem/migrate"
)

// Each runs f as the parallel subtests "sqlite" and "postgres", each with a
// fresh database that the migrations were applied to: files as package migrate
// reads them, or nil for an empty database. Further sources, such as
// jobs.Migrations(), are applied before them.
func Each(t *testing.T, migrations fs.FS, f func(t *testing.T, d *db.DB), sources ...migrate.Source) {
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		f(t, SQLite(t, migrations, sources...))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		f(t, Postgres(t, migrations, sources...))
	})
}

// Skip skips a test, or fails it where TEREM_TEST=all says that everything
// must run, as it does where changes are accepted. The reason says what is
// missing.
func Skip(t testing.TB, reason string) {
	t.Helper()
	if os.Getenv("TEREM_TEST") == "all" {
		t.Fatalf("this test must not be skipped (TEREM_TEST=all): %s", reason)
	}
	t.Skip(reason)
}

// closeLimit ends the wait for a test's AfterCommit functions.
const closeLimit = 10 * time.Second

// Open opens the database that url names, such as one of SQLiteURL with further
// parameters, and closes it when the test ends. Unless the parameter max_wait says
// otherwise, units wait for a connection for up to 30 seconds: a machine that runs
// all tests at once is slow, and that is not what they are about.
func Open(t testing.TB, url string) *db.DB {
	t.Helper()
	if !strings.Contains(url, "max_wait=") {
		sep := "?"
		if strings.Contains(url, "?") {
			sep = "&"
		}
		url += sep + "max_wait=30s"
	}
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	d, err := db.Open(t.Context(), url, db.Config{Logger: log, Strict: true}, sqlite.Engine, postgres.Engine)
	if err != nil {
		t.Fatal(err)
	}
	retryAsTold(d)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), closeLimit)
		defer cancel()
		if err := d.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	return d
}

// keep reports whether a test's database is to stay.
func keep(t testing.TB) bool { return t.Failed() && os.Getenv("TEREM_TEST_KEEP") == "1" }

// schema is what a test's database is made from.
type schema struct {
	migrations fs.FS
	sources    []migrate.Source
}

// content names what the migrations do to a database of a dialect.
func (s schema) content(dialect db.Dialect) (string, error) {
	h := sha256.New()
	for _, source := range append(slices.Clip(s.sources), migrate.Source{FS: s.migrations}) {
		files, err := fs.Glob(source.FS, string(dialect)+"/*.sql")
		if err != nil {
			return "", err
		}
		for _, file := range files {
			text, err := fs.ReadFile(source.FS, file)
			if err != nil {
				return "", err
			}
			fmt.Fprintf(h, "%q %q %q\n", source.Name, file, text)
		}
	}
	return string(h.Sum(nil)), nil
}

// up applies the migrations to the empty database that url names.
func (s schema) up(ctx context.Context, url string) error {
	d, err := db.Open(ctx, url, db.Config{}, sqlite.Engine, postgres.Engine)
	if err != nil {
		return err
	}
	m, err := migrate.New(d, s.migrations, migrate.Config{Logger: slog.New(slog.DiscardHandler), Sources: s.sources})
	if err == nil {
		_, err = m.Up(ctx)
	}
	return errors.Join(err, d.Close(ctx))
}
