package schema

import (
	"fmt"
	"strings"

	"github.com/terem-go/terem/dao"
	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/internal/sqltext"
)

// pgType returns a column's type on PostgreSQL.
func pgType(c Column) string {
	switch c.Kind {
	case "bool":
		return "BOOLEAN"
	case "int8", "int16", "uint8":
		return "SMALLINT"
	case "int32", "uint16":
		return "INTEGER"
	case "int64", "uint32", "uint64":
		return "BIGINT"
	case "float32":
		return "REAL"
	case "float64":
		return "DOUBLE PRECISION"
	case "string":
		if c.Size > 0 && c.Size <= 10485760 { // the most that a VARCHAR can have
			return fmt.Sprintf("VARCHAR(%d)", c.Size)
		}
		return "TEXT"
	case dao.KindBytes:
		return "BYTEA"
	case dao.KindTime:
		return "TIMESTAMPTZ"
	case dao.KindDate:
		return "DATE"
	case dao.KindUUID:
		return "UUID"
	case dao.KindJSON:
		return "JSONB"
	case dao.KindDecimal:
		return fmt.Sprintf("NUMERIC(%d, %d)", c.Precision, c.Scale)
	}
	return "TEXT"
}

// sqliteType returns a column's type on SQLite. Decimals are text: a number there
// has 15 digits.
func sqliteType(c Column) string {
	switch {
	case c.Kind.Integer():
		return "INTEGER"
	case c.Kind == "bool":
		return "BOOLEAN"
	case c.Kind == "float32", c.Kind == "float64":
		return "REAL"
	case c.Kind == dao.KindBytes:
		return "BLOB"
	}
	return "TEXT"
}

func columnType(d db.Dialect, c Column) string {
	if d == db.SQLite {
		return sqliteType(c)
	}
	return pgType(c)
}

// physical returns a schema as a dialect has it: with the rules of enums and of
// the sizes that no type expresses among its checks.
func (s *Schema) physical(d db.Dialect) *Schema {
	p := s.clone()
	for i := range p.Tables {
		t := &p.Tables[i]
		t.Checks = checks(d, t)
		for j := range t.Indexes {
			t.Indexes[j].Where = t.translate(d, t.Indexes[j].Where)
		}
	}
	return p
}

func checks(d db.Dialect, t *Table) []Check {
	var all []Check
	for _, c := range t.Columns {
		if len(c.Values) > 0 {
			values := make([]string, len(c.Values))
			for i, v := range c.Values {
				values[i] = text(v)
			}
			all = append(all, Check{dao.ConstraintName(t.Name, c.Name, "values"), c.Name, quote(c.Name) + " IN (" + strings.Join(values, ", ") + ")"})
		}
		if size := sizeCheck(d, c); size != "" {
			name := ""
			if d == db.Postgres { // where it is dropped by its name
				name = dao.ConstraintName(t.Name, c.Name, "size")
			}
			all = append(all, Check{name, c.Name, size})
		}
	}
	for _, c := range t.Checks {
		c.SQL = t.translate(d, c.SQL)
		all = append(all, c)
	}
	return all
}

// sizeCheck returns the rule for a column's size where its type has none.
func sizeCheck(d db.Dialect, c Column) string {
	switch {
	case c.Size == 0:
		return ""
	case d == db.SQLite:
		return fmt.Sprintf("length(%s) <= %d", quote(c.Name), c.Size)
	case c.Kind == dao.KindBytes:
		return fmt.Sprintf("octet_length(%s) <= %d", quote(c.Name), c.Size)
	case pgType(c) == "TEXT":
		return fmt.Sprintf("char_length(%s) <= %d", quote(c.Name), c.Size)
	}
	return ""
}

// translate returns a model's SQL for a dialect: on SQLite decimals are text,
// and compared as numbers.
func (t *Table) translate(d db.Dialect, sql string) string {
	if d != db.SQLite {
		return sql
	}
	return eachName(sql, func(name, as string) string {
		if c := t.Column(name); c != nil && c.Kind == dao.KindDecimal {
			return "CAST(" + as + " AS REAL)"
		}
		return as
	})
}

// eachName replaces the names in SQL, which are given without quotes and as they
// stand. What is called like a function is none.
func eachName(sql string, with func(name, as string) string) string {
	var b strings.Builder
	rest := sql
	for t := range sqltext.Tokens(db.Postgres, sql) {
		rest = rest[len(t.Text):]
		switch {
		case t.Kind == sqltext.Word && !strings.HasPrefix(rest, "("):
			b.WriteString(with(strings.ToLower(t.Text), t.Text))
		case t.Kind == sqltext.Name:
			b.WriteString(with(strings.Trim(t.Text, `"`), t.Text))
		default:
			b.WriteString(t.Text)
		}
	}
	return b.String()
}

// mentions reports whether SQL names a column.
func mentions(sql, column string) (found bool) {
	eachName(sql, func(name, as string) string {
		found = found || name == column
		return as
	})
	return found
}

// text returns a string of SQL.
func text(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// quote returns a name of SQL, in quotes where it is a keyword of either
// database.
func quote(name string) string {
	if keywords[name] {
		return `"` + name + `"`
	}
	return name
}

func quoteAll(names []string) string {
	all := make([]string, len(names))
	for i, n := range names {
		all[i] = quote(n)
	}
	return strings.Join(all, ", ")
}

// directed returns the columns of an index.
func directed(columns []string) string {
	all := make([]string, len(columns))
	for i, c := range columns {
		name, down := strings.CutPrefix(c, "-")
		if all[i] = quote(name); down {
			all[i] += " DESC"
		}
	}
	return strings.Join(all, ", ")
}
