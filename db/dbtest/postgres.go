package dbtest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/internal/pgserver"
	"github.com/terem-go/terem/migrate"
)

// Postgres returns a fresh PostgreSQL database that the migrations were applied
// to, or an empty one when they are nil. It skips the test, as Skip does, when
// there is no PostgreSQL.
func Postgres(t testing.TB, migrations fs.FS, sources ...migrate.Source) *db.DB {
	t.Helper()
	return Open(t, PostgresURL(t, migrations, sources...))
}

// PostgresURL returns the URL of a database as Postgres makes it, for a test
// that opens it itself, as one of a whole application does.
func PostgresURL(t testing.TB, migrations fs.FS, sources ...migrate.Source) string {
	t.Helper()
	s, err := thePostgres()
	if errors.Is(err, pgserver.ErrNotInstalled) || errors.Is(err, errors.ErrUnsupported) {
		Skip(t, err.Error())
	}
	if err != nil {
		t.Fatal(err)
	}
	template := "template1"
	if migrations != nil {
		template = s.template(t, schema{migrations, sources})
	}
	name, err := s.create(t.Context(), template)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if keep(t) && !s.private {
			t.Logf("the database of this test is %s", name)
			return
		}
		if err := s.drop(name); err != nil {
			t.Error(err)
		}
	})
	return s.url(name)
}

// server is a PostgreSQL server to make databases on.
type server struct {
	admin   *pgxpool.Pool
	url     func(database string) string
	private bool   // it is gone when the process ends
	copying string // an option of CREATE DATABASE

	mu        sync.Mutex
	templates map[string]*template // by content
}

// template is a database that migrations were applied to, or why that failed.
type template struct {
	name string
	err  error
	uses int // tests that run with copies
}

// chooseCopying returns how a private server copies a database: by its files,
// which takes two checkpoints, and those next to nothing where nothing is synced.
// Before version 15 there was no other way.
const chooseCopying = `SELECT CASE WHEN current_setting('server_version_num')::int < 150000 THEN '' ELSE ' STRATEGY file_copy' END`

var thePostgres = sync.OnceValues(func() (*server, error) {
	ctx := context.Background()
	given := os.Getenv("TEREM_TEST_DATABASE_URL")
	s := &server{templates: map[string]*template{}, private: given == ""}
	var err error
	if s.private {
		p, err := pgserver.Shared(ctx)
		if err != nil {
			return nil, err
		}
		s.url = p.URL
		if s.admin, err = pgxpool.New(ctx, p.URL("postgres")); err == nil {
			err = s.admin.QueryRow(ctx, chooseCopying).Scan(&s.copying)
		}
		return s, err
	}
	u, err := url.Parse(given)
	if err != nil || !strings.HasPrefix(u.Scheme, "postgres") {
		return nil, errors.New("dbtest: TEREM_TEST_DATABASE_URL is not of the form postgres://user:password@host/database") // its text may hold a password
	}
	s.url = func(database string) string {
		c := *u
		c.Path = "/" + database
		return c.String()
	}
	s.admin, err = pgxpool.New(ctx, given)
	return s, err
})

// template returns the name of a database that the migrations were applied to.
// It is dropped when no test uses it any more.
func (s *server) template(t testing.TB, of schema) string {
	t.Helper()
	key, err := of.content(db.Postgres)
	if err != nil {
		t.Fatal(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	tpl := s.templates[key]
	if tpl == nil {
		tpl = &template{}
		tpl.name, tpl.err = s.create(t.Context(), "template1")
		if tpl.err == nil {
			tpl.err = of.up(t.Context(), s.url(tpl.name))
		}
		s.templates[key] = tpl
	}
	tpl.uses++
	t.Cleanup(func() { s.release(t, key) })
	if tpl.err != nil {
		t.Fatal(tpl.err)
	}
	return tpl.name
}

// release ends a test's use of a template. A private server keeps the template
// for later tests.
func (s *server) release(t testing.TB, content string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	tpl := s.templates[content]
	if tpl.uses--; tpl.uses > 0 || s.private {
		return
	}
	delete(s.templates, content)
	if err := s.drop(tpl.name); err != nil {
		t.Error(err)
	}
}

// create makes a database as a copy of another one.
func (s *server) create(ctx context.Context, template string) (string, error) {
	name := "terem_test_" + strings.ToLower(rand.Text())
	if _, err := s.admin.Exec(ctx, "CREATE DATABASE "+name+" TEMPLATE "+template+s.copying); err != nil {
		return name, fmt.Errorf("dbtest: make a database: %w", err)
	}
	return name, nil
}

// dropLimit ends an attempt to drop a database.
const dropLimit = 30 * time.Second

// drop removes a database, whoever is connected to it.
func (s *server) drop(name string) error {
	ctx, cancel := context.WithTimeout(context.Background(), dropLimit)
	defer cancel()
	s.leave(ctx, name)
	if _, err := s.admin.Exec(ctx, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)"); err != nil {
		return fmt.Errorf("dbtest: drop a database: %w", err)
	}
	return nil
}

// leave waits, for a moment, until nobody is connected to a database. Connections
// that were closed just now are still ending, and DROP DATABASE would look again
// only after 100 ms.
func (s *server) leave(ctx context.Context, name string) {
	for range 50 {
		var connected bool
		err := s.admin.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = $1)", name).Scan(&connected)
		if err != nil || !connected {
			return
		}
		time.Sleep(2 * time.Millisecond)
	}
}
