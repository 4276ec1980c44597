package migrate

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
)

// checkEdits refuses files that were edited after they were applied.
func checkEdits(states []State) error {
	var names []string
	for _, s := range states {
		if s.Edited {
			names = append(names, s.File)
		}
	}
	if len(names) == 0 {
		return nil
	}
	return fmt.Errorf("migrate: edited after it was applied: %s. The database has what it said before: undo the edit and write the change as a new migration. If the edit changes nothing about the tables, accept it: migrate accept %s",
		strings.Join(names, ", "), names[0])
}

// Accept records what an applied migration of the application says now, so that
// it no longer counts as edited. The file is given by its path, such as
// sqlite/00002_orders.sql, or by its name. It is an error when there is none, and
// when it is not applied.
func (m *Migrator) Accept(ctx context.Context, file string) (Migration, error) {
	own := m.sets[len(m.sets)-1]
	states, _, err := m.states(ctx, own)
	if err != nil {
		return Migration{}, err
	}
	given := "/" + path.Clean(strings.ReplaceAll(file, `\`, "/"))
	i := slices.IndexFunc(states, func(s State) bool {
		return s.File != "" && (strings.HasSuffix(given, "/"+s.File) || given == "/"+path.Base(s.File))
	})
	switch {
	case i < 0:
		return Migration{}, fmt.Errorf("migrate: there is no migration %s for this database: migrate status lists them", file)
	case states[i].Pending():
		return Migration{}, fmt.Errorf("migrate: %s is not applied yet, so it may be edited freely", states[i].File)
	}
	f := states[i].Migration
	return f, m.mark(ctx, []Migration{f}, true)
}

// mark records the checksums of migrations that were applied. Unless again is
// set, a checksum that is there stays.
func (m *Migrator) mark(ctx context.Context, files []Migration, again bool) error {
	if len(files) == 0 {
		return nil
	}
	r, err := m.runner(m.sets[len(m.sets)-1])
	if err != nil {
		return err
	}
	defer r.close()
	err = r.locked(ctx, func(c *sql.Conn) error {
		if there, err := r.record.TableExists(ctx, c); err != nil || !there {
			return err
		}
		for _, f := range files {
			if err := r.record.mark(ctx, c, f.Number, again); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("migrate: recording checksums: %w", waited(ctx, err))
	}
	return nil
}

// locked runs f while no other process migrates.
func (r *runner) locked(ctx context.Context, f func(*sql.Conn) error) (err error) {
	c, err := r.pool.Conn(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	if err := r.locker.SessionLock(ctx, c); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.locker.SessionUnlock(context.WithoutCancel(ctx), c)) }()
	return f(c)
}
