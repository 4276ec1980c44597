package backup

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"

	lite "modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"github.com/terem-go/terem/db/sqlite"
	"github.com/terem-go/terem/internal/sqltext"
)

func saveSQLite(ctx context.Context, u, part string) ([]Table, error) {
	path, err := sqlite.Path(u)
	if err != nil {
		return nil, err
	}
	d, err := open(path, "mode=rw")
	if err != nil {
		return nil, err
	}
	into, err := filepath.Abs(part) // SQLite takes a name such as file:x for a URI
	if err == nil {
		_, err = d.ExecContext(ctx, "VACUUM INTO ?", into) // in one transaction that only reads
	}
	if err := errors.Join(err, d.Close()); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return inspect(ctx, part)
}

// open opens a file that is there.
func open(path, options string) (*sql.DB, error) {
	_, err := os.Stat(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("there is no file %s", path)
	}
	if err != nil {
		return nil, err
	}
	u := url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: options + "&_pragma=busy_timeout(5000)"}
	d, err := sql.Open("sqlite", u.String())
	if err == nil {
		d.SetMaxOpenConns(1)
	}
	return d, err
}

// inspect checks a file as a whole, and counts its rows.
func inspect(ctx context.Context, file string) (tables []Table, err error) {
	d, err := open(file, "mode=rw") // one that only reads leaves files beside a database that has a log
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	var found string
	if err := d.QueryRowContext(ctx, "PRAGMA integrity_check(1)").Scan(&found); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if found != "ok" {
		return nil, fmt.Errorf("%s is damaged: %s", file, found)
	}
	rows, err := d.QueryContext(ctx, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var t Table
		if err := rows.Scan(&t.Name); err != nil {
			return nil, err
		}
		tables = append(tables, t)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return nil, err
	}
	for i := range tables {
		if err := d.QueryRowContext(ctx, "SELECT count(*) FROM "+sqltext.Quote(tables[i].Name)).Scan(&tables[i].Rows); err != nil {
			return nil, err
		}
	}
	return tables, nil
}

func restoreSQLite(ctx context.Context, file, u string, replace bool) ([]Table, error) {
	path, err := sqlite.Path(u)
	if err != nil {
		return nil, err
	}
	if real, err := filepath.EvalSymlinks(path); err == nil { // a link stays one
		path = real
	}
	info, err := os.Stat(path)
	there := err == nil
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	if there && !replace {
		return nil, fmt.Errorf("%s is there already; --replace moves it to %s.before", path, path)
	}
	mode := os.FileMode(0o600)
	if there {
		mode = info.Mode().Perm()
	} else if err := orphaned(path); err != nil {
		return nil, err
	}
	part := path + ".part"
	tables, err := restorePart(ctx, file, part, mode)
	if err == nil && there {
		err = setAside(ctx, path)
	}
	if err == nil {
		if err = settle(part, path); err != nil && there {
			err = errors.Join(err, os.Rename(path+".before", path))
		}
	}
	if err != nil {
		_ = os.Remove(part)
		return nil, err
	}
	return tables, nil
}

// orphaned refuses the log of a database that is gone: SQLite would write it into
// whatever has the name next.
func orphaned(path string) error {
	for _, tail := range []string{"-wal", "-journal"} {
		if _, err := os.Lstat(path + tail); err == nil {
			return fmt.Errorf("%s%s belongs to a database that was here before, and would be written into the one that is restored; move it away first", path, tail)
		}
	}
	return nil
}

// restorePart copies a backup beside the database that it becomes.
func restorePart(ctx context.Context, file, part string, mode os.FileMode) ([]Table, error) {
	if info, err := os.Stat(file + "-wal"); err == nil && info.Size() > 0 {
		return nil, fmt.Errorf("%s is no backup but a database that is in use, or was when its server died: a part of it is in %[1]s-wal. Make a backup of it first: terem db backup", file)
	}
	in, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	out, err := os.OpenFile(part, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, mode)
	if errors.Is(err, os.ErrNotExist) {
		return nil, noFolder(part)
	}
	if err != nil {
		return nil, err
	}
	if err = out.Chmod(mode); err == nil { // whatever the umask says, and one that was left here has
		_, err = io.Copy(out, in)
	}
	if err := errors.Join(err, out.Close()); err != nil {
		return nil, err
	}
	return inspect(ctx, part)
}

// setAside renames a database that nobody has open. To leave the mode in which it
// has a log, SQLite must have it for itself, and writes what is in the log.
func setAside(ctx context.Context, path string) error {
	if _, err := os.Lstat(path + ".before"); err == nil {
		return fmt.Errorf("%s.before is there already, from a restore before this one; move it away first", path)
	}
	d, err := open(path, "mode=rw")
	if err != nil {
		return err
	}
	var mode string
	err = d.QueryRowContext(ctx, "PRAGMA journal_mode = DELETE").Scan(&mode)
	err = errors.Join(err, d.Close())
	if e, ok := errors.AsType[*lite.Error](err); ok && (e.Code()&0xff == lib.SQLITE_NOTADB || e.Code()&0xff == lib.SQLITE_CORRUPT) {
		return fmt.Errorf("%s is damaged (%w); move it and %[1]s-wal away, and restore without --replace", path, err)
	}
	if err != nil || mode != "delete" {
		return errors.Join(fmt.Errorf("%s is open elsewhere: stop the server first", path), err)
	}
	return os.Rename(path, path+".before")
}
