package backup

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"

	"github.com/terem-go/terem/db/sqlite"
	_ "modernc.org/sqlite" // the driver
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
	_, err = d.ExecContext(ctx, "VACUUM INTO ?", part) // in one transaction that only reads
	if err := errors.Join(err, d.Close()); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return inspect(ctx, part)
}

// open opens a file that is there.
func open(path, options string) (*sql.DB, error) {
	if _, err := os.Stat(path); err != nil {
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
	d, err := open(file, "mode=ro")
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
		name := `"` + strings.ReplaceAll(tables[i].Name, `"`, `""`) + `"`
		if err := d.QueryRowContext(ctx, "SELECT count(*) FROM "+name).Scan(&tables[i].Rows); err != nil {
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
	there := true
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		there = false
	} else if err != nil {
		return nil, err
	}
	if there && !replace {
		return nil, fmt.Errorf("%s is there already; --replace moves it to %s.before", path, path)
	}
	part := path + ".part"
	tables, err := restorePart(ctx, file, part)
	if err == nil && there {
		err = setAside(ctx, path)
	}
	if err == nil {
		err = settle(part, path)
	}
	if err != nil {
		_ = os.Remove(part)
		return nil, err
	}
	return tables, nil
}

// restorePart copies a backup beside the database that it becomes.
func restorePart(ctx context.Context, file, part string) ([]Table, error) {
	in, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	out, err := os.OpenFile(part, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, err
	}
	_, err = io.Copy(out, in)
	if err := errors.Join(err, out.Close()); err != nil {
		return nil, err
	}
	return inspect(ctx, part)
}

// setAside renames a database that nobody has open. To leave the mode in which it
// has a log, SQLite must have it for itself, and writes what is in the log.
func setAside(ctx context.Context, path string) error {
	d, err := open(path, "mode=rw")
	if err != nil {
		return err
	}
	var mode string
	err = d.QueryRowContext(ctx, "PRAGMA journal_mode = DELETE").Scan(&mode)
	if err = errors.Join(err, d.Close()); err != nil || mode != "delete" {
		return errors.Join(fmt.Errorf("%s is open elsewhere: stop the server first", path), err)
	}
	return os.Rename(path, path+".before")
}
