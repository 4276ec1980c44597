package migratelint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/terem-go/terem/db"
)

// rule is what one kind of finding is called and says. Its title has a place for
// what was found, such as the name of a table.
type rule struct {
	name, title, reason, wayOut string
	// find returns what it finds in a statement; nil for a rule that is about
	// whole files.
	find func(p place) []string
	// both says that it is about SQLite as well as PostgreSQL.
	both bool
	// down says that it is about what takes a migration back, too. What only
	// stands in the way of other programs does not matter there.
	down bool
}

// place is a statement and what stands around it.
type place struct {
	words         words
	file          *file
	others        []statement // of the same section, before it
	later         []statement // behind it
	accompanied   bool        // goose sends others together with it
	history       *history
	inTransaction bool
}

// existing returns the table unless the same file has made it: nobody waits for
// that one, and it is empty.
func (p place) existing(table string) []string {
	if table == "" || p.history.created[table] {
		return nil
	}
	return []string{table}
}

// actions calls f for each action of an ALTER TABLE on a table that was there
// before, and returns the table once for each that f finds.
func (p place) actions(f func(table string, action words) bool) (found []string) {
	table, actions := p.words.altered()
	for _, a := range actions {
		if f(table, a) {
			found = append(found, p.existing(table)...)
		}
	}
	return found
}

// statementRules are looked for in every statement.
var statementRules = []*rule{
	indexBlocksWrites, concurrentlyInTransaction, uniqueBlocks,
	notNullWithoutDefault, setNotNull, volatileDefault, typeChange,
	constraintValidates, validateWithAdd,
	dropColumn, dropTable, rename,
	lockTable, rewriteTable, manyTables,
	partial,
}

// fileRules are about whole files.
var fileRules = []*rule{unreadable, cutStatement, fileName, sameNumber, oneDatabase, noDown}

func ruleNames() (names []string) {
	for _, list := range [][]*rule{statementRules, fileRules} {
		for _, r := range list {
			names = append(names, r.name)
		}
	}
	return names
}

func known(rule string) bool { return slices.Contains(ruleNames(), rule) }

// report collects findings.
type report struct{ findings []Finding }

// add adds what a rule finds in a line, unless a comment in the lines after since
// through last accepts it.
func (r *report) add(f *file, rule *rule, what string, line, since, last int) {
	if f.accepted(rule.name, since, last) {
		return
	}
	title := rule.title
	if strings.Contains(title, "%s") {
		title = fmt.Sprintf(title, what)
	}
	r.findings = append(r.findings, Finding{File: f.path, Line: line, Rule: rule.name, Title: title, Reason: rule.reason, WayOut: rule.wayOut})
}

// addFile adds what a rule finds about a whole file, in which a comment anywhere
// accepts it.
func (r *report) addFile(f *file, rule *rule, what string, line int) {
	const end = 1 << 30
	r.add(f, rule, what, line, 0, end)
}

// lint looks for everything in a file.
func (f *file) lint(r *report, h *history) {
	if f.wrong != nil {
		r.addFile(f, unreadable, f.wrong.Reason, f.wrong.Line)
		return
	}
	if len(f.parsed.Up) > 0 && len(f.parsed.Down) == 0 {
		r.addFile(f, noDown, "", 1)
	}
	f.lintSection(r, h, f.section(f.parsed.Up), false)
	f.lintSection(r, h, f.section(f.parsed.Down), true)
}

func (f *file) lintSection(r *report, h *history, s section, down bool) {
	if c := s.cut; c != nil {
		r.add(f, cutStatement, c.Head(), c.Line, c.Line-1, c.Line)
	}
	for i, st := range s.statements {
		p := place{
			words: st.words, file: f, others: s.statements[:i], later: s.statements[i+1:], accompanied: st.accompanied,
			history: h, inTransaction: !f.parsed.NoTransaction,
		}
		for _, rule := range statementRules {
			if down && !rule.down || f.dialect == db.SQLite && !rule.both {
				continue
			}
			for _, what := range rule.find(p) {
				r.add(f, rule, what, st.first, min(st.since, st.first-1), st.last)
			}
		}
		if !down {
			h.add(st.words)
		}
	}
}
