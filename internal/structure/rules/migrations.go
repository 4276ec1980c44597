package rules

import (
	"cmp"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/internal/sqlfile"
	"github.com/terem-go/terem/internal/sqltext"
)

// migration is a file of migrations: what its part after Up does to tables.
type migration struct {
	file   string // relative to the application's folder
	text   string
	number int64
	steps  []migrationStep
}

// migrationStep is something that a migration does to a table.
type migrationStep struct {
	what  step
	table string
	line  int
}

type step uint8

const (
	stepTouch  step = iota // reads, writes or alters it
	stepCreate             // for good
	stepDrop
	stepRenamed // it has got this name
	stepRefer   // a foreign key leads to it
)

// migrations returns those of a dialect in the order of their numbers. Files that
// cannot be read are left out: terem migrate lint tells of them.
func (a *Application) migrations(d db.Dialect) []migration {
	root := os.DirFS(a.Program.Dir)
	files, _ := fs.Glob(root, path.Join("migrations", string(d), "*.sql"))
	var list []migration
	for _, file := range files {
		text, err := fs.ReadFile(root, file)
		if err != nil {
			continue
		}
		parsed, err := sqlfile.Parse(string(text))
		if err != nil {
			continue
		}
		m := migration{file: file, text: string(text)}
		m.number, _ = sqlfile.Number(path.Base(file))
		for _, s := range parsed.Up {
			m.steps = append(m.steps, steps(d, s)...)
		}
		list = append(list, m)
	}
	slices.SortStableFunc(list, func(a, b migration) int { return cmp.Compare(a.number, b.number) })
	return list
}

// word is a word or a name of SQL with its line.
type word struct {
	text string // a name without its quotes, a word in upper case, else a symbol
	name string // what it says as a name
	line int
}

// steps returns what a statement, or several in one text, do to tables.
func steps(d db.Dialect, s sqlfile.Statement) []migrationStep {
	var words []word
	line := s.Line
	for t := range sqltext.Tokens(d, s.Text) {
		switch t.Kind {
		case sqltext.Word:
			words = append(words, word{strings.ToUpper(t.Text), strings.ToLower(t.Text), line})
		case sqltext.Name:
			words = append(words, word{t.Text, strings.Trim(t.Text, "\"`[]"), line})
		case sqltext.Symbol:
			words = append(words, word{t.Text, "", line})
		}
		line += strings.Count(t.Text, "\n")
	}
	var list []migrationStep
	for i := range words {
		list = append(list, stepAt(words, i)...)
	}
	reads, writes := sqltext.Tables(d, s.Text)
	for _, table := range slices.Concat(reads, writes) {
		if i := slices.IndexFunc(words, func(w word) bool { return w.name == table }); i >= 0 {
			list = append(list, migrationStep{stepTouch, table, words[i].line})
		}
	}
	return list
}

// stepAt returns what the words from i on do to a table that they name.
func stepAt(words []word, i int) []migrationStep {
	is := func(at int, texts ...string) bool {
		for k, text := range texts {
			if at+k < 0 || at+k >= len(words) || words[at+k].text != text {
				return false
			}
		}
		return true
	}
	// named returns the step at the name behind the words that may stand before one.
	named := func(what step, at int) []migrationStep {
		for _, skip := range [][]string{{"IF", "NOT", "EXISTS"}, {"IF", "EXISTS"}, {"ONLY"}} {
			if is(at, skip...) {
				at += len(skip)
			}
		}
		for at+2 < len(words) && words[at+1].text == "." {
			at += 2
		}
		if at >= len(words) || words[at].name == "" {
			return nil
		}
		return []migrationStep{{what, words[at].name, words[at].line}}
	}
	switch {
	case is(i, "CREATE", "TABLE"):
		created := named(stepCreate, i+2)
		for k := range 8 { // a part of a table is not one of its own
			if is(i+k, "PARTITION", "OF") {
				return nil
			}
		}
		return created
	case is(i, "ALTER", "TABLE"):
		return named(stepTouch, i+2)
	case is(i, "DROP", "TABLE"):
		return named(stepDrop, i+2)
	case is(i, "RENAME", "TO") && is(0, "ALTER", "TABLE"):
		from := named(stepDrop, 2)
		return append(from, named(stepRenamed, i+2)...)
	case is(i, "REFERENCES"):
		return named(stepRefer, i+1)
	case is(i, "ON") && (is(0, "CREATE", "INDEX") || is(0, "CREATE", "UNIQUE", "INDEX") || is(0, "CREATE", "TRIGGER")):
		if i+1 < len(words) && !is(i+1, "CONFLICT") && !is(i+1, "DELETE") && !is(i+1, "UPDATE") {
			return named(stepTouch, i+1)
		}
	}
	return nil
}
