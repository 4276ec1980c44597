// Package backup makes files of databases that serve, and databases of such files.
package backup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// Table is a table with the rows that a file holds.
type Table struct {
	Name string `json:"name"`
	Rows int64  `json:"rows"`
}

// Save writes a database to a file while it serves: a copy of the file from
// SQLite, an archive of pg_dump from PostgreSQL. What was written is restored on
// the side and looked at before it gets its name, and its tables are returned.
//
// A file that is there is not written over. Nobody but the user may read the new
// one: it has all that is secret.
func Save(ctx context.Context, url, file string) (tables []Table, err error) {
	kind, err := kindOfURL(url)
	if err != nil {
		return nil, err
	}
	if _, err := os.Lstat(file); !errors.Is(err, os.ErrNotExist) {
		return nil, errors.Join(fmt.Errorf("%s is there already; name another file, or move it away", file), err)
	}
	part := file + ".part"
	// Made here, since what writes into it would let everybody read it.
	f, err := os.OpenFile(part, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, os.ErrNotExist) {
		return nil, noFolder(file)
	}
	if errors.Is(err, os.ErrExist) {
		return nil, fmt.Errorf("%s is there: another backup is being written, or was interrupted; remove it", part)
	}
	if err != nil {
		return nil, err
	}
	if err := f.Close(); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(part)
		}
	}()
	if kind == kindSQLite {
		tables, err = saveSQLite(ctx, url, part)
	} else {
		tables, err = savePostgres(ctx, url, part)
	}
	if err != nil {
		return nil, err
	}
	return tables, settle(part, file)
}

// Restore makes a database of a file that Save wrote: a file of SQLite, or the
// tables of a database of PostgreSQL. One that has something in it is left alone
// unless replace is set; on SQLite it is then kept beside the new one, with
// ".before" behind its name, which must be free. A database of SQLite that is open
// is never replaced.
func Restore(ctx context.Context, file, url string, replace bool) ([]Table, error) {
	to, err := kindOfURL(url)
	if err != nil {
		return nil, err
	}
	kind, err := kindOf(file)
	switch {
	case err != nil:
		return nil, err
	case kind == to && to == kindSQLite:
		return restoreSQLite(ctx, file, url, replace)
	case kind == to:
		return restorePostgres(ctx, file, url, replace)
	case kind == kindSQLite:
		return nil, fmt.Errorf("%s is a backup of SQLite; to move it to PostgreSQL, restore it as a file of SQLite, and use terem db copy", file)
	}
	return nil, fmt.Errorf("%s is a backup of PostgreSQL, and becomes no database of SQLite", file)
}

// What databases and backups are of, in the words for users.
const (
	kindSQLite   = "SQLite"
	kindPostgres = "PostgreSQL"
)

func kindOfURL(url string) (string, error) {
	switch {
	case strings.HasPrefix(url, "sqlite:"):
		return kindSQLite, nil
	case strings.HasPrefix(url, "postgres://"), strings.HasPrefix(url, "postgresql://"):
		return kindPostgres, nil
	}
	return "", errors.New("write the database as DATABASE_URL has it: sqlite:shop.db or postgres://user@host/shop")
}

func noFolder(file string) error {
	return fmt.Errorf("there is no folder %s; create it first", filepath.Dir(file))
}

// kindOf tells by its first bytes what a file is a backup of.
func kindOf(file string) (string, error) {
	f, err := os.Open(file)
	if errors.Is(err, os.ErrNotExist) {
		return "", fmt.Errorf("there is no file %s", file)
	}
	if err != nil {
		return "", err
	}
	defer f.Close()
	head := make([]byte, 16)
	if _, err := io.ReadFull(f, head); err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return "", err
	}
	switch {
	case string(head) == "SQLite format 3\x00":
		return kindSQLite, nil
	case strings.HasPrefix(string(head), "PGDMP"):
		return kindPostgres, nil
	}
	return "", fmt.Errorf("%s is not a backup: neither a file of SQLite nor an archive of pg_dump", file)
}

// settle gives a file that is complete its name, so that it survives a power cut.
func settle(part, file string) error {
	f, err := os.OpenFile(part, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(part, file); err != nil {
		return err
	}
	dir, err := os.Open(filepath.Dir(file))
	if err != nil {
		return err
	}
	_ = dir.Sync() // not every system can
	return dir.Close()
}
