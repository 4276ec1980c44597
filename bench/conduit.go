package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/terem-go/terem/bench/load"
)

// conduitRows are what is measured: reads before writes, and last what makes tables grow.
var conduitRows = []struct{ name, title string }{
	{load.Article, "An article, by its slug"},
	{load.List, "The newest 20 of all articles"},
	{load.Tagged, "The newest 20 articles with a tag"},
	{load.Feed, "The newest 20 articles of a hundred authors"},
	{load.Favourite, "Marking an article as a favourite, or no longer"},
	{load.Create, "Publishing an article with three tags"},
}

// The goals of examples/conduit.
const (
	conduitRatio  = 0.85 // of what the hand-written program does
	conduitMemory = 100  // MB
	conduitStart  = 200  // ms
)

// conduitPlan is how much of each is measured.
type conduitPlan struct {
	articles, users, rounds int
	each, warmUp            time.Duration
	quick                   bool
	only                    []string // rows; none for all
	profile                 string   // the directory for CPU profiles, or ""
	peers                   []*conduitPeer
}

func parseConduit(args []string) (p conduitPlan, err error) {
	set := flag.NewFlagSet("bench conduit", flag.ContinueOnError)
	set.IntVar(&p.articles, "articles", 100_000, "how many articles there are")
	set.IntVar(&p.users, "users", 10_000, "how many users, each of whom follows a hundred others")
	set.IntVar(&p.rounds, "rounds", 5, "how often to measure each contestant; they take turns")
	set.DurationVar(&p.each, "each", 2*time.Second, "how long to measure each time")
	set.BoolVar(&p.quick, "quick", false, "few articles and one short round, to see that everything runs; its figures mean nothing")
	set.StringVar(&p.profile, "profile", "", "write CPU profiles of the contestants into this directory; they cost a little")
	only := set.String("only", "", "the rows to measure, such as article,feed; all by default")
	set.Func("peer", "another implementation that runs, as name=http://127.0.0.1:port/api; may be given more than once", func(s string) error {
		peer, err := parsePeer(s)
		p.peers = append(p.peers, peer)
		return err
	})
	if err := set.Parse(args); err != nil {
		return p, err
	}
	p.warmUp = time.Second / 2
	if p.quick {
		p.articles, p.users, p.rounds, p.each, p.warmUp = 320, 2*clients, 1, 200*time.Millisecond, 50*time.Millisecond
	}
	switch {
	case set.NArg() > 0:
		return p, fmt.Errorf("unknown argument %q", set.Arg(0))
	case p.rounds < 1 || p.each <= 0:
		return p, errors.New("-rounds and -each must be above 0")
	case p.users < 2*clients || p.articles < 100:
		return p, fmt.Errorf("-users must be %d or more, and -articles 100", 2*clients)
	}
	for name := range strings.SplitSeq(*only, ",") {
		if name == "" {
			continue
		}
		if !slices.ContainsFunc(conduitRows, func(r struct{ name, title string }) bool { return r.name == name }) {
			return p, fmt.Errorf("-only %s: no such row", name)
		}
		p.only = append(p.only, name)
	}
	return p, nil
}

// measureConduit measures examples/conduit against the same by hand, and against peers.
func measureConduit(ctx context.Context, args []string, out io.Writer) (err error) {
	p, err := parseConduit(args)
	if err != nil {
		return err
	}
	if err := supported(); err != nil {
		return err
	}
	c, err := newConduits(ctx, p)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.close()) }()
	if err := c.agree(ctx); err != nil {
		return fmt.Errorf("the two programs are not the same to their clients: %w", err)
	}
	for round := range p.rounds {
		if err := c.round(ctx, round); err != nil {
			return err
		}
	}
	return c.write(out)
}

// conduitSample is what one contestant did in a row in one round.
type conduitSample struct {
	sample
	started float64 // ms until the first answer
	memory  float64 // MB, the most
}

// round measures all contestants in all rows. Each of the two programs has a database
// of its own meanwhile, so that they write into tables of one size.
func (c *conduits) round(ctx context.Context, round int) (err error) {
	var databases []database
	for range c.programs {
		d, err := c.fresh(ctx)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, d.drop(context.WithoutCancel(ctx))) }()
		databases = append(databases, d)
	}
	for _, row := range conduitRows {
		if len(c.only) > 0 && !slices.Contains(c.only, row.name) {
			continue
		}
		n := len(c.programs) + len(c.peers)
		for i := range n {
			i := (i + round) % n
			var name string
			var s conduitSample
			if i < len(c.programs) {
				name = c.programs[i].name
				s, err = c.program(ctx, c.programs[i], databases[i].url, row.name, round)
			} else {
				name = c.peers[i-len(c.programs)].name
				s, err = c.peer(ctx, c.peers[i-len(c.programs)], row.name, round)
			}
			if err != nil {
				return fmt.Errorf("%s, %s: %w", row.name, name, err)
			}
			c.samples[row.name+"/"+name] = append(c.samples[row.name+"/"+name], s)
			if !c.quick {
				fmt.Fprintf(os.Stderr, "round %d of %d  %-10s %-12s %8.0f/s  %6.1f CPU µs\n", round+1, c.rounds, row.name, name, s.rate, s.cpu())
			}
		}
	}
	return nil
}

// program measures one of the two programs.
func (c *conduits) program(ctx context.Context, program conduitProgram, url, row string, round int) (s conduitSample, err error) {
	p, started, err := c.start(ctx, program, url)
	if err != nil {
		return s, err
	}
	defer end(p)
	var profiled <-chan error
	var before, after usage
	seen, err := c.load(ctx, p.flags.Addr, &load.Conduit{Row: row, Base: "/api", Tokens: c.tokens, Slugs: c.slugs, Tags: c.tags}, round, func() (err error) {
		profiled = c.profiled(p, fmt.Sprintf("conduit-%s-%s-%d", row, program.name, round+1))
		before, err = c.usage(p)
		return err
	})
	if err != nil {
		return s, err
	}
	if after, err = c.usage(p); err != nil {
		return s, err
	}
	if err := <-profiled; err != nil {
		return s, fmt.Errorf("the profile: %w", err)
	}
	s = conduitSample{sample: newSample(seen, after.minus(before)), started: started.Seconds() * 1e3}
	s.memory, err = mostMemory(p.cmd.Process.Pid)
	return s, err
}

func (c *conduits) usage(p *process) (u usage, err error) {
	if u.app, err = cpuOf(p.cmd.Process.Pid); err != nil {
		return u, err
	}
	u.db, err = cpuOfTree(c.postgres.postmaster)
	return u, err
}

// load warms a contestant up, and makes the load that is measured.
func (c *conduits) load(ctx context.Context, addr string, of *load.Conduit, round int, begin func() error) (load.Result, error) {
	plan := load.Plan{Addr: addr, Clients: clients, For: c.warmUp, Conduit: of, Seed: c.seed + uint64(2*round)}
	if _, err := runLoad(ctx, plan); err != nil {
		return load.Result{}, err
	}
	if err := begin(); err != nil {
		return load.Result{}, err
	}
	plan.For, plan.Seed = c.each, plan.Seed+1
	r, err := runLoad(ctx, plan)
	if err == nil && r.Requests == 0 {
		err = fmt.Errorf("no request was answered as it should be: %s", r.Failure)
	}
	return r, err
}
