package sqlite

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/terem-go/terem/db"
)

// file is the database's file as it was when the engine opened it.
type file struct {
	path string
	info fs.FileInfo
}

// create makes the file, if it is missing, for nobody but the user whose process it is: SQLite
// would let everybody at the machine read it, and gives -wal and -shm the same mode. What goes
// wrong here goes wrong for SQLite, too, and is explained then.
func create(path string) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600) // #nosec G304 -- the path is the one of the database URL
	if err == nil {
		_ = f.Close()
	}
}

// moved returns an error of a class if another file, or none, has taken the
// place of the one that is open. SQLite would go on writing to the one without
// a name, and all would be lost with the process.
func (f file) moved(c db.Class) error {
	now, err := os.Stat(f.path)
	if err == nil && os.SameFile(f.info, now) {
		return nil
	}
	return &db.Error{Class: c, Err: fmt.Errorf(
		"sqlite: the file %s was removed or replaced while it was in use: nothing more is written to it; restart the server", f.path)}
}

// explain says in one line why a database file could not be opened.
func explain(path string, err error) error {
	folder := filepath.Dir(path)
	info, missing := os.Stat(folder)
	switch {
	case errors.Is(missing, fs.ErrNotExist):
		return fmt.Errorf("sqlite: %s: there is no folder %s; create it first", path, folder)
	case missing == nil && !info.IsDir():
		return fmt.Errorf("sqlite: %s: %s is not a folder", path, folder)
	}
	info, missing = os.Stat(path)
	if missing == nil && info.IsDir() {
		return fmt.Errorf("sqlite: %s is a folder; name a file in it", path)
	}
	switch db.ClassOf(err) {
	case db.Unreachable, db.ReadOnly:
		return fmt.Errorf("sqlite: %s: the file and its folder must be readable and writable for this user: %w", path, err)
	case db.Contended:
		return fmt.Errorf("sqlite: %s: another program keeps the file locked: %w", path, err)
	}
	return fmt.Errorf("sqlite: %s: %w", path, err)
}
