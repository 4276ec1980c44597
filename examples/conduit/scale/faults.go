package main

import (
	"context"
	"syscall"
	"time"
)

// fault is something that happens to the processes, and what clients may see of it.
type fault struct {
	name string
	do   func(ctx context.Context, p *place, each time.Duration) error
	may  func(f failure) bool // nil for nothing: no request may fail
	// underWay says that no other requests may fail than those that were under way:
	// one of each client.
	underWay bool
}

var faults = []fault{
	{name: "nothing", do: func(ctx context.Context, _ *place, each time.Duration) error { return wait(ctx, each) }},
	{name: "each server restarted in turn", do: func(ctx context.Context, p *place, each time.Duration) error {
		return p.restartInTurn(ctx, each, p.program)
	}},
	{name: "a server killed (kill -9), then started", do: killServer, may: failure.broken, underWay: true},
	{name: "each worker restarted in turn", do: func(ctx context.Context, p *place, each time.Duration) error {
		for _, w := range p.workers {
			if err := w.restart(ctx, p.program); err != nil {
				return err
			}
		}
		return wait(ctx, each)
	}},
	{name: "a standby stopped, then started", do: stopStandby},
	{name: "a new version with a migration deployed", do: deploy},
	{name: "the primary lost, a standby promoted", do: failOver, may: func(f failure) bool { return f.broken() || f == unavailable || f == unknown }},
	{name: "nothing, after all that", do: func(ctx context.Context, _ *place, each time.Duration) error { return wait(ctx, each) }},
}

// killServer loses what the server was about to answer: at most one request of
// each client that had one there.
func killServer(ctx context.Context, p *place, each time.Duration) error {
	if err := wait(ctx, each/2); err != nil {
		return err
	}
	if err := p.servers[1].kill(); err != nil {
		return err
	}
	if err := wait(ctx, each/2); err != nil {
		return err
	}
	return p.servers[1].start(ctx, p.program)
}

// stopStandby leaves one that acknowledges commits. Reads go elsewhere.
func stopStandby(ctx context.Context, p *place, each time.Duration) error {
	lost := p.postgres.standbys[0]
	if err := lost.Kill(); err != nil {
		return err
	}
	if err := wait(ctx, each); err != nil {
		return err
	}
	if err := lost.Restart(ctx); err != nil {
		return err
	}
	return wait(ctx, each/2)
}

// deploy expands the tables while the old version serves, and replaces it then.
func deploy(ctx context.Context, p *place, each time.Duration) error {
	next, err := p.build(ctx, "next", expanding)
	if err != nil {
		return err
	}
	if err := p.command(ctx, next, "migrate", "up"); err != nil {
		return err
	}
	if err := wait(ctx, each/2); err != nil { // the old version on the new tables
		return err
	}
	p.program = next
	return p.restartInTurn(ctx, each/2, next)
}

// failOver loses the primary for good, and with it the answers to the COMMITs that
// were under way: while there is no other, nobody can say what became of them. What
// stands by takes over: here by hand, as a program such as Patroni does it.
func failOver(ctx context.Context, p *place, each time.Duration) error {
	if err := p.postgres.primary().Kill(); err != nil {
		return err
	}
	if err := wait(ctx, time.Second); err != nil { // until somebody has noticed
		return err
	}
	if err := p.postgres.promote(ctx); err != nil {
		return err
	}
	if err := p.pooler.Follow(p.postgres.primary()); err != nil {
		return err
	}
	return wait(ctx, each)
}

func (p *place) restartInTurn(ctx context.Context, each time.Duration, program string) error {
	for _, s := range p.servers {
		if err := s.restart(ctx, program); err != nil {
			return err
		}
		if err := wait(ctx, each/time.Duration(len(p.servers))); err != nil {
			return err
		}
	}
	return nil
}

func wait(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(d):
		return nil
	}
}

const (
	hard = syscall.SIGKILL
	soft = syscall.SIGTERM
)
