package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/terem-go/terem/bench/load"
	"github.com/terem-go/terem/bench/queue"
)

// jobsPlan is how much of each is measured.
type jobsPlan struct {
	rounds, many, starts int
	each                 time.Duration
}

// How long it may take from the commit to the start of a job, p50.
const (
	withinPostgres = 20 * time.Millisecond
	withinSQLite   = 100 * time.Millisecond
)

// measureJobs measures the queue: Terem against River used by hand.
func measureJobs(ctx context.Context, args []string, out io.Writer) (err error) {
	var p jobsPlan
	set := flag.NewFlagSet("bench jobs", flag.ContinueOnError)
	set.IntVar(&p.rounds, "rounds", 5, "how often to measure each contestant; they take turns")
	set.IntVar(&p.many, "jobs", 5000, "how many jobs are worked off")
	set.IntVar(&p.starts, "starts", 40, "how many jobs are enqueued one by one, for their latency")
	set.DurationVar(&p.each, "each", 2*time.Second, "how long to enqueue")
	if err := set.Parse(args); err != nil {
		return err
	}
	if p.rounds < 1 || p.many < 1 || p.starts < 1 || p.each <= 0 {
		return errors.New("-rounds, -jobs, -starts and -each must be above 0")
	}
	if err := supported(); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "terem-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	pg, err := startPostgres(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, pg.stop()) }()
	for _, e := range []engine{onPostgres, onSQLite} {
		seen := map[string][]jobsFigures{}
		names := []string{queue.Hand, queue.Terem}
		for round := range p.rounds {
			for i := range names {
				name := names[(i+round)%len(names)]
				f, err := p.round(ctx, pg, e, dir, name)
				if err != nil {
					return fmt.Errorf("%s on %s: %w", name, e, err)
				}
				seen[name] = append(seen[name], f)
			}
		}
		if err := writeJobs(out, e, seen[queue.Hand], seen[queue.Terem]); err != nil {
			return err
		}
	}
	return nil
}

// jobsFigures are those of one round.
type jobsFigures struct {
	enqueued float64       // a second
	worked   float64       // a second
	perCPU   float64       // worked in a second of processor time, the database's included
	p50, p95 time.Duration // from the commit to the start
}

// round measures a contestant once, on a fresh database.
func (p jobsPlan) round(ctx context.Context, pg *postgres, e engine, dir, name string) (f jobsFigures, err error) {
	d := database{url: "sqlite:" + filepath.Join(dir, fmt.Sprintf("jobs%d.db", rand.Int64())), drop: func(context.Context) error { return nil }}
	if e == onPostgres {
		if d, err = pg.fresh(ctx); err != nil {
			return f, err
		}
	}
	q, err := queue.Open(ctx, name, d.url)
	if err != nil {
		return f, err
	}
	defer func() {
		q.Close()
		err = errors.Join(err, d.drop(ctx))
	}()
	if f.p50, f.p95, err = p.latency(ctx, q); err != nil {
		return f, err
	}
	if f.worked, f.perCPU, err = p.work(ctx, pg, q); err != nil {
		return f, err
	}
	f.enqueued, err = p.enqueue(ctx, q)
	return f, err
}

// latency enqueues jobs one by one while the queue is worked.
func (p jobsPlan) latency(ctx context.Context, q queue.Queue) (p50, p95 time.Duration, err error) {
	began := make(chan time.Time, 1)
	stop, err := q.Work(ctx, 10, func() { began <- time.Now() })
	if err != nil {
		return 0, 0, err
	}
	defer func() { err = errors.Join(err, stop()) }()
	var took []time.Duration
	for range p.starts + 1 {
		time.Sleep(rand.N(100 * time.Millisecond))
		if err := q.Enqueue(ctx); err != nil {
			return 0, 0, err
		}
		committed := time.Now()
		select {
		case at := <-began:
			took = append(took, max(0, at.Sub(committed)))
		case <-time.After(time.Minute):
			return 0, 0, errors.New("a job is not run")
		}
	}
	took = took[1:] // the client was still starting
	return load.Percentile(took, 50), load.Percentile(took, 95), nil
}

// work works off a full queue.
func (p jobsPlan) work(ctx context.Context, pg *postgres, q queue.Queue) (perSecond, perCPU float64, err error) {
	before, err := q.Done(ctx)
	if err != nil {
		return 0, 0, err
	}
	if err := q.Fill(ctx, p.many); err != nil {
		return 0, 0, err
	}
	used, err := usedCPU(pg)
	if err != nil {
		return 0, 0, err
	}
	start := time.Now()
	stop, err := q.Work(ctx, 100, func() {})
	if err != nil {
		return 0, 0, err
	}
	defer func() { err = errors.Join(err, stop()) }()
	for done := 0; done < before+p.many; time.Sleep(10 * time.Millisecond) {
		if done, err = q.Done(ctx); err != nil {
			return 0, 0, err
		}
		if time.Since(start) > 10*time.Minute {
			return 0, 0, fmt.Errorf("only %d of %d jobs are done", done-before, p.many)
		}
	}
	took := time.Since(start)
	now, err := usedCPU(pg)
	return float64(p.many) / took.Seconds(), float64(p.many) / (now - used).Seconds(), err
}

// usedCPU returns the processor time of this process and of PostgreSQL's.
func usedCPU(pg *postgres) (time.Duration, error) {
	own, err := cpuOf(os.Getpid())
	if err != nil {
		return 0, err
	}
	theirs, err := cpuOfTree(pg.postmaster)
	return own + theirs, err
}

// enqueue lets many transactions enqueue at the same time.
func (p jobsPlan) enqueue(ctx context.Context, q queue.Queue) (perSecond float64, err error) {
	var n atomic.Int64
	var failed error
	var once sync.Once
	var all sync.WaitGroup
	start := time.Now()
	for range clients {
		all.Go(func() {
			for time.Since(start) < p.each {
				if err := q.Enqueue(ctx); err != nil {
					once.Do(func() { failed = err })
					return
				}
				n.Add(1)
			}
		})
	}
	all.Wait()
	return float64(n.Load()) / time.Since(start).Seconds(), failed
}

func writeJobs(out io.Writer, e engine, hand, terem []jobsFigures) error {
	var b strings.Builder
	fmt.Fprintf(&b, "Jobs on %s: medians, minimum and maximum; × is Terem's in relation to River used by hand, round by round.\n\n", e)
	cells := [][]string{{"", "river by hand", "Terem", "×"}}
	for _, row := range []struct {
		name   string
		digits int
		of     func(jobsFigures) float64
	}{
		{"enqueued in sessions, a second", 0, func(f jobsFigures) float64 { return f.enqueued }},
		{"worked off, a second", 0, func(f jobsFigures) float64 { return f.worked }},
		{"worked off, a second of one core", 0, func(f jobsFigures) float64 { return f.perCPU }},
		{"from commit to start, p50 ms", 1, func(f jobsFigures) float64 { return f.p50.Seconds() * 1e3 }},
		{"from commit to start, p95 ms", 1, func(f jobsFigures) float64 { return f.p95.Seconds() * 1e3 }},
	} {
		var ours, theirs, ratios []float64
		for i := range hand {
			theirs, ours = append(theirs, row.of(hand[i])), append(ours, row.of(terem[i]))
			ratios = append(ratios, row.of(terem[i])/row.of(hand[i]))
		}
		cells = append(cells, []string{row.name, ranged(spreadOf(theirs), row.digits), ranged(spreadOf(ours), row.digits), ranged(spreadOf(ratios), 2)})
	}
	align(&b, cells)
	goal, p50 := withinPostgres, []float64{}
	if e == onSQLite {
		goal = withinSQLite
	}
	for _, f := range terem {
		p50 = append(p50, f.p50.Seconds())
	}
	met := "met"
	if spreadOf(p50).Median > goal.Seconds() {
		met = "missed"
	}
	fmt.Fprintf(&b, "\nThe goal is a start within %v of the commit, p50: %s.\n\n", goal, met)
	_, err := io.WriteString(out, b.String())
	return err
}
