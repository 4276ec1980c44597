package migrate

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/terem-go/terem/db"
)

// State is a migration and when it was applied.
type State struct {
	Migration
	AppliedAt time.Time // zero when it is pending
}

// Pending reports whether the migration is still to be applied.
func (s State) Pending() bool { return s.AppliedAt.IsZero() }

// Status returns every migration, in the order in which Up applies them. One
// that is applied and whose File is empty was applied by a newer program.
// Nothing is written, so it works where the database is read-only. The error is
// that of db.DB.Read.
func (m *Migrator) Status(ctx context.Context) ([]State, error) {
	var all []State
	for _, s := range m.sets {
		states, err := m.states(ctx, s)
		if err != nil {
			return nil, err
		}
		all = append(all, states...)
	}
	return all, nil
}

// Pending returns the migrations that are still to be applied, for a server
// that must not start, or not be ready, without them. A database that is ahead
// of the files has none. It costs two reads for each source; see Status.
func (m *Migrator) Pending(ctx context.Context) ([]Migration, error) {
	states, err := m.Status(ctx)
	var pending []Migration
	for _, s := range states {
		if s.Pending() {
			pending = append(pending, s.Migration)
		}
	}
	return pending, err
}

// states returns the set's migrations and those that only the database knows,
// in the order of their numbers. It asks the primary, since a replica may lag
// behind.
func (m *Migrator) states(ctx context.Context, s set) ([]State, error) {
	applied := map[int64]time.Time{}
	err := m.db.Read(ctx, func(ctx context.Context, r *db.Reader) error {
		clear(applied)
		return s.applied(ctx, r, applied)
	}, db.Primary)
	if err != nil {
		return nil, err
	}
	var states []State
	for _, f := range s.files {
		states = append(states, State{f, applied[f.Number]})
		delete(applied, f.Number)
	}
	for number, at := range applied {
		states = append(states, State{Migration{Source: s.source, Number: number}, at})
	}
	slices.SortFunc(states, func(a, b State) int { return cmp.Compare(a.Number, b.Number) })
	return states, nil
}

// applied reads the set's table, which is not there before the first Up.
func (s set) applied(ctx context.Context, r *db.Reader, into map[int64]time.Time) error {
	var there bool
	if err := r.QueryRow(ctx, exists(r.Dialect()), s.table).Scan(&there); err != nil || !there {
		return err
	}
	rows, err := r.Query(ctx, "SELECT version_id, tstamp FROM "+s.table+" WHERE version_id > 0")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var number int64
		var at time.Time
		if err := rows.Scan(&number, &at); err != nil {
			return err
		}
		into[number] = at
	}
	return rows.Err()
}
