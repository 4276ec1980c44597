package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/terem-go/terem/bench/item"
	"github.com/terem-go/terem/bench/load"
)

// sample is what one contestant did in one round.
type sample struct {
	rate     float64 // requests per second
	app, db  float64 // µs of processor time per request, of the contestant and of PostgreSQL
	p50, p99 float64 // ms
	allocs   float64 // per request
	bytes    float64 // allocated per request
	failed   int
	failure  string
}

// cpu is the processor time of a request, in µs.
func (s sample) cpu() float64 { return s.app + s.db }

// sample starts a contestant on a database of its own, checks that it does the
// work, warms it up, and measures it.
func (h *harness) sample(ctx context.Context, r row, e entry, round int) (s sample, err error) {
	d, err := h.database(ctx, r, e)
	if err != nil {
		return s, err
	}
	defer func() { err = errors.Join(err, d.drop(context.WithoutCancel(ctx))) }()
	p, err := start(ctx, d.url, h.prepare(e))
	if err != nil {
		return s, err
	}
	defer p.stop()
	if err := check(p.flags.Addr, e); err != nil {
		return s, fmt.Errorf("it does not do the work: %w", err)
	}
	plan := r.plan(e, p.flags.Addr, item.Rows)
	plan.For = h.warmUp
	warm, err := runLoad(ctx, plan)
	if err != nil {
		return s, err
	}
	plan.For = h.each
	profiled := h.profiled(p, r, e, round)
	before, err := h.usage(p, r)
	if err != nil {
		return s, err
	}
	seen, err := runLoad(ctx, plan)
	if err != nil {
		return s, err
	}
	after, err := h.usage(p, r)
	if err != nil {
		return s, err
	}
	if err := <-profiled; err != nil {
		return s, fmt.Errorf("the profile: %w", err)
	}
	if seen.Requests == 0 {
		return s, fmt.Errorf("no request was answered as it should be: %s", seen.Failure)
	}
	if r.insert && e.run != "floor" {
		if err := acknowledged(ctx, d, item.Rows+1+warm.Requests+seen.Requests, warm.Failed+seen.Failed); err != nil {
			return s, err
		}
	}
	return newSample(seen, after.minus(before)), nil
}

func (h *harness) database(ctx context.Context, r row, e entry) (database, error) {
	if r.engine == onPostgres {
		return h.postgres.fresh(ctx)
	}
	return h.files.fresh(e)
}

// acknowledged makes sure that the rows that clients were told of are there, and
// no others, but for requests that failed.
func acknowledged(ctx context.Context, d database, want, failed int) error {
	n, err := d.count(ctx)
	if err != nil {
		return fmt.Errorf("counting the rows: %w", err)
	}
	if n < want || n > want+failed {
		return fmt.Errorf("there are %d rows; %d were acknowledged, and %d requests failed", n, want, failed)
	}
	return nil
}

// usage is what a contestant and PostgreSQL have used.
type usage struct {
	app, db time.Duration
	memory  memory
}

func (h *harness) usage(p *process, r row) (u usage, err error) {
	if u.memory, err = p.memory(); err != nil {
		return u, err
	}
	if u.app, err = cpuOf(p.cmd.Process.Pid); err != nil {
		return u, err
	}
	if r.engine == onPostgres {
		u.db, err = cpuOfTree(h.postgres.postmaster)
	}
	return u, err
}

func (u usage) minus(v usage) usage {
	return usage{
		app: u.app - v.app, db: u.db - v.db,
		memory: memory{Mallocs: u.memory.Mallocs - v.memory.Mallocs, TotalAlloc: u.memory.TotalAlloc - v.memory.TotalAlloc},
	}
}

// newSample divides what was used by the requests.
func newSample(r load.Result, u usage) sample {
	n := float64(r.Requests + r.Failed)
	per := func(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) / n }
	ms := func(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
	return sample{
		rate: float64(r.Requests) / r.Took.Seconds(),
		app:  per(u.app), db: per(u.db),
		p50: ms(r.P50), p99: ms(r.P99),
		allocs: float64(u.memory.Mallocs) / n, bytes: float64(u.memory.TotalAlloc) / n,
		failed: r.Failed, failure: r.Failure,
	}
}

// profiled writes a CPU profile while the contestant is measured, if asked for.
func (h *harness) profiled(p *process, r row, e entry, round int) <-chan error {
	done := make(chan error, 1)
	if h.options.profile == "" {
		done <- nil
		return done
	}
	path := filepath.Join(h.options.profile, fmt.Sprintf("%s-%s-%d.pprof", r.name, e.name, round+1))
	go func() { done <- p.profile(path, h.each) }()
	return done
}
