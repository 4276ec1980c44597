package dbtest

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/migrate"
)

// sqliteFiles are database files that migrations were applied to, by their
// content: func() ([]byte, error).
var sqliteFiles sync.Map

// SQLite returns a fresh SQLite database that the migrations were applied to,
// or an empty one when they are nil. It is a file, since databases in memory
// keep no journal, and is not protected against power cuts.
func SQLite(t testing.TB, migrations fs.FS, sources ...migrate.Source) *db.DB {
	t.Helper()
	return Open(t, SQLiteURL(t, migrations, sources...))
}

// SQLiteURL returns the URL of a database as SQLite makes it, for a test that
// opens it itself, as one of a whole application does.
func SQLiteURL(t testing.TB, migrations fs.FS, sources ...migrate.Source) string {
	t.Helper()
	file := filepath.Join(directory(t), "test.db")
	if migrations != nil {
		if err := copySQLite(t.Context(), file, schema{migrations, sources}); err != nil {
			t.Fatal(err)
		}
	}
	return sqliteURL(file)
}

func sqliteURL(file string) string { return "sqlite:" + file + "?synchronous=off" }

// directory returns a directory for the test.
func directory(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "terem-test-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if keep(t) {
			t.Logf("the database of this test is in %s", dir)
			return
		}
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// copySQLite makes a database file that the migrations were applied to.
func copySQLite(ctx context.Context, file string, of schema) error {
	key, err := of.content(db.SQLite)
	if err != nil {
		return err
	}
	once, _ := sqliteFiles.LoadOrStore(key, sync.OnceValues(func() ([]byte, error) { return migratedSQLite(ctx, of) }))
	data, err := once.(func() ([]byte, error))()
	if err != nil {
		return err
	}
	return os.WriteFile(file, data, 0o600)
}

// migratedSQLite returns a database file that the migrations were applied to.
func migratedSQLite(ctx context.Context, of schema) ([]byte, error) {
	dir, err := os.MkdirTemp("", "terem-test-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "template.db")
	if err := of.up(ctx, sqliteURL(file)); err != nil {
		return nil, err
	}
	// Closing the database has brought everything into the file.
	if wal, err := os.Stat(file + "-wal"); err == nil && wal.Size() > 0 {
		return nil, fmt.Errorf("dbtest: %s was not emptied by closing the database", wal.Name())
	}
	return os.ReadFile(file)
}
