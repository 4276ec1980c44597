package schema

import (
	"errors"
	"fmt"
	"strings"

	"github.com/terem-go/terem/db"
)

// File is a migration file that is to be written.
type File struct {
	Dialect db.Dialect
	// Suffix stands behind the migration's name in that of the file.
	Suffix string
	Text   string
}

// Change returns the files that lead from one schema to another: one for each
// dialect that has something to do, in the order in which they run, and for
// PostgreSQL a second one for what takes long. There are none when the databases
// need not change.
//
// Errors are each change that needs an answer, with the option that gives it.
func Change(from, to *Schema, dialects []db.Dialect, o Options) ([]File, error) {
	r, err := resolve(from, to, o)
	if err != nil {
		return nil, err
	}
	renamed := r.apply(from)
	f, err := parseFills(o.Fills, renamed, to)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(f.undecided(renamed, to)...); err != nil {
		return nil, err
	}
	var files []File
	for _, d := range dialects {
		a, b, r := from.physical(d), to.physical(d), r
		if d == db.SQLite {
			if lite := (&liteChange{to: b, fill: f}); len(r.tables)+len(r.columns) > 0 && lite.rebuilds(r.apply(a)) {
				// Triggers that a rebuild drops are made again as they were before
				// the file, which must be under the new names.
				named := r.apply(a)
				files = appendFile(files, File{Dialect: d, Suffix: "_names"}, renameSQLite(r), renameSQLite(r.inverse()))
				a, r = named, renames{}
			}
			up := (&liteChange{to: b, fill: f}).change(a, r)
			down := (&liteChange{to: a, down: true}).change(b, r.inverse())
			files = appendFile(files, File{Dialect: d}, up, down)
			continue
		}
		early := (&pgChange{to: b}).before(r.apply(a))
		up := (&pgChange{to: early, fill: f}).change(a, r)
		down := (&pgChange{to: a, down: true}).change(early, r.inverse())
		files = appendFile(files, File{Dialect: d}, up, down)
		up = (&pgChange{to: b, fill: f}).online(early)
		down = (&pgChange{to: early, down: true}).change(b, renames{})
		files = appendFile(files, File{Dialect: d, Suffix: "_online"}, up, down)
	}
	return files, nil
}

// Empty returns files without statements, for changes of data.
func Empty(dialects []db.Dialect) (files []File) {
	for _, d := range dialects {
		files = append(files, File{Dialect: d, Text: "-- +goose Up\n\n-- +goose Down\n"})
	}
	return files
}

func appendFile(files []File, f File, up, down script) []File {
	if len(up) == 0 {
		return files
	}
	var b strings.Builder
	if f.Suffix != "" {
		b.WriteString("-- This builds indexes and checks rows while the application goes on writing. Each statement\n" +
			"-- stays when a later one fails: correct the rows, and run the file again.\n-- +goose NO TRANSACTION\n\n")
	}
	b.WriteString("-- +goose Up\n")
	up.write(&b)
	b.WriteString("\n-- +goose Down\n")
	down.write(&b)
	f.Text = b.String()
	return append(files, f)
}

func (s script) write(b *strings.Builder) {
	for _, step := range s {
		if step.note != "" {
			fmt.Fprintf(b, "-- %s\n", step.note)
		}
		b.WriteString(step.sql + ";\n")
	}
}
