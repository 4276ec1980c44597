package migrate

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/pressly/goose/v3/database"

	"github.com/terem-go/terem/db"
	"github.com/terem-go/terem/internal/sqltext"
)

// SQLite drops a table's indexes and triggers with it. A file that rebuilds a
// table makes those again that it knows of; the others are made again here.

// keeper knows what was there before a file ran.
type keeper struct {
	there   []object
	dropped map[string]bool // by statements of the file
}

// object is an index or a trigger.
type object struct{ kind, name, table, sql string }

// remember reads what is there. The lock is held, so nobody changes it before the
// file runs.
func (k *keeper) remember(ctx context.Context, conn *sql.Conn) (err error) {
	k.dropped = map[string]bool{}
	k.there, err = objects(ctx, conn)
	return err
}

func objects(ctx context.Context, c database.DBTxConn) (all []object, err error) {
	rows, err := c.QueryContext(ctx, "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE type IN ('index', 'trigger') AND sql IS NOT NULL ORDER BY rowid")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var o object
		if err := rows.Scan(&o.kind, &o.name, &o.table, &o.sql); err != nil {
			return nil, err
		}
		all = append(all, o)
	}
	return all, rows.Err()
}

// statements takes note of what statements drop by its name. Goose sends those
// together that stand in one line or block.
func (k *keeper) statements(text string) {
	w := tokens(text)
	for end := slices.Index(w, ";"); end >= 0; end = slices.Index(w, ";") {
		k.statement(w[:end])
		w = w[end+1:]
	}
	k.statement(w)
}

func (k *keeper) statement(w []string) {
	if len(w) < 3 || w[0] != "drop" || w[1] != "index" && w[1] != "trigger" {
		return
	}
	w = w[2:]
	if len(w) > 2 && w[0] == "if" { // exists
		w = w[2:]
	}
	if len(w) > 2 && w[1] == "." {
		w = w[2:]
	}
	k.dropped[w[0]] = true
}

// tokens returns SQL as small letters without blanks, comments and quotes.
func tokens(text string) (all []string) {
	for t := range sqltext.Tokens(db.SQLite, text) {
		if t.Kind != sqltext.Space && t.Kind != sqltext.Comment {
			all = append(all, strings.ToLower(strings.Trim(t.Text, "\"`[]'")))
		}
	}
	return all
}

// restore makes what went with a table that is there again.
func (k *keeper) restore(ctx context.Context, c database.DBTxConn) error {
	now, err := objects(ctx, c)
	if err != nil {
		return err
	}
	still := map[string]bool{}
	for _, o := range now {
		still[o.name] = true
	}
	for _, o := range k.there {
		if still[o.name] || k.dropped[strings.ToLower(o.name)] {
			continue
		}
		var table bool
		if err := c.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = $1)", o.table).Scan(&table); err != nil {
			return err
		}
		if !table {
			continue
		}
		_, err := c.ExecContext(ctx, o.sql)
		if err == nil && o.kind == "trigger" {
			err = fires(ctx, c, o)
		}
		if err != nil {
			return fmt.Errorf("the %s %s went with the old table %s and does not fit the new one (%w); if it is to go, let the file say DROP %s %s",
				o.kind, o.name, o.table, err, strings.ToUpper(o.kind), o.name)
		}
	}
	return nil
}

// fires reports what is wrong with a trigger, which SQLite tells when a statement
// sets it off, unless the trigger waits for a column that is not there. EXPLAIN
// runs nothing.
func fires(ctx context.Context, c database.DBTxConn, o object) error {
	var list string
	if err := c.QueryRowContext(ctx, "SELECT group_concat(lower(name), char(10)) FROM pragma_table_info($1)", o.table).Scan(&list); err != nil {
		return err
	}
	columns := strings.Split(list, "\n")
	w := tokens(o.sql)
	if i := slices.Index(w, "of"); i > 0 && w[i-1] == "update" {
		for _, name := range w[i+1 : i+slices.Index(w[i:], "on")] {
			if name != "," && !slices.Contains(columns, name) {
				return fmt.Errorf("no such column: %s", name)
			}
		}
	}
	table := sqltext.Quote(o.table)
	for i, name := range columns {
		columns[i] = sqltext.Quote(name) + " = " + sqltext.Quote(name)
	}
	for _, statement := range []string{"INSERT INTO " + table + " DEFAULT VALUES", "UPDATE " + table + " SET " + strings.Join(columns, ", "), "DELETE FROM " + table} {
		if _, err := c.ExecContext(ctx, "EXPLAIN "+statement); err != nil {
			return err
		}
	}
	return nil
}
