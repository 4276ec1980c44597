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
	// Edited says that the file's statements are not those that were applied.
	// Comments and white space do not count, nor does the part after Down. Only
	// the application's own files are looked at, not those of further sources.
	Edited bool
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
		states, _, err := m.states(ctx, s)
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

// entry is what the database says of a migration that is applied.
type entry struct {
	at       time.Time
	checksum string // "" when there is none
}

// states returns the set's migrations and those that only the database knows,
// in the order of their numbers, and which of the application's own lack a
// checksum. It asks the primary, since a replica may lag behind.
func (m *Migrator) states(ctx context.Context, s set) (states []State, unmarked []Migration, err error) {
	applied := map[int64]entry{}
	err = m.db.Read(ctx, func(ctx context.Context, r *db.Reader) error {
		clear(applied)
		return s.applied(ctx, r, applied)
	}, db.Primary)
	if err != nil {
		return nil, nil, err
	}
	for _, f := range s.files {
		e := applied[f.Number]
		delete(applied, f.Number)
		st := State{Migration: f, AppliedAt: e.at}
		switch own := s.source == "" && !st.Pending(); {
		case own && e.checksum == "":
			unmarked = append(unmarked, f)
		case own:
			st.Edited = e.checksum != s.parsed[f.Number].Checksum(m.db.Dialect())
		}
		states = append(states, st)
	}
	for number, e := range applied {
		states = append(states, State{Migration: Migration{Source: s.source, Number: number}, AppliedAt: e.at})
	}
	slices.SortFunc(states, func(a, b State) int { return cmp.Compare(a.Number, b.Number) })
	return states, unmarked, nil
}

// applied reads the set's table, which is not there before the first Up.
func (s set) applied(ctx context.Context, r *db.Reader, into map[int64]entry) error {
	var there, marked bool
	if err := r.QueryRow(ctx, shape(r.Dialect()), s.table).Scan(&there, &marked); err != nil || !there {
		return err
	}
	checksum := "''"
	if marked {
		checksum = "coalesce(checksum, '')"
	}
	rows, err := r.Query(ctx, "SELECT version_id, tstamp, "+checksum+" FROM "+s.table+" WHERE version_id > 0")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var number int64
		var e entry
		if err := rows.Scan(&number, &e.at, &e.checksum); err != nil {
			return err
		}
		into[number] = e
	}
	return rows.Err()
}
