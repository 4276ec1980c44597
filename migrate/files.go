package migrate

import (
	"cmp"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/internal/sqlfile"
)

// set are the files of one source for one dialect.
type set struct {
	source string // its name
	table  string // where what was applied is kept
	dir    fs.FS  // the dialect's folder
	files  []Migration
	parsed map[int64]sqlfile.File // the files, by number
}

var sourceName = regexp.MustCompile(`^[a-z0-9_]+$`)

// read returns the files of a source for a dialect, in the order of their
// numbers.
func read(from Source, dialect db.Dialect) (set, error) {
	folder := string(dialect)
	s := set{source: from.Name, table: "terem_migrations", parsed: map[int64]sqlfile.File{}}
	if from.Name != "" {
		s.table += "_" + from.Name
	}
	entries, err := fs.ReadDir(from.FS, folder)
	if err != nil {
		return set{}, fmt.Errorf("there is no folder %s (an embed.FS keeps the path of what it embeds: fs.Sub leaves it out): %w", folder, err)
	}
	for _, e := range entries {
		if path.Ext(e.Name()) == ".sql" {
			if err := s.add(from.FS, path.Join(folder, e.Name())); err != nil {
				return set{}, err
			}
		}
	}
	if len(s.files) == 0 {
		return set{}, fmt.Errorf("the folder %s has no .sql files", folder)
	}
	slices.SortFunc(s.files, func(a, b Migration) int { return cmp.Compare(a.Number, b.Number) })
	s.dir, err = fs.Sub(from.FS, folder)
	return s, err
}

// add reads one file.
func (s *set) add(fsys fs.FS, file string) error {
	number, ok := sqlfile.Number(file)
	if !ok {
		return fmt.Errorf("the name of %s does not begin with a number and an underscore, as in 00001_users.sql", file)
	}
	if i := slices.IndexFunc(s.files, func(m Migration) bool { return m.Number == number }); i >= 0 {
		return fmt.Errorf("%s and %s have the same number: give the newer one the next free number", s.files[i].File, file)
	}
	text, err := fs.ReadFile(fsys, file)
	if err != nil {
		return err
	}
	if s.parsed[number], err = sqlfile.Parse(string(text)); err != nil {
		return fmt.Errorf("%s cannot be understood: %w", file, err)
	}
	s.files = append(s.files, Migration{Source: s.source, Number: number, File: file})
	return nil
}

// statements returns what a file does in a direction.
func (s set) statements(f Migration, d direction) []sqlfile.Statement {
	if d == down {
		return s.parsed[f.Number].Down
	}
	return s.parsed[f.Number].Up
}
