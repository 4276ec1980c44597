package dbcopy

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/terem-go/terem/internal/sqltext"
)

// stateTable holds, in the target, how far a copy has come: one row. It is there
// from the first row until what was copied is found to be right.
const stateTable = "terem_db_copy"

// state is the row, as JSON.
type state struct {
	Source   string               `json:"source"` // the file's path
	Done     map[string]*position `json:"done"`
	Keys     []key                `json:"keys"` // foreign keys that are away
	Finished bool                 `json:"finished"`
}

// position is how far the copy of a table has come.
type position struct {
	After    int64 `json:"after"` // the number of the last row in the source
	Rows     int64 `json:"rows"`
	Finished bool  `json:"finished"`
}

// key is a foreign key.
type key struct {
	Table      string `json:"table"`
	Name       string `json:"name"`
	Definition string `json:"definition"`
}

// begin returns the state of the copy that was interrupted, or begins one.
func (t *target) begin(ctx context.Context, path string, tables []*table, restart bool) (*state, error) {
	s, err := t.state(ctx)
	switch {
	case err != nil:
		return nil, err
	case s != nil && !restart && s.Source != path:
		return nil, fmt.Errorf("the target has a part of %s: go on with that file, or begin again with --restart", s.Source)
	case s != nil && !restart:
		return s, nil
	case s == nil:
		if err := t.empty(ctx, tables); err != nil {
			return nil, err
		}
		s = &state{}
	}
	return s, pgx.BeginFunc(ctx, t.conn, func(tx pgx.Tx) error {
		if restart && s.Source != "" {
			names := make([]string, len(tables))
			for i, tab := range tables {
				names[i] = sqltext.Quote(tab.name)
			}
			if _, err := tx.Exec(ctx, "TRUNCATE "+strings.Join(names, ", ")); err != nil {
				return err
			}
		}
		s.Source, s.Done, s.Finished = path, map[string]*position{}, false
		if err := t.detach(ctx, tx, s, tables); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "CREATE TABLE IF NOT EXISTS "+stateTable+" (state JSONB NOT NULL)"); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "DELETE FROM "+stateTable); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, "INSERT INTO "+stateTable+" VALUES ($1)", s)
		return err
	})
}

// state is that of a copy that has begun, or nil.
func (t *target) state(ctx context.Context) (*state, error) {
	var there bool
	err := t.conn.QueryRow(ctx, "SELECT to_regclass(quote_ident(current_schema()) || '.' || $1) IS NOT NULL", stateTable).Scan(&there)
	if err != nil || !there {
		return nil, err
	}
	s := &state{}
	err = t.conn.QueryRow(ctx, "SELECT state FROM "+stateTable).Scan(s)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	return s, err
}

// empty refuses a target that has rows which no copy has written.
func (t *target) empty(ctx context.Context, tables []*table) error {
	var filled []string
	for _, tab := range tables {
		var rows bool
		if err := t.conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM "+sqltext.Quote(tab.name)+")").Scan(&rows); err != nil {
			return err
		}
		if rows {
			filled = append(filled, tab.name)
		}
	}
	if len(filled) > 0 {
		return fmt.Errorf("the target has rows of its own in %s; copy into a database in which only migrations have run", list(filled))
	}
	return nil
}

// detach takes the foreign keys of the tables away, so that they can be filled in
// any order, and keeps their triggers from firing.
func (t *target) detach(ctx context.Context, tx pgx.Tx, s *state, tables []*table) error {
	for _, tab := range tables {
		if _, err := tx.Exec(ctx, "ALTER TABLE "+sqltext.Quote(tab.name)+" DISABLE TRIGGER USER"); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'f' AND conrelid = $1::regclass", sqltext.Quote(tab.name))
		if err != nil {
			return err
		}
		keys, err := pgx.CollectRows(rows, func(r pgx.CollectableRow) (k key, err error) {
			k.Table = tab.name
			return k, r.Scan(&k.Name, &k.Definition)
		})
		if err != nil {
			return err
		}
		for _, k := range keys {
			if _, err := tx.Exec(ctx, "ALTER TABLE "+sqltext.Quote(k.Table)+" DROP CONSTRAINT "+sqltext.Quote(k.Name)); err != nil {
				return err
			}
		}
		s.Keys = append(s.Keys, keys...)
	}
	return nil
}

// finish makes the foreign keys again, lets triggers fire, and moves sequences
// behind the rows.
func (t *target) finish(ctx context.Context, s *state, tables []*table) error {
	if s.Finished {
		return nil
	}
	err := pgx.BeginFunc(ctx, t.conn, func(tx pgx.Tx) error {
		for _, k := range s.Keys {
			if _, err := tx.Exec(ctx, "ALTER TABLE "+sqltext.Quote(k.Table)+" ADD CONSTRAINT "+sqltext.Quote(k.Name)+" "+k.Definition); err != nil {
				return fmt.Errorf("the foreign key %s of %s does not hold: %w; mend the source, and copy again with --restart", k.Name, k.Table, err)
			}
		}
		for _, tab := range tables {
			if _, err := tx.Exec(ctx, "ALTER TABLE "+sqltext.Quote(tab.name)+" ENABLE TRIGGER USER"); err != nil {
				return err
			}
			for _, c := range tab.columns {
				if err := advance(ctx, tx, tab.name, c.name, tab.spent); err != nil {
					return err
				}
			}
		}
		s.Keys, s.Finished = nil, true
		return save(ctx, tx, s)
	})
	if err != nil {
		return err
	}
	for _, tab := range tables { // new statistics, without which plans are guesses
		if _, err := t.conn.Exec(ctx, "ANALYZE "+sqltext.Quote(tab.name)); err != nil {
			return err
		}
	}
	return nil
}

// advance moves a column's sequence, if it has one, behind the largest number and
// behind those that were spent: tokens and mails may still name rows that are gone.
func advance(ctx context.Context, tx pgx.Tx, table, column string, spent int64) error {
	var sequence *string
	if err := tx.QueryRow(ctx, "SELECT pg_get_serial_sequence($1, $2)", sqltext.Quote(table), column).Scan(&sequence); err != nil || sequence == nil {
		return err
	}
	_, err := tx.Exec(ctx, "SELECT setval($1::regclass, n) FROM (SELECT greatest(max("+sqltext.Quote(column)+"), $2) AS n FROM "+sqltext.Quote(table)+") AS last WHERE n > 0", *sequence, spent)
	return err
}

func save(ctx context.Context, tx pgx.Tx, s *state) error {
	_, err := tx.Exec(ctx, "UPDATE "+stateTable+" SET state = $1", s)
	return err
}

// forget ends a copy that was found to be right.
func (t *target) forget(ctx context.Context) error {
	_, err := t.conn.Exec(ctx, "DROP TABLE "+stateTable)
	return err
}
