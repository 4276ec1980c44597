package migrate

import (
	"context"
	"errors"
	"slices"

	"github.com/pressly/goose/v3"
)

// Up applies all pending migrations in the order of their numbers, the further
// sources' first. It returns those that this call applied, also when a later
// one fails. A process that finds another one migrating waits for it until ctx
// ends.
//
// A file that fails is rolled back and ends the call; the error names the file
// and the statement. A file that is numbered below one that is applied already
// is an error: give it a higher number. So is one of the application's own that
// was edited after it was applied; see Accept. A database that is ahead of the
// files, because a newer program migrated it, is only logged: during a rollout
// older programs must still be able to start.
func (m *Migrator) Up(ctx context.Context) ([]Applied, error) {
	p, err := m.PlanUp(ctx)
	if err != nil {
		return nil, err
	}
	return m.Run(ctx, p)
}

// Down takes back the application's migration with the highest number among
// those that are applied, by the file's part after "-- +goose Down". See PlanDown
// for the errors.
func (m *Migrator) Down(ctx context.Context) (Applied, error) {
	p, err := m.PlanDown(ctx, "")
	if err != nil {
		return Applied{}, err
	}
	done, err := m.Run(ctx, p)
	if err != nil {
		return Applied{}, err
	}
	return done[0], nil
}

// Run does what was planned, and returns what this call did, also when a later
// step fails. A file that another process has applied since is passed over; one
// that another process has taken back is an error.
func (m *Migrator) Run(ctx context.Context, p Plan) (done []Applied, err error) {
	if err := m.mark(ctx, p.unmarked, false); err != nil {
		return nil, err
	}
	var r *runner
	defer func() {
		if r != nil {
			r.close()
		}
	}()
	for _, step := range p.Steps {
		if r == nil || r.set.source != step.Source {
			if r != nil {
				r.close()
			}
			if r, err = m.runner(m.mustSet(step.Source)); err != nil {
				return done, err
			}
		}
		a, err := r.run(ctx, step.Migration, direction(!step.Down))
		if errors.Is(err, goose.ErrAlreadyApplied) { // by another process, since we looked
			continue
		}
		if err != nil {
			return done, err
		}
		done = append(done, a)
	}
	return done, nil
}

// mustSet returns the files of a source that a plan names.
func (m *Migrator) mustSet(source string) set {
	return m.sets[slices.IndexFunc(m.sets, func(s set) bool { return s.source == source })]
}
