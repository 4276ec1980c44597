package migrate

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Plan is what is to be done to a database, in order. To make one changes
// nothing.
type Plan struct {
	Steps []Step
	// unmarked are migrations that were applied without a checksum, by an older
	// program or by goose's own command.
	unmarked []Migration
}

// Step is one file that is applied or taken back.
type Step struct {
	Migration
	Down          bool     // taken back
	NoTransaction bool     // its statements run each by itself
	Statements    []string // in the form of the file: ${NAME} is not replaced by what the environment says
}

// PlanUp plans what Up does. See there for the errors.
func (m *Migrator) PlanUp(ctx context.Context) (Plan, error) {
	var p Plan
	for _, s := range m.sets {
		states, unmarked, err := m.states(ctx, s)
		if err == nil {
			err = m.planUp(ctx, &p, s, states, unmarked)
		}
		if err != nil {
			return Plan{}, err
		}
	}
	return p, nil
}

func (m *Migrator) planUp(ctx context.Context, p *Plan, s set, states []State, unmarked []Migration) error {
	todo, err := m.order(ctx, states)
	if err == nil {
		err = checkEdits(states)
	}
	for _, f := range todo {
		p.Steps = append(p.Steps, s.step(f, up))
	}
	p.unmarked = append(p.unmarked, unmarked...)
	return err
}

// PlanDown plans to take back the last migration of a source, "" for the
// application's own. It is an error when none is applied, when this program does
// not have the file, and when the file has no part after "-- +goose Down".
func (m *Migrator) PlanDown(ctx context.Context, source string) (Plan, error) {
	s, err := m.set(source)
	if err != nil {
		return Plan{}, err
	}
	states, _, err := m.states(ctx, s)
	if err != nil {
		return Plan{}, err
	}
	for _, st := range slices.Backward(states) {
		if !st.Pending() {
			step, err := s.back(st.Migration)
			return Plan{Steps: []Step{step}}, err
		}
	}
	return Plan{}, errors.New("migrate: there is nothing to take back: no migration is applied")
}

// PlanTo plans to apply or take back migrations of a source, "" for the
// application's own, until the one with the number is the last that is applied;
// 0 is none of them. What the application's own need of further sources is
// applied before. Beside the errors of Up and PlanDown, it is one when there is no
// such number.
func (m *Migrator) PlanTo(ctx context.Context, source string, number int64) (Plan, error) {
	s, err := m.set(source)
	if err != nil {
		return Plan{}, err
	}
	if number != 0 && !slices.ContainsFunc(s.files, func(f Migration) bool { return f.Number == number }) {
		last := s.files[len(s.files)-1].Number
		return Plan{}, fmt.Errorf("migrate: there is no migration with the number %d: they go from %d to %d, and 0 takes all back", number, s.files[0].Number, last)
	}
	states, unmarked, err := m.states(ctx, s)
	if err != nil {
		return Plan{}, err
	}
	through := slices.DeleteFunc(slices.Clone(states), func(st State) bool { return st.Pending() && st.Number > number })
	if slices.ContainsFunc(through, State.Pending) {
		return m.planThrough(ctx, s, through, unmarked)
	}
	var p Plan
	for _, st := range slices.Backward(through) {
		if st.Number <= number {
			break
		}
		step, err := s.back(st.Migration)
		if err != nil {
			return Plan{}, err
		}
		p.Steps = append(p.Steps, step)
	}
	return p, nil
}

// planThrough plans to apply what is pending among states.
func (m *Migrator) planThrough(ctx context.Context, s set, states []State, unmarked []Migration) (p Plan, err error) {
	if s.source == "" {
		if p, err = (&Migrator{db: m.db, log: m.log, sets: m.sets[:len(m.sets)-1]}).PlanUp(ctx); err != nil {
			return Plan{}, err
		}
	}
	return p, m.planUp(ctx, &p, s, states, unmarked)
}

// set returns the files of a source.
func (m *Migrator) set(source string) (set, error) {
	var names []string
	for _, s := range m.sets {
		if s.source == source {
			return s, nil
		}
		names = append(names, s.source)
	}
	if names = names[:len(names)-1]; len(names) == 0 {
		return set{}, fmt.Errorf("migrate: there is no source %q: all migrations are the application's own", source)
	}
	return set{}, fmt.Errorf("migrate: there is no source %q: there are %s", source, strings.Join(names, ", "))
}

// step returns what running a file means.
func (s set) step(f Migration, d direction) Step {
	step := Step{Migration: f, Down: d == down, NoTransaction: s.parsed[f.Number].NoTransaction}
	for _, st := range s.statements(f, d) {
		step.Statements = append(step.Statements, st.Text)
	}
	return step
}

// back returns the step that takes back a migration.
func (s set) back(f Migration) (Step, error) {
	switch {
	case f.File == "":
		return Step{}, fmt.Errorf("migrate: %snumber %d cannot be taken back by this program, which does not have its file: use the newer program that applied it", prefix(s.source), f.Number)
	case !s.parsed[f.Number].HasDown:
		return Step{}, fmt.Errorf("migrate: %s cannot be taken back: it has no line \"-- +goose Down\" with what to do", f.name())
	}
	return s.step(f, down), nil
}

// order returns the pending migrations in the order to apply them in.
func (m *Migrator) order(ctx context.Context, states []State) (todo []Migration, err error) {
	var last State
	for _, s := range states {
		switch {
		case s.Pending():
			todo = append(todo, s.Migration)
			continue
		case len(todo) > 0:
			return nil, fmt.Errorf("migrate: %s is not applied, but number %d is; files are applied in the order of their numbers: give it a higher one than all that are applied", todo[0].name(), s.Number)
		case s.File == "":
			last = s
		}
	}
	if last.Number > 0 {
		m.log.WarnContext(ctx, "the database is ahead of this program's migrations: a newer one has migrated it", "number", last.Number)
	}
	return todo, nil
}
