// Package migratelint reads migration files and finds what would stop or break an
// application that serves while they run. It needs no database.
//
// A finding is accepted by a comment on the statement, which must say why:
//
//	-- terem:accept drop-table because no version since May reads it
//	DROP TABLE carts;
package migratelint

import (
	"cmp"
	"errors"
	"io/fs"
	"slices"

	"github.com/terem-go/terem/db"
)

// Finding is something that a migration should not do, or that somebody must have
// thought about.
type Finding struct {
	File   string `json:"file"` // such as postgres/00002_orders.sql
	Line   int    `json:"line"`
	Rule   string `json:"rule"`
	Title  string `json:"title"`
	Reason string `json:"reason"`
	WayOut string `json:"way_out"`
}

// Lint reads the folders sqlite and postgres of fsys, of which one may be missing,
// and returns what it finds, in the order of files and lines.
func Lint(fsys fs.FS) ([]Finding, error) {
	r := &report{}
	folders := map[db.Dialect][]*file{}
	for _, d := range []db.Dialect{db.Postgres, db.SQLite} {
		files, err := read(fsys, d)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			continue
		case err != nil:
			return nil, err
		}
		folders[d] = files
		checkNumbers(r, files)
		lintFolder(r, files)
	}
	switch len(folders) {
	case 0:
		return nil, errors.New("there is neither a folder postgres nor a folder sqlite")
	case 2:
		checkOther(r, folders[db.Postgres], folders[db.SQLite], db.SQLite)
		checkOther(r, folders[db.SQLite], folders[db.Postgres], db.Postgres)
	}
	for _, files := range folders {
		for _, f := range files {
			f.checkAccepts(r)
		}
	}
	slices.SortStableFunc(r.findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
	return r.findings, nil
}

// lintFolder looks at the files of one database, in the order in which they run.
func lintFolder(r *report, files []*file) {
	h := &history{checks: map[constraint]*notNullCheck{}}
	for _, f := range files {
		h.created = map[string]bool{}
		f.lint(r, h)
	}
}
