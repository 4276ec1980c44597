package schema

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/pressly/goose/v3"

	"github.com/terem-go/terem/dao"
	"github.com/terem-go/terem/db"
)

// Folder is an application's folder of migrations. Source that it has read once is
// not read again.
type Folder struct {
	app      string
	overlay  overlay
	cache    *cache
	dir      string // below app
	dialects []db.Dialect
	last     int64 // the highest number
}

// Open returns the migrations of the application in a folder. It is an error if
// the folder has no migrations/sqlite and no migrations/postgres.
func Open(app string) (*Folder, error) {
	f := &Folder{app: app, cache: newCache(), dir: filepath.Join(app, "migrations")}
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

// Overlay has the models read as they will be: files by their absolute names that
// are read instead of those on disk, nil for one that is to go.
func (f *Folder) Overlay(files map[string][]byte) { f.overlay = files }

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

// New writes the migrations that lead from the snapshot to the models, and the new
// snapshot. When it returns an error, nothing is written.
func (f *Folder) New(name string, o Options) (*Written, error) {
	p, err := f.Plan(name, o)
	if err != nil {
		return nil, err
	}
	return p.write()
}

// Empty writes migrations without statements, for changes of data.
func (f *Folder) Empty(name string) (*Written, error) {
	var files []File
	for _, d := range f.dialects {
		files = append(files, File{Dialect: d, Text: "-- +goose Up\n\n-- +goose Down\n"})
	}
	p, err := f.plan(name, files, nil)
	if err != nil {
		return nil, err
	}
	return p.write()
}

// Record writes the snapshot of the models without migrations: for those that
// were written by hand.
func (f *Folder) Record() (*Written, error) {
	_, to, err := f.schemas()
	if err != nil {
		return nil, err
	}
	p, err := f.plan("record", nil, to.Marshal())
	if err != nil {
		return nil, err
	}
	return p.write()
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
	models, err := f.Described()
	if err != nil {
		return nil, nil, err
	}
	to, err = From(models)
	return from, to, err
}

// Described returns the descriptions of the application's tables, as Models does.
func (f *Folder) Described() ([]*dao.Model, error) { return modelsIn(f.app, f.overlay, f.cache) }

// Current returns the descriptions of the application's tables. It is an error if
// they are not what the migrations lead to.
func (f *Folder) Current() ([]*dao.Model, error) {
	models, err := f.Described()
	if err != nil {
		return nil, err
	}
	to, err := From(models)
	if err != nil {
		return nil, err
	}
	from, err := ReadSnapshot(f.snapshot())
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(from.Marshal(), to.Marshal()) {
		return nil, fmt.Errorf("the models have changed since the last migration, according to %s. Write that first: terem migrate new NAME", f.snapshot())
	}
	return models, nil
}

// write writes the files and the snapshot, or nothing.
func (p *Plan) write() (_ *Written, err error) {
	w := &Written{Accepted: p.Accepted, Recorded: p.Snapshot != nil}
	defer func() {
		if err != nil {
			for _, p := range w.Files {
				err = errors.Join(err, os.Remove(p))
			}
		}
	}()
	for _, file := range p.Files {
		if err := create(file.Path, file.Text); err != nil {
			return nil, err
		}
		w.Files = append(w.Files, file.Path)
	}
	if p.Snapshot == nil {
		return w, nil
	}
	fresh := p.SnapshotPath + ".new"
	if err := os.WriteFile(fresh, p.Snapshot, 0o666); err != nil {
		return nil, err
	}
	return w, os.Rename(fresh, p.SnapshotPath)
}

// create writes a file that is not there yet.
func create(path, text string) error {
	out, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	_, err = out.WriteString(text)
	if err = errors.Join(err, out.Close()); err != nil {
		err = errors.Join(err, os.Remove(path))
	}
	return err
}
