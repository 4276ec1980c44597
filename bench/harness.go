package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// harness has what the contestants need: a directory, a PostgreSQL server, the
// programs that they are part of.
type harness struct {
	options
	dir      string
	postgres *postgres          // nil if no row needs it
	files    *files             // of SQLite and PocketBase
	programs map[program]string // by path
	notes    []string           // what is not measured, and why, and what spoils figures
}

func newHarness(ctx context.Context, o options) (_ *harness, err error) {
	h := &harness{options: o, programs: map[program]string{}}
	if h.dir, err = os.MkdirTemp("", "terem-bench-"); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, h.close())
		}
	}()
	if o.profile != "" {
		if err = os.MkdirAll(o.profile, 0o755); err != nil {
			return nil, err
		}
	}
	if err = h.build(ctx); err != nil {
		return nil, err
	}
	for _, r := range rows {
		switch {
		case len(h.entries(r)) == 0:
		case r.engine == onPostgres && h.postgres == nil:
			if h.postgres, err = startPostgres(ctx); err != nil {
				return nil, err
			}
		case r.engine == onSQLite && h.files == nil:
			if h.files, err = newFiles(ctx, filepath.Join(h.dir, "sqlite"), h.programs[pocketbase]); err != nil {
				return nil, err
			}
			if memoryFile(h.dir) && h.wants(func(r row, _ entry) bool { return r.name == "sqlite-insert" }) {
				h.notes = append(h.notes, "the temporary directory is in memory, where nothing waits for a disk: set TMPDIR to another place to measure durable inserts")
			}
		}
	}
	return h, nil
}

func (h *harness) close() error {
	var err error
	if h.postgres != nil {
		err = h.postgres.stop()
	}
	return errors.Join(err, os.RemoveAll(h.dir))
}

// entries returns the contestants of a row that are measured.
func (h *harness) entries(r row) []entry {
	var chosen []entry
	for _, e := range r.entries {
		if h.only.choose(r.name, e.name) && h.programs[e.program] != "" {
			chosen = append(chosen, e)
		}
	}
	return chosen
}

// wants reports whether a contestant for which f holds was asked for.
func (h *harness) wants(f func(row, entry) bool) bool {
	for _, r := range rows {
		for _, e := range r.entries {
			if h.only.choose(r.name, e.name) && f(r, e) {
				return true
			}
		}
	}
	return false
}

// run measures all contestants, round by round, so that what disturbs the
// machine for a while disturbs all. Each round begins with another one.
func (h *harness) run(ctx context.Context) (*report, error) {
	rep := newReport(h)
	for round := range h.rounds {
		for _, r := range rep.rows {
			n := len(r.lines)
			for i := range n {
				l := &r.lines[(i+round)%n]
				s, err := h.sample(ctx, r.row, l.entry, round)
				if err != nil {
					return nil, fmt.Errorf("%s/%s: %w", r.row.name, l.entry.name, err)
				}
				l.samples = append(l.samples, s)
				h.progress(round, r.row, l.entry, s)
			}
		}
	}
	rep.notes = h.notes
	return rep, nil
}

// progress tells on standard error how far the bench is.
func (h *harness) progress(round int, r row, e entry, s sample) {
	if !h.quick {
		fmt.Fprintf(os.Stderr, "round %d of %d  %-14s %-12s %8.0f/s  %6.1f CPU µs\n", round+1, h.rounds, r.name, e.name, s.rate, s.cpu())
	}
}
