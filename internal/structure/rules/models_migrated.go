package rules

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/internal/schema"
)

var modelsMigrated = &Rule{
	ID:    "models-migrated",
	Title: "The migrations lead to what the models say.",
	Reason: "The program asks for columns and tables that the database does not have, and fails when the first request comes, not when it " +
		"is built.",
	WayOut: "run terem migrate new NAME, which writes what is missing; if it was written by hand, terem migrate new --record",
	Application: func(a *Application) []Finding {
		dialects := a.dialects()
		if dialects == nil || a.App.Models == nil {
			return nil // no models, or some that cannot be read, which terem check says
		}
		snapshot := filepath.Join(a.Program.Dir, "migrations", schema.SnapshotFile)
		if _, err := os.Stat(snapshot); err != nil && (len(a.migrations(db.SQLite)) > 0 || len(a.migrations(db.Postgres)) > 0) {
			return nil // it is not known what they lead to
		}
		from, err := schema.ReadSnapshot(snapshot)
		if err != nil {
			return []Finding{{File: "migrations/" + schema.SnapshotFile, Line: 1, Title: "the snapshot of the models cannot be read",
				Reason: err.Error() + ".", WayOut: "take it from the history; or if the migrations lead to what the models say, terem migrate new --record"}}
		}
		to, err := schema.From(a.App.Models)
		if err != nil {
			return a.impossible(err)
		}
		// An error says that a change needs an answer, so that there is one.
		if files, err := schema.Change(from, to, dialects, schema.Options{}); err == nil && len(files) == 0 {
			return nil
		}
		return a.differences(from, to)
	},
}

// dialects returns those that the application has a folder of migrations for.
func (a *Application) dialects() (list []db.Dialect) {
	for _, d := range []db.Dialect{db.SQLite, db.Postgres} {
		if s, err := os.Stat(filepath.Join(a.Program.Dir, "migrations", string(d))); err == nil && s.IsDir() {
			list = append(list, d)
		}
	}
	return list
}

// impossible finds what no migration can lead to, such as a reference to a table
// that no model describes.
func (a *Application) impossible(err error) []Finding {
	var list []Finding
	for _, err := range flat(err) {
		f := Finding{File: "migrations/" + schema.SnapshotFile, Line: 1, Title: err.Error(),
			Reason: "No migration can lead to it, and terem migrate new refuses.", WayOut: "put the model right"}
		for _, t := range a.App.Tables {
			if strings.HasPrefix(err.Error(), t.Name+".") {
				f.File, f.Line = t.At.File, t.At.Line
			}
		}
		list = append(list, f)
	}
	return list
}

// flat returns the errors that errors.Join has joined.
func flat(err error) (list []error) {
	if joined, ok := errors.AsType[interface {
		error
		Unwrap() []error
	}](err); ok {
		for _, e := range joined.Unwrap() {
			list = append(list, flat(e)...)
		}
		return list
	}
	return []error{err}
}

// differences finds the tables that differ.
func (a *Application) differences(from, to *schema.Schema) []Finding {
	var list []Finding
	for _, t := range a.App.Tables {
		old, now := from.Table(t.Name), to.Table(t.Name)
		title := ""
		switch changed := changedParts(old, now); {
		case now == nil:
			continue
		case old == nil:
			title = fmt.Sprintf("no migration creates the table %s", t.Name)
		case len(changed) > 0:
			title = fmt.Sprintf("no migration changes the table %s as its model has changed: %s", t.Name, strings.Join(changed, ", "))
		default:
			continue
		}
		list = append(list, Finding{File: t.At.File, Line: t.At.Line, Title: title})
	}
	for _, old := range from.Tables {
		if to.Table(old.Name) == nil {
			file, line := a.created(old.Name)
			list = append(list, Finding{File: file, Line: line,
				Title:  fmt.Sprintf("no model describes the table %s any more, and no migration drops it", old.Name),
				Reason: "A table that is left over is one that nobody dares to change, and is still backed up.",
				WayOut: "run terem migrate new NAME --allow-drop; if it was renamed, terem migrate new NAME --rename OLD:NEW; if it stays, terem migrate new --record"})
		}
	}
	return list
}

// changedParts says in which parts two descriptions of a table differ, whatever the
// order of their columns.
func changedParts(old, now *schema.Table) (parts []string) {
	if old == nil || now == nil {
		return nil
	}
	for _, c := range now.Columns {
		if before := old.Column(c.Name); before == nil || !reflect.DeepEqual(*before, c) {
			parts = append(parts, "the column "+c.Name)
		}
	}
	for _, c := range old.Columns {
		if now.Column(c.Name) == nil {
			parts = append(parts, "the column "+c.Name+", which is gone")
		}
	}
	if !slices.Equal(old.Key, now.Key) {
		parts = append(parts, "the key")
	}
	if !sameSet(old.Indexes, now.Indexes) {
		parts = append(parts, "the indexes")
	}
	if !sameSet(old.Checks, now.Checks) {
		parts = append(parts, "the checks")
	}
	if !sameSet(old.Refs, now.Refs) {
		parts = append(parts, "the foreign keys")
	}
	return parts
}

// sameSet reports whether two lists have the same elements, in any order.
func sameSet[T any](a, b []T) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(x T) bool {
		return !slices.ContainsFunc(b, func(y T) bool { return reflect.DeepEqual(x, y) })
	})
}

// created returns where migrations make a table, which is the snapshot if none does.
func (a *Application) created(table string) (file string, line int) {
	file, line = "migrations/"+schema.SnapshotFile, 1
	for _, d := range a.dialects() {
		for _, m := range a.migrations(d) {
			for _, s := range m.steps {
				if s.table == table && (s.what == stepCreate || s.what == stepRenamed) {
					file, line = m.file, s.line
				}
			}
		}
	}
	return file, line
}
