package schema

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/terem-go/terem/db"
)

// File is a migration file that is to be written.
type File struct {
	Dialect db.Dialect
	// Step counts the files of one dialect from 0. Those of both dialects with one
	// step have one number.
	Step int
	// Suffix stands behind the migration's name in that of the file.
	Suffix string
	Text   string
}

// Change returns the files that lead from one schema to another: for each dialect
// those in which something is to be done, in the order in which they run. There
// are none when the databases need not change.
//
// On PostgreSQL what takes long is done in a second file; on SQLite new names
// come in a file before tables that are made anew.
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
		a, b := from.physical(d), to.physical(d)
		if d == db.SQLite {
			files = append(files, sqliteFiles(a, b, r, f)...)
		} else {
			files = append(files, postgresFiles(a, b, r, f)...)
		}
	}
	return files, nil
}

func sqliteFiles(a, b *Schema, r renames, f fills) (files []File) {
	if len(r.tables)+len(r.columns) > 0 && (&liteChange{to: b, fill: f}).rebuilds(r.apply(a)) {
		// Triggers that a rebuild drops are made again as they were before the
		// file, which must be under the new names.
		files = appendFile(files, File{Dialect: db.SQLite, Suffix: "_names"}, renameSQLite(r), renameSQLite(r.inverse()))
		a, r = r.apply(a), renames{}
	}
	up := (&liteChange{to: b, fill: f}).change(a, r)
	down := (&liteChange{to: a, down: true}).change(b, r.inverse())
	return appendFile(files, File{Dialect: db.SQLite}, up, down)
}

func postgresFiles(a, b *Schema, r renames, f fills) (files []File) {
	early := (&pgChange{to: b}).before(r.apply(a))
	up := (&pgChange{to: early, fill: f}).change(a, r)
	down := (&pgChange{to: a, down: true}).change(early, r.inverse())
	files = appendFile(files, File{Dialect: db.Postgres}, up, down)
	return appendFile(files, File{Dialect: db.Postgres, Suffix: online}, (&pgChange{to: b, fill: f}).slow(early), (&pgChange{to: b}).slowBack(early))
}

// online is the suffix of files for what is done beside running writes.
const online = "_online"

func appendFile(files []File, f File, up, down script) []File {
	if len(up) == 0 {
		return files
	}
	var b strings.Builder
	if f.Suffix == online {
		b.WriteString("-- Indexes are built and rows are checked here while the application goes on writing. If a\n" +
			"-- statement fails, those before it stay: correct the rows, and run the file again.\n-- +goose NO TRANSACTION\n\n")
	}
	b.WriteString("-- +goose Up\n")
	up.write(&b)
	b.WriteString("\n-- +goose Down\n")
	down.write(&b)
	f.Text, f.Step = b.String(), len(files)
	return append(files, f)
}

// pair adds, for each file of one dialect, one to the others that have none, since
// both have the same numbers.
func pair(files []File, dialects []db.Dialect) []File {
	steps := map[int]File{}
	has := map[db.Dialect]int{}
	for _, f := range files {
		steps[f.Step] = f
		has[f.Dialect]++
	}
	for _, d := range dialects {
		for step := has[d]; step < len(steps); step++ {
			const nothing = "-- Nothing changes here on this database.\n"
			files = append(files, File{Dialect: d, Step: step, Suffix: steps[step].Suffix, Text: "-- +goose Up\n" + nothing + "\n-- +goose Down\n" + nothing})
		}
	}
	return files
}

func (s script) write(b *strings.Builder) {
	for i, step := range s {
		if i > 0 && strings.HasPrefix(step.sql, "CREATE TABLE") && len(step.notes) == 0 && !strings.HasPrefix(s[i-1].sql, "PRAGMA") {
			b.WriteByte('\n')
		}
		for _, note := range step.notes {
			fmt.Fprintf(b, "-- %s\n", note)
		}
		if looksCut.MatchString(step.sql) {
			b.WriteString("-- +goose StatementBegin\n" + step.sql + ";\n-- +goose StatementEnd\n")
			continue
		}
		b.WriteString(step.sql + ";\n")
	}
}

// looksCut matches what goose, which reads lines and knows no strings, may take for
// the end of a statement or for a comment.
var looksCut = regexp.MustCompile(`--|;`)
