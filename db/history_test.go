package db_test

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/terem-go/terem/db"
)

// history runs the steps of several units of work in a given order. A step that
// waits for another unit does not hold up those of others.
type history struct {
	t     *testing.T
	d     *db.DB
	units map[string]*actor

	mu sync.Mutex
}

// actor is one unit of work of a history.
type actor struct {
	steps  chan func(context.Context, unit) error
	opened bool // a step has come back
	posted int
	done   int
	last   bool // for the test: no step comes any more
	ended  bool
	err    error // of the unit
	wrote  bool  // it is a session
}

// unit is a session or a reader.
type unit interface {
	db.Querier
	exec(ctx context.Context, sql string) error
}

type sessionUnit struct{ *db.Session }

func (u sessionUnit) exec(ctx context.Context, sql string) error {
	_, err := u.Exec(ctx, sql)
	return err
}

type readerUnit struct{ *db.Reader }

func (readerUnit) exec(context.Context, string) error { return errors.New("a reader writes") }

// open begins a unit of d, of one attempt: what conflicts, fails.
func (h *history) open(d *db.DB, name string, reader bool, opts ...db.Option) {
	a := &actor{steps: make(chan func(context.Context, unit) error, 20), wrote: !reader}
	h.units[name] = a
	run := func(ctx context.Context, u unit) error {
		for f := range a.steps {
			if err := f(ctx, u); err != nil {
				return err
			}
			h.mu.Lock()
			a.done++
			a.opened = true
			h.mu.Unlock()
		}
		return nil
	}
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		var err error
		if reader {
			err = d.Read(ctx, func(ctx context.Context, r *db.Reader) error { return run(ctx, readerUnit{r}) }, opts...)
		} else {
			err = d.Do(ctx, func(ctx context.Context, s *db.Session) error { return run(ctx, sessionUnit{s}) }, append(opts, db.Attempts(1))...)
		}
		h.mu.Lock()
		defer h.mu.Unlock()
		a.ended, a.err = true, err
	}()
}

// step makes a unit's next step, and returns when every unit has made its steps
// or waits for another one.
func (h *history) step(name string, f func(context.Context, unit) error) {
	h.t.Helper()
	a := h.units[name]
	h.mu.Lock()
	a.posted++
	h.mu.Unlock()
	a.steps <- f
	h.settle()
}

func (h *history) exec(name, sql string) {
	h.t.Helper()
	h.step(name, func(ctx context.Context, u unit) error { return u.exec(ctx, sql) })
}

// read reads numbers. They are there, separated by spaces, when the step is done.
func (h *history) read(name, sql string) *string {
	h.t.Helper()
	found := new(string)
	h.step(name, func(ctx context.Context, u unit) error {
		rows, err := u.Query(ctx, sql)
		if err != nil {
			return err
		}
		defer rows.Close()
		var all []string
		for rows.Next() {
			var v int
			if err := rows.Scan(&v); err != nil {
				return err
			}
			all = append(all, strconv.Itoa(v))
		}
		*found = strings.Join(all, " ")
		return rows.Err()
	})
	return found
}

var errAbort = errors.New("aborted")

func (h *history) abort(name string) {
	h.t.Helper()
	h.step(name, func(context.Context, unit) error { return errAbort })
}

// commit ends units, as far as they do not wait for others. One that is
// committed already stays so.
func (h *history) commit(names ...string) {
	h.t.Helper()
	for _, name := range names {
		a := h.units[name]
		if a.last {
			continue
		}
		a.last = true
		h.mu.Lock()
		a.posted++ // and is never done but by the end
		h.mu.Unlock()
		close(a.steps)
		h.settle()
	}
}

// failed returns the unit's error, after its end.
func (h *history) failed(name string) error {
	h.t.Helper()
	a := h.units[name]
	h.until(name+" has ended", func() bool { return a.ended })
	return a.err
}

// end commits units and reports, after their end, whether all were committed.
func (h *history) end(names ...string) bool {
	h.t.Helper()
	h.commit(names...)
	ok := true
	for _, name := range names {
		ok = h.failed(name) == nil && ok
	}
	return ok
}

// answered reports whether a unit's steps were made, or it has ended.
func (a *actor) answered() bool { return a.ended || a.done == a.posted }

func (h *history) settle() {
	h.t.Helper()
	h.until("every unit has made its steps or waits", func() bool {
		pending, before, holds := 0, 0, false
		for _, a := range h.units {
			if a.ended {
				continue
			}
			holds = holds || a.opened && a.wrote
			if a.posted > a.done {
				pending++
				if !a.opened && a.wrote {
					before++
				}
			}
		}
		switch {
		case pending == 0:
			return true
		case h.d.Dialect() == db.SQLite:
			return holds && pending == before // they are in the queue
		}
		return pending == h.waiting()
	})
}

// waiting returns how many units wait for a lock of PostgreSQL.
func (h *history) waiting() (n int) {
	err := h.d.Read(h.t.Context(), func(ctx context.Context, r *db.Reader) error {
		return r.QueryRow(ctx, "SELECT count(DISTINCT l.pid) FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid"+
			" WHERE NOT l.granted AND a.datname = current_database()").Scan(&n)
	})
	if err != nil {
		h.t.Error(err)
	}
	return n
}

func (h *history) until(what string, f func() bool) {
	h.t.Helper()
	for start := time.Now(); ; time.Sleep(time.Millisecond) {
		h.mu.Lock()
		yes := f()
		h.mu.Unlock()
		if yes {
			return
		}
		if time.Since(start) > 30*time.Second {
			h.t.Fatalf("it does not come about that %s", what)
		}
	}
}
