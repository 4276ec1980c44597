package migratelint

import (
	"cmp"
	"errors"
	"io/fs"
	"path"
	"slices"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/internal/sqlfile"
)

// file is a migration file.
type file struct {
	path    string
	dialect db.Dialect
	number  int64 // 0 when its name has none
	parsed  sqlfile.File
	wrong   *sqlfile.Error // why it could not be parsed
	accepts []*accept
}

// read returns the migrations of a dialect in the order of their numbers.
func read(fsys fs.FS, d db.Dialect) ([]*file, error) {
	entries, err := fs.ReadDir(fsys, string(d))
	if err != nil {
		return nil, err
	}
	var files []*file
	for _, e := range entries {
		if path.Ext(e.Name()) != ".sql" {
			continue
		}
		f := &file{path: path.Join(string(d), e.Name()), dialect: d}
		text, err := fs.ReadFile(fsys, f.path)
		if err != nil {
			return nil, err
		}
		f.number, _ = sqlfile.Number(e.Name())
		f.parsed, err = sqlfile.Parse(string(text))
		errors.As(err, &f.wrong)
		f.accepts = accepts(string(text))
		files = append(files, f)
	}
	slices.SortStableFunc(files, func(a, b *file) int { return cmp.Compare(a.number, b.number) })
	return files, nil
}
