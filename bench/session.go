package main

import (
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"io"
	"runtime"
	"time"

	"github.com/terem-go/terem/db"
)

// What opening a session, using it once and committing it may cost.
const (
	sessionTime   = 1500 * time.Nanosecond
	sessionAllocs = 6
)

// session measures what a session costs without a database: db.DB.Do around one
// statement, on an engine that does nothing, less the calls of that engine.
func session(ctx context.Context, args []string, out io.Writer) error {
	set := flag.NewFlagSet("bench session", flag.ContinueOnError)
	rounds := set.Int("rounds", 15, "how often to measure")
	n := set.Int("n", 200_000, "sessions each time")
	if err := set.Parse(args); err != nil {
		return err
	}
	if *rounds < 1 || *n < 1 {
		return errors.New("-rounds and -n must be above 0")
	}
	ctx, cancel := context.WithCancel(ctx) // one that can end, as that of a request
	defer cancel()
	d := db.New(idle{}, db.Config{})
	var times, reads, allocs []float64
	for range *rounds {
		bare, bareAllocs, err := timed(*n, func() error { return bareUnit(ctx) })
		if err != nil {
			return err
		}
		do, doAllocs, err := timed(*n, func() error { return oneSession(ctx, d) })
		if err != nil {
			return err
		}
		read, _, err := timed(*n, func() error { return oneReader(ctx, d) })
		if err != nil {
			return err
		}
		times, allocs = append(times, do-bare), append(allocs, doAllocs-bareAllocs)
		reads = append(reads, read-bare)
	}
	s, r, a := spreadOf(times), spreadOf(reads), spreadOf(allocs)
	met := "met"
	if s.Median > float64(sessionTime) || a.Median > sessionAllocs {
		met = "missed"
	}
	_, err := fmt.Fprintf(out, "A session, one statement, COMMIT, on an engine that does nothing: adds %s ns and %s allocations.\n"+
		"The goal is at most %d ns and %d allocations: %s, by the medians.\nA reader and one query: adds %s ns.\n",
		ranged(s, 0), ranged(a, 1), sessionTime.Nanoseconds(), sessionAllocs, met, ranged(r, 0))
	return err
}

// timed returns the nanoseconds and allocations of one call.
func timed(n int, f func() error) (ns, allocs float64, err error) {
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := time.Now()
	for range n {
		if err := f(); err != nil {
			return 0, 0, err
		}
	}
	took := time.Since(start)
	runtime.ReadMemStats(&after)
	return float64(took) / float64(n), float64(after.Mallocs-before.Mallocs) / float64(n), nil
}

// oneSession is what is measured.
func oneSession(ctx context.Context, d *db.DB) error {
	return d.Do(ctx, func(ctx context.Context, s *db.Session) error {
		_, err := s.Exec(ctx, "INSERT", 1)
		return err
	})
}

func oneReader(ctx context.Context, d *db.DB) error {
	return d.Read(ctx, func(ctx context.Context, r *db.Reader) error {
		rows, err := r.Query(ctx, "SELECT", 1)
		if err == nil {
			rows.Close()
		}
		return err
	})
}

// bareUnit is what the engine itself takes.
func bareUnit(ctx context.Context) error {
	tx := db.Engine(idle{}).Begin(db.Options{})
	if _, err := tx.Exec(ctx, "INSERT", []any{1}); err != nil {
		return err
	}
	return tx.Commit(ctx)
}

// idle is an engine that does nothing.
type idle struct{}

var (
	_ db.Engine = idle{}
	_ db.Tx     = idleTx{}
	_ db.Rows   = idleRows{}
)

var errIdle = errors.New("an engine that does nothing")

func (idle) Dialect() db.Dialect        { return db.SQLite }
func (idle) Begin(db.Options) db.Tx     { return idleTx{} }
func (idle) Read(db.Options) db.Conn    { return idleTx{} }
func (idle) Replicated() bool           { return false }
func (idle) Ping(context.Context) error { return nil }
func (idle) Migrator() (*sql.DB, error) { return nil, errIdle }
func (idle) Close() error               { return nil }

type idleTx struct{}

func (idleTx) Query(context.Context, string, []any) (db.Rows, error) { return idleRows{}, nil }
func (idleTx) Exec(context.Context, string, []any) (int64, error)    { return 1, nil }
func (idleTx) Native(db.Guard) any                                   { return nil }
func (idleTx) Waited() time.Duration                                 { return 0 }
func (idleTx) Commit(context.Context) error                          { return nil }
func (idleTx) Position() db.Position                                 { return 0 }
func (idleTx) Rollback(context.Context) error                        { return nil }

type idleRows struct{}

func (idleRows) Next() bool        { return false }
func (idleRows) Scan(...any) error { return errIdle }
func (idleRows) Columns() []string { return nil }
func (idleRows) Err() error        { return nil }
func (idleRows) Close()            {}
