package schema

import (
	"context"
	"strings"

	"github.com/terem-go/terem/db"
)

// inspectPostgres reads what the database says about the schema's tables, in the
// first schema of the search path.
func (s *Schema) inspectPostgres(ctx context.Context, q db.Querier) (facts, error) {
	f := facts{}
	var schema string
	if err := q.QueryRow(ctx, "SELECT quote_ident(current_schema())").Scan(&schema); err != nil {
		return nil, err
	}
	unqualified := func(text string) string { return strings.ReplaceAll(text, schema+".", "") }
	var table, name, says string
	note := func(kind string) func() {
		return func() {
			if t := s.Table(table); t != nil {
				f[kind+" "+name+" of "+table] = unqualified(says)
			}
		}
	}
	var typ string
	column := func() {
		if t := s.Table(table); t != nil {
			f["table "+table] = "there"
			f["column "+table+"."+name] = t.typed(name, typ) + says
		}
	}
	err := each(ctx, q, column, []any{&table, &name, &typ, &says}, `
		SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
			CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END ||
			CASE WHEN a.attidentity <> '' THEN ' numbered by the database' ELSE '' END ||
			coalesce(' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid), '')
		FROM pg_class c
		JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
		LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
		WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')`)
	if err != nil {
		return nil, err
	}
	err = each(ctx, q, note("constraint"), []any{&table, &name, &says}, `
		SELECT c.relname, k.conname, pg_get_constraintdef(k.oid)
		FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
		WHERE c.relnamespace = current_schema()::regnamespace AND k.contype IN ('c', 'f', 'p')`)
	if err != nil {
		return nil, err
	}
	err = each(ctx, q, note("index"), []any{&table, &name, &says}, `
		SELECT c.relname, i.relname, pg_get_indexdef(x.indexrelid) || CASE WHEN x.indisvalid THEN '' ELSE ' NOT VALID' END
		FROM pg_index x JOIN pg_class c ON c.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
		WHERE c.relnamespace = current_schema()::regnamespace AND NOT x.indisprimary AND x.indexprs IS NULL`) // models cannot speak of expressions
	return f, err
}
