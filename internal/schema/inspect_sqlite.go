package schema

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"strings"

	"github.com/terem-go/terem/dao"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/internal/sqltext"
)

// inspectSQLite reads what the database says about the schema's tables.
func (s *Schema) inspectSQLite(ctx context.Context, q db.Querier) (facts, error) {
	f := facts{}
	for i := range s.Tables {
		t := &s.Tables[i]
		var text string
		there := false
		err := each(ctx, q, func() { there = true }, []any{&text}, "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = $1", t.Name)
		if err != nil {
			return nil, err
		}
		if !there {
			continue
		}
		f["table "+t.Name] = "there"
		if err := f.sqliteColumns(ctx, q, t, text); err != nil {
			return nil, err
		}
		if err := f.sqliteIndexes(ctx, q, t); err != nil {
			return nil, err
		}
		var table, from, to, action string
		err = each(ctx, q, func() { f["reference "+t.Name+"."+from] = table + "." + to + " on delete " + action },
			[]any{&table, &from, &to, &action}, `SELECT "table", "from", coalesce("to", ''), on_delete FROM pragma_foreign_key_list($1)`, t.Name)
		if err != nil {
			return nil, err
		}
		f.sqliteChecks(t, text)
	}
	return f, nil
}

func (f facts) sqliteColumns(ctx context.Context, q db.Querier, t *Table, text string) error {
	var name, typ string
	var notNull bool
	var value sql.NullString
	var key int
	var keys []string
	err := each(ctx, q, func() {
		says := t.typed(name, typ)
		if notNull && key == 0 {
			says += " NOT NULL"
		}
		if value.Valid {
			says += " DEFAULT " + plain(value.String)
		}
		f["column "+t.Name+"."+name] = says
		if key > 0 {
			keys = append(keys, name)
		}
	}, []any{&name, &typ, &notNull, &value, &key}, `SELECT name, type, "notnull", dflt_value, pk FROM pragma_table_xinfo($1) ORDER BY pk, cid`, t.Name)
	f["key of "+t.Name] = strings.Join(keys, ", ")
	for tok := range sqltext.Tokens(db.SQLite, text) {
		if tok.Kind == sqltext.Word && strings.EqualFold(tok.Text, "AUTOINCREMENT") {
			f["key of "+t.Name] += ", never used again"
		}
	}
	return err
}

func (f facts) sqliteIndexes(ctx context.Context, q db.Querier, t *Table) error {
	type index struct {
		name, origin string
		unique       bool
		text         string
	}
	var i index
	var all []index
	err := each(ctx, q, func() { all = append(all, i) }, []any{&i.name, &i.unique, &i.origin, &i.text},
		`SELECT l.name, l."unique", l.origin, coalesce(m.sql, '') FROM pragma_index_list($1) l LEFT JOIN sqlite_master m ON m.type = 'index' AND m.name = l.name`, t.Name)
	for _, i := range all {
		if i.origin == "pk" {
			continue
		}
		var column string
		var down bool
		var columns []string
		err := each(ctx, q, func() {
			if down {
				column = "-" + column
			}
			columns = append(columns, column)
		}, []any{&column, &down}, `SELECT coalesce(name, ''), "desc" FROM pragma_index_xinfo($1) WHERE key ORDER BY seqno`, i.name)
		if err != nil {
			return err
		}
		if slices.Contains(columns, "") || slices.Contains(columns, "-") {
			continue // an expression, of which models cannot speak
		}
		if i.origin == "u" { // a constraint
			i.name = dao.IndexName(t.Name, true, columns)
		}
		says := "index on " + strings.Join(columns, ", ")
		if i.unique {
			says = "unique " + says
		}
		if _, where, ok := cutWord(i.text, "WHERE"); ok {
			says += " where " + plain(where)
		}
		f["index "+i.name+" of "+t.Name] = says
	}
	return err
}

// sqliteChecks reads the checks from the text of CREATE TABLE.
func (f facts) sqliteChecks(t *Table, text string) {
	for rest := text; rest != ""; {
		_, after, ok := cutWord(rest, "CHECK")
		if !ok {
			return
		}
		name := constraintBefore(rest[:len(rest)-len(after)])
		depth, n := 0, 0
		for tok := range sqltext.Tokens(db.SQLite, after) {
			n += len(tok.Text)
			switch tok.Text {
			case "(":
				depth++
			case ")":
				depth--
			}
			if tok.Text == ")" && depth == 0 {
				break
			}
		}
		rule := plain(strings.TrimSpace(after[:n]))
		f["check of "+t.Name+": "+strings.TrimSuffix(strings.TrimPrefix(rule, "("), ")")] = cmp.Or(name, "without a name")
		rest = after[n:]
	}
}

// constraintBefore returns the name in what ends with CONSTRAINT name CHECK, or "".
func constraintBefore(text string) string {
	var words []string
	for tok := range sqltext.Tokens(db.SQLite, text) {
		if tok.Kind != sqltext.Space && tok.Kind != sqltext.Comment {
			words = append(words, tok.Text)
		}
	}
	if n := len(words); n >= 3 && strings.EqualFold(words[n-3], "CONSTRAINT") {
		return strings.Trim(words[n-2], `"`)
	}
	return ""
}

// cutWord cuts SQL around the first keyword.
func cutWord(text, word string) (before, after string, ok bool) {
	n := 0
	for tok := range sqltext.Tokens(db.SQLite, text) {
		if tok.Kind == sqltext.Word && strings.EqualFold(tok.Text, word) {
			return text[:n], text[n+len(tok.Text):], true
		}
		n += len(tok.Text)
	}
	return text, "", false
}

// plain returns SQL in one form: single blanks, keywords and names in small
// letters, no needless quotes.
func plain(text string) string {
	var words []string
	for tok := range sqltext.Tokens(db.SQLite, text) {
		switch tok.Kind {
		case sqltext.Space, sqltext.Comment:
		case sqltext.Word:
			words = append(words, strings.ToLower(tok.Text))
		case sqltext.Name:
			words = append(words, strings.Trim(tok.Text, "\"`[]"))
		default:
			words = append(words, tok.Text)
		}
	}
	return tight.Replace(strings.Join(words, " "))
}

// tight takes blanks out that nobody writes.
var tight = strings.NewReplacer(" ( ", "(", "( ", "(", " )", ")", " (", "(", " ,", ",", "< =", "<=", "> =", ">=", "< >", "<>", "! =", "!=", "| |", "||")
