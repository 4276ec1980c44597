package schema

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/terem-go/terem/dao"
	"github.com/terem-go/terem/db"
)

// family groups the kinds that a column changes among without its indexes and
// constraints being made again.
func family(c Column) string {
	switch {
	case c.Kind.Integer():
		return "integer"
	case strings.HasPrefix(string(c.Kind), "float"):
		return "float"
	case pgType(c) == "TEXT", strings.HasPrefix(pgType(c), "VARCHAR"):
		return "text"
	}
	return string(c.Kind)
}

// converts reports whether the database can turn the values of one column into
// those of another one without being told how.
func converts(from, to Column) bool {
	a, b := family(from), family(to)
	switch {
	case a == b:
		return true
	case a == "integer":
		return b == "float" || b == "text" || b == string(dao.KindDecimal)
	case b == "text":
		return a == string(dao.KindDate) || a == string(dao.KindUUID) || a == string(dao.KindDecimal) || a == string(dao.KindJSON)
	}
	return false
}

// lossy returns what a conversion on PostgreSQL may lose without an error, or "".
func lossy(from, to Column) string {
	switch {
	case from.Kind == dao.KindDecimal && to.Kind == dao.KindDecimal && to.Scale < from.Scale:
		return fmt.Sprintf("Values are rounded to %d digits behind the point.", to.Scale)
	case from.Kind == "float64" && to.Kind == "float32", family(from) == "integer" && family(to) == "float":
		return "Large or exact numbers are rounded."
	}
	return ""
}

// rewrites reports whether PostgreSQL writes or reads all rows to change a type.
func rewrites(from, to Column) bool {
	grows := family(from) == "text" && family(to) == "text" && (pgType(to) == "TEXT" || pgType(from) != "TEXT" && to.Size >= from.Size)
	return !grows
}

// zero returns a value for rows that have lost theirs.
func zero(d db.Dialect, c Column) string {
	switch {
	case c.Kind == "string" && len(c.Values) > 0:
		return text(c.Values[0])
	case c.Kind.Integer(), family(c) == "float", c.Kind == dao.KindDecimal:
		return "0"
	case c.Kind == "bool":
		return "FALSE"
	case c.Kind == dao.KindBytes && d == db.SQLite:
		return "x''"
	case c.Kind == dao.KindTime && d == db.SQLite:
		return "'1970-01-01 00:00:00.000000'"
	case c.Kind == dao.KindTime:
		return "'1970-01-01 00:00:00+00'"
	case c.Kind == dao.KindDate:
		return "'1970-01-01'"
	case c.Kind == dao.KindUUID:
		return "'00000000-0000-0000-0000-000000000000'"
	case c.Kind == dao.KindJSON:
		return "'null'"
	}
	return "''"
}

// fills are SQL for the values that rows get which are there already, by
// "table.column" under the new names.
type fills map[string]string

// parseFills reads --fill "orders.status:'new'".
func parseFills(args []string, from, to *Schema) (fills, error) {
	f := fills{}
	for _, arg := range args {
		where, sql, ok := strings.Cut(arg, ":")
		table, column, ok2 := strings.Cut(where, ".")
		if !ok || !ok2 || strings.TrimSpace(sql) == "" {
			return nil, fmt.Errorf("--fill %s is not of the form \"orders.status:'new'\", which is SQL behind the colon", arg)
		}
		a, b := from.Table(table), to.Table(table)
		switch {
		case b == nil || b.Column(column) == nil:
			return nil, fmt.Errorf("--fill %s: no model describes the column %s", arg, where)
		case a == nil:
			return nil, fmt.Errorf("--fill %s: the table is new and has no rows", arg)
		case a.Column(column) != nil && line(a.Column(column)) == line(b.Column(column)):
			return nil, fmt.Errorf("--fill %s: the column does not change; write an --empty migration to change values", arg)
		case bareWord(sql) && b.Column(sql) == nil && a.Column(sql) == nil:
			return nil, fmt.Errorf("--fill %s: %s is the name of a column in SQL, and %s has none of this name. Text has quotes, which the shell must leave: --fill \"%s:'%s'\"", arg, sql, table, where, sql)
		}
		f[where] = sql
	}
	return f, nil
}

// plainWord is a name in SQL without quotes.
var plainWord = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// bareWord reports whether SQL is a single name that both databases take for a
// column: no constant, and no value such as CURRENT_DATE.
func bareWord(sql string) bool {
	return plainWord.MatchString(sql) && !literal(sql) && !strings.HasPrefix(strings.ToUpper(sql), "CURRENT_")
}

// undecided returns an error for each column whose rows need values that nobody
// has given.
func (f fills) undecided(from, to *Schema) (problems []error) {
	for i := range to.Tables {
		b := &to.Tables[i]
		a := from.Table(b.Name)
		if a == nil {
			continue
		}
		for _, c := range b.Columns {
			where := b.Name + "." + c.Name
			old := a.Column(c.Name)
			switch {
			case f[where] != "":
			case old == nil && !c.Nullable && c.Default == "" && !c.Identity:
				value := zero(db.SQLite, c) // PostgreSQL reads it, too
				argument := where + ":" + value
				if strings.Contains(value, "'") {
					argument = `"` + argument + `"` // for the shell
				}
				problems = append(problems, fmt.Errorf("%s is new and may not be NULL, and rows that are there need a value: "+
					"give the column a default (default:%[2]s in its tag), let it be NULL (a pointer), or say the value, as SQL, for these rows: --fill %[3]s", where, value, argument))
			case old != nil && !converts(*old, c):
				problems = append(problems, fmt.Errorf("%s changes from %s to %s: say how, as SQL on the old value: --fill \"%s:CAST(%s AS %s)\"; "+
					"or add a new column and drop the old one later", where, old.Kind, c.Kind, where, c.Name, pgType(c)))
			}
		}
	}
	return problems
}
