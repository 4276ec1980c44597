package dbcopy

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/terem-go/terem/internal/sqltext"
)

// target is a connection to PostgreSQL.
type target struct{ conn *pgx.Conn }

// copyLock is the advisory lock that one copy at a time holds: "terem" as a number.
const copyLock = 0x746572656d

func openTarget(ctx context.Context, url string) (_ *target, err error) {
	if !strings.HasPrefix(url, "postgres://") && !strings.HasPrefix(url, "postgresql://") {
		return nil, errors.New("the target: write it as DATABASE_URL has it: postgres://user@host/shop")
	}
	c, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("the target: %w", err)
	}
	for name, value := range map[string]string{
		"TimeZone": "UTC", "DateStyle": "ISO", "IntervalStyle": "postgres", "bytea_output": "hex", "extra_float_digits": "1",
		"application_name": "terem db copy", "statement_timeout": "0", "idle_in_transaction_session_timeout": "0",
	} {
		c.RuntimeParams[name] = value
	}
	conn, err := pgx.ConnectConfig(ctx, c)
	if err != nil {
		return nil, fmt.Errorf("the target: %w", err)
	}
	t := &target{conn}
	if err := t.lock(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("the target: %w", err), t.close())
	}
	return t, nil
}

// lockLimit is how long another copy may take to end: the server does not notice at
// once that one was killed.
const lockLimit = 15 * time.Second

func (t *target) lock(ctx context.Context) error {
	for began := time.Now(); ; {
		var free bool
		if err := t.conn.QueryRow(ctx, "SELECT pg_try_advisory_lock($1)", int64(copyLock)).Scan(&free); err != nil || free {
			return err
		}
		if time.Since(began) > lockLimit {
			return errors.New("another copy into this database is running")
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func (t *target) close() error { return t.conn.Close(context.Background()) }

func (t *target) migrations(ctx context.Context) (map[string]bool, error) {
	names, err := t.strings(ctx, `SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace
		AND relname LIKE 'terem\_migrations%'`)
	if err != nil {
		return nil, err
	}
	return applied(names, func(query string) ([]string, error) { return t.strings(ctx, query) })
}

func (t *target) strings(ctx context.Context, query string, args ...any) ([]string, error) {
	rows, err := t.conn.Query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

// wanted is a column of the target.
type wanted struct {
	kind     string
	required bool // it has no value by itself
}

// columns are those of a table that rows can be written to.
func (t *target) columns(ctx context.Context, table string) (map[string]wanted, error) {
	rows, err := t.conn.Query(ctx, `SELECT a.attname, format_type(a.atttypid, NULL), a.attnotnull AND NOT a.atthasdef AND a.attidentity = ''
		FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
		WHERE c.relname = $1 AND c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace
		AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''`, table)
	if err != nil {
		return nil, err
	}
	all := map[string]wanted{}
	var name string
	var w wanted
	_, err = pgx.ForEachRow(rows, []any{&name, &w.kind, &w.required}, func() error {
		all[name] = w
		return nil
	})
	return all, err
}

// insert writes rows in the text format of COPY.
func (t *target) insert(ctx context.Context, tab *table, rows io.Reader) error {
	names := make([]string, len(tab.columns))
	for i, c := range tab.columns {
		names[i] = sqltext.Quote(c.name)
	}
	_, err := t.conn.PgConn().CopyFrom(ctx, rows, "COPY "+sqltext.Quote(tab.name)+" ("+strings.Join(names, ", ")+") FROM STDIN")
	return err
}

// rows writes all rows of a table in the text format of COPY.
func (t *target) rows(ctx context.Context, tab *table, w io.Writer) error {
	names := make([]string, len(tab.columns))
	for i, c := range tab.columns {
		names[i] = sqltext.Quote(c.name)
		if c.array() {
			names[i] = "to_jsonb(" + names[i] + ")"
		}
	}
	_, err := t.conn.PgConn().CopyTo(ctx, w, "COPY (SELECT "+strings.Join(names, ", ")+" FROM "+sqltext.Quote(tab.name)+") TO STDOUT")
	return err
}
