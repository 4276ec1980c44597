package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/terem-go/terem/bench/item"
)

// files are SQLite databases that others are copied from.
type files struct {
	dir  string
	made int // how many copies
}

// Names of the originals, each a directory with files.
const (
	plain    = "plain"    // times in a TEXT column, as terem new writes it
	datetime = "datetime" // for gorm, which reads times from no other
	records  = "records"  // of PocketBase
)

func newFiles(ctx context.Context, dir, pocketbase string) (*files, error) {
	f := &files{dir: dir}
	err := errors.Join(f.fill(ctx, plain, "TEXT"), f.fill(ctx, datetime, "DATETIME"))
	if err == nil && pocketbase != "" {
		err = f.fillPocketBase(ctx, pocketbase)
	}
	if err != nil {
		err = fmt.Errorf("SQLite: %w", err)
	}
	return f, err
}

// fill makes a table and its rows.
func (f *files) fill(ctx context.Context, name, timeType string) error {
	dir := filepath.Join(f.dir, name)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	d, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "data.db")+"?_pragma=journal_mode(WAL)")
	if err != nil {
		return err
	}
	defer d.Close() // which moves everything into the one file
	d.SetMaxOpenConns(1)
	if _, err := d.ExecContext(ctx, item.SQLite(timeType)); err != nil {
		return err
	}
	tx, err := d.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	for id := int64(1); id <= item.Rows && err == nil; id++ {
		it := item.Of(id)
		_, err = tx.ExecContext(ctx, "INSERT INTO items VALUES (?, ?, ?, ?, ?)",
			it.ID, it.Name, it.Note, it.Price, it.CreatedAt.Format(item.TimeLayout))
	}
	if err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return errors.Join(tx.Commit(), d.Close())
}

// fillPocketBase lets PocketBase make its files.
func (f *files) fillPocketBase(ctx context.Context, program string) error {
	var in bytes.Buffer
	lines := json.NewEncoder(&in)
	for id := int64(1); id <= item.Rows; id++ {
		c := item.CreateOf(id)
		err := lines.Encode(map[string]any{"id": item.PocketBaseID(id), "name": c.Name, "note": c.Note, "price": c.Price})
		if err != nil {
			return err
		}
	}
	cmd := exec.CommandContext(ctx, program, "fill", "--dir", filepath.Join(f.dir, records), "--dev=false")
	cmd.Stdin = &in
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("filling PocketBase: %w\n%s", err, out)
	}
	return nil
}

// fresh copies a database for a contestant.
func (f *files) fresh(e entry) (database, error) {
	original := plain
	switch e.program {
	case gorm:
		original = datetime
	case pocketbase:
		original = records
	}
	f.made++
	dir := filepath.Join(f.dir, fmt.Sprint(f.made))
	if err := copyFiles(dir, filepath.Join(f.dir, original)); err != nil {
		return database{}, err
	}
	path := filepath.Join(dir, "data.db")
	d := database{
		url: "sqlite:" + path + "?synchronous=" + e.sync,
		count: func(ctx context.Context) (n int, err error) {
			d, err := sql.Open("sqlite", "file:"+path+"?mode=ro&_pragma=busy_timeout(5000)")
			if err != nil {
				return 0, err
			}
			defer d.Close()
			return n, d.QueryRowContext(ctx, "SELECT count(*) FROM items").Scan(&n)
		},
		drop: func(context.Context) error { return os.RemoveAll(dir) },
	}
	if e.program == pocketbase {
		d.url = dir
	}
	return d, nil
}

// copyFiles copies the files of a directory into a new one and waits until they
// are on disk, so that a contestant does not wait for that.
func copyFiles(to, from string) error {
	if err := os.Mkdir(to, 0o755); err != nil {
		return err
	}
	found, err := os.ReadDir(from)
	if err != nil {
		return err
	}
	for _, f := range found {
		if !f.Type().IsRegular() {
			continue
		}
		if err := copyFile(filepath.Join(to, f.Name()), filepath.Join(from, f.Name())); err != nil {
			return err
		}
	}
	return nil
}

func copyFile(to, from string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	if err == nil {
		err = out.Sync()
	}
	return errors.Join(err, out.Close())
}
