package jobs

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"sync"

	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/migrate"
)

// Migrations returns the migrations of the queue's tables, for the Sources of
// migrate.Config. They are River's own, with River's numbers, and are recorded
// in River's table as well, so that its own tools know of them.
func Migrations() migrate.Source { return migrate.Source{Name: "jobs", FS: migrations()} }

var migrations = sync.OnceValue(func() fs.FS {
	var b bytes.Buffer
	w := zip.NewWriter(&b) // its reader is a file system in memory
	err := convert(w, db.SQLite, riversqlite.New(nil).GetMigrationFS(riverdriver.MigrationLineMain))
	if err == nil {
		err = convert(w, db.Postgres, riverpgxv5.New(nil).GetMigrationFS(riverdriver.MigrationLineMain))
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		panic(err) // River's files are constant
	}
	r, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		panic(err)
	}
	return r
})

// convert writes River's migrations in the form that package migrate reads.
func convert(w *zip.Writer, dialect db.Dialect, from fs.FS) error {
	files, err := fs.Glob(from, "migration/main/*.up.sql")
	if err != nil {
		return err
	}
	for _, file := range files {
		var number int
		name := path.Base(file) // 002_initial_schema.up.sql
		if _, err := fmt.Sscanf(name, "%03d_", &number); err != nil {
			return err
		}
		text, err := fs.ReadFile(from, file)
		if err != nil {
			return err
		}
		to, err := w.Create(fmt.Sprintf("%s/00%s.sql", dialect, strings.TrimSuffix(name, ".up.sql")))
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(to, "-- +goose Up\n-- +goose StatementBegin\n%s\n-- +goose StatementEnd\n%s\n",
			strings.ReplaceAll(string(text), "/* TEMPLATE: schema */", ""), record(number))
		if err != nil {
			return err
		}
	}
	return nil
}

// record returns the statement that records a migration in River's table, as it
// is after that migration.
func record(number int) string {
	if number < 5 {
		return fmt.Sprintf("INSERT INTO river_migration (version) VALUES (%d);", number)
	}
	return fmt.Sprintf("INSERT INTO river_migration (line, version) VALUES ('main', %d);", number)
}
