package schema

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/pressly/goose/v3"

	"github.com/terem-go/terem/db"
)

// Folder is an application's folder of migrations.
type Folder struct {
	app      string
	dir      string // below app
	dialects []db.Dialect
	last     int64 // the highest number
}

// Open returns the migrations of the application in a folder. It is an error if
// the folder has no migrations/sqlite and no migrations/postgres.
func Open(app string) (*Folder, error) {
	f := &Folder{app: app, dir: filepath.Join(app, "migrations")}
	for _, d := range []db.Dialect{db.SQLite, db.Postgres} {
		entries, err := os.ReadDir(filepath.Join(f.dir, string(d)))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		f.dialects = append(f.dialects, d)
		for _, e := range entries {
			if number, err := goose.NumericComponent(e.Name()); err == nil {
				f.last = max(f.last, number)
			}
		}
	}
	if f.dialects == nil {
		return nil, fmt.Errorf("%s is no application: neither migrations/sqlite nor migrations/postgres is a folder there. Change into an application's folder, or name it: --dir", app)
	}
	return f, nil
}

// Written is what New has written.
type Written struct {
	// Files are the paths of the migrations. There are none when the databases
	// need not change.
	Files []string
	// Recorded says that the snapshot has changed.
	Recorded bool
	// Accepted are findings of terem migrate lint that the files accept by
	// comments.
	Accepted []string
}

var migrationName = regexp.MustCompile(`^[a-z0-9_]+$`)

// New writes the migrations that lead from the snapshot to the models, and the new
// snapshot. When it returns an error, nothing is written.
func (f *Folder) New(name string, o Options) (*Written, error) {
	from, to, err := f.schemas()
	if err != nil {
		return nil, err
	}
	if f.last > 0 && !f.recorded() {
		return nil, fmt.Errorf("there are migrations and no %s, so it is not known what they lead to. If it is what the models say, record that: terem migrate new --record; terem migrate verify URL tells", f.snapshot())
	}
	files, err := Change(from, to, f.dialects, o)
	if err != nil {
		return nil, err
	}
	return f.write(name, pair(files, f.dialects), to.Marshal())
}

// Empty writes migrations without statements, for changes of data.
func (f *Folder) Empty(name string) (*Written, error) {
	var files []File
	for _, d := range f.dialects {
		files = append(files, File{Dialect: d, Text: "-- +goose Up\n\n-- +goose Down\n"})
	}
	return f.write(name, files, nil)
}

// Record writes the snapshot of the models without migrations: for those that
// were written by hand.
func (f *Folder) Record() (*Written, error) {
	_, to, err := f.schemas()
	if err != nil {
		return nil, err
	}
	return f.write("record", nil, to.Marshal())
}

// Models returns the schema that the models say.
func (f *Folder) Models() (*Schema, error) {
	_, to, err := f.schemas()
	return to, err
}

func (f *Folder) snapshot() string { return filepath.Join(f.dir, SnapshotFile) }

func (f *Folder) recorded() bool {
	_, err := os.Stat(f.snapshot())
	return err == nil
}

// schemas returns that of the snapshot and that of the models.
func (f *Folder) schemas() (from, to *Schema, err error) {
	if from, err = ReadSnapshot(f.snapshot()); err != nil {
		return nil, nil, err
	}
	models, err := Models(f.app)
	if err != nil {
		return nil, nil, err
	}
	to, err = From(models)
	return from, to, err
}

// write writes the files and the snapshot, or nothing.
func (f *Folder) write(name string, files []File, snapshot []byte) (_ *Written, err error) {
	if !migrationName.MatchString(name) {
		return nil, fmt.Errorf("the name %q becomes part of a file's: give one of a-z, 0-9 and _, as in add_orders", name)
	}
	w := &Written{}
	defer func() {
		if err != nil {
			for _, p := range w.Files {
				err = errors.Join(err, os.Remove(p))
			}
		}
	}()
	for _, file := range files {
		p := filepath.Join(f.dir, string(file.Dialect), fmt.Sprintf("%05d_%s%s.sql", f.last+1+int64(file.Step), name, file.Suffix))
		if err := create(p, file.Text); err != nil {
			return nil, err
		}
		w.Files = append(w.Files, p)
	}
	slices.SortFunc(w.Files, func(a, b string) int {
		return cmp.Or(strings.Compare(filepath.Base(a)[:5], filepath.Base(b)[:5]), -strings.Compare(a, b)) // sqlite first
	})
	if len(w.Files) > 0 {
		if w.Accepted, err = f.accept(w.Files); err != nil {
			return nil, err
		}
	}
	if snapshot == nil {
		return w, nil
	}
	if old, err := os.ReadFile(f.snapshot()); err == nil && bytes.Equal(old, snapshot) {
		return w, nil
	}
	w.Recorded = true
	fresh := f.snapshot() + ".new"
	if err := os.WriteFile(fresh, snapshot, 0o666); err != nil {
		return nil, err
	}
	return w, os.Rename(fresh, f.snapshot())
}

// create writes a file that is not there yet.
func create(path, text string) error {
	out, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	_, err = out.WriteString(text)
	return errors.Join(err, out.Close())
}
