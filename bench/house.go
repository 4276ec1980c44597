package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"text/tabwriter"
	"time"

	"github.com/terem-go/terem/bench/load"
)

// The goals of a house with many rooms.
const (
	addGoal     = time.Second
	checkGoal   = 3 * time.Second
	checkMemory = 1500 // MB
	mapGoal     = 3 * time.Second
	startGoal   = 300 * time.Millisecond
	routingGoal = 1.10
)

// house builds an application of many domains by the tool, and measures the tool on
// it and the application itself.
func house(ctx context.Context, args []string, out io.Writer) error {
	set := flag.NewFlagSet("bench house", flag.ContinueOnError)
	n := set.Int("domains", 200, "how many domains")
	rounds := set.Int("rounds", 5, "how often to measure each figure")
	each := set.Duration("each", time.Second, "how long to send requests each time")
	if err := set.Parse(args); err != nil {
		return err
	}
	if *n < 3 || *rounds < 1 {
		return errors.New("-domains must be above 2, and -rounds above 0")
	}
	if err := supported(); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "terem-house-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	h := &houses{dir: dir, out: out, tool: filepath.Join(dir, "terem")}
	checkout, err := filepath.Abs("..")
	if err != nil {
		return err
	}
	if _, err := h.run(ctx, checkout, "go", "build", "-o", h.tool, "./cmd/terem"); err != nil {
		return err
	}
	var small, large string
	if small, err = h.build(ctx, checkout, "small", 2); err != nil {
		return err
	}
	if large, err = h.build(ctx, checkout, "large", *n); err != nil {
		return err
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "%d domains\tmedian\tworst\tgoal\t\n", *n)
	if err := h.tools(ctx, w, large, *rounds); err != nil {
		return err
	}
	if err := h.serving(ctx, w, small, large, *n, *rounds, *each); err != nil {
		return err
	}
	return w.Flush()
}

// houses are the applications that are measured, and the tool.
type houses struct {
	dir, tool string
	out       io.Writer
}

// build creates an application with the users and further domains, n in all, and
// compiles it.
func (h *houses) build(ctx context.Context, checkout, name string, n int) (dir string, err error) {
	dir = filepath.Join(h.dir, name)
	if _, err := h.run(ctx, h.dir, h.tool, "new", dir, "--terem", checkout); err != nil {
		return "", err
	}
	for i := 1; i < n; i++ {
		if i%20 == 0 {
			fmt.Fprintf(h.out, "%s: %d of %d domains\n", name, i, n)
		}
		if _, err := h.add(ctx, dir, i); err != nil {
			return "", err
		}
	}
	if _, err := h.run(ctx, dir, "go", "build", "-o", "app", "."); err != nil {
		return "", err
	}
	_, err = h.run(ctx, dir, "./app", "migrate", "up")
	return dir, err
}

// add adds the domain number i: each second one belongs to users, and two of three
// have pages. That makes ten routes for a domain on average.
func (h *houses) add(ctx context.Context, dir string, i int) (used, error) {
	args := []string{"add", "domain", fmt.Sprintf("room%ds", i), "title:string", "total:decimal", "status:enum(new,paid)"}
	if i%2 == 0 {
		args = append(args, "user:ref(users,owner)")
	}
	if i%3 != 0 {
		args = append(args, "--pages")
	}
	return h.run(ctx, dir, h.tool, args...)
}

// used is what a command has used.
type used struct {
	took   time.Duration
	memory int64 // MB, of the largest of its processes
}

func (h *houses) run(ctx context.Context, dir, name string, args ...string) (used, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	var text bytes.Buffer
	cmd.Stdout, cmd.Stderr = &text, &text
	begun := time.Now()
	if err := cmd.Run(); err != nil {
		return used{}, fmt.Errorf("%s %s: %w\n%s", filepath.Base(name), strings.Join(args, " "), err, text.Bytes())
	}
	u := used{took: time.Since(begun)}
	if r, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		u.memory = r.Maxrss / 1024
	}
	return u, nil
}

// extra is the number of the first domain that is added to a whole house.
const extra = 10000

// tools measures the tool on an application.
func (h *houses) tools(ctx context.Context, w io.Writer, dir string, rounds int) error {
	var memory int64
	for _, row := range []struct {
		name string
		goal time.Duration
		do   func(i int) (used, error)
	}{
		{"add domain, s", addGoal, func(i int) (used, error) {
			u, err := h.add(ctx, dir, extra+6*i) // each of them has an owner and pages
			if err != nil {
				return u, err
			}
			_, err = h.run(ctx, dir, h.tool, "remove", "domain", fmt.Sprintf("room%ds", extra+6*i))
			return u, err
		}},
		{"check, s", checkGoal, func(i int) (used, error) {
			u, err := h.run(ctx, dir, h.tool, "check")
			memory = max(memory, u.memory)
			return u, err
		}},
		{"map, s", mapGoal, func(int) (used, error) { return h.run(ctx, dir, h.tool, "map", "-o", filepath.Join(h.dir, "map.html")) }},
	} {
		if _, err := row.do(rounds); err != nil { // warms the build cache
			return err
		}
		var times []float64
		for i := range rounds {
			u, err := row.do(i)
			if err != nil {
				return err
			}
			times = append(times, u.took.Seconds())
		}
		s := spreadOf(times)
		fmt.Fprintf(w, "%s\t%.2f\t%.2f\t%.2f\t%s\n", row.name, s.Median, slices.Max(times), row.goal.Seconds(), metOrMissed(s.Median <= row.goal.Seconds()))
	}
	_, err := fmt.Fprintf(w, "check, MB\t%d\t\t%d\t%s\n", memory, checkMemory, metOrMissed(memory <= checkMemory))
	return err
}

func metOrMissed(met bool) string {
	if met {
		return "met"
	}
	return "missed"
}

// serving measures how long an application takes to start, and what a request costs
// that finds its route and is refused there, with few domains and with many.
func (h *houses) serving(ctx context.Context, w io.Writer, small, large string, domains, rounds int, each time.Duration) error {
	starts := map[string][]float64{}
	var ratios []float64
	for range rounds {
		var costs []float64
		for _, dir := range []string{small, large} {
			began := time.Now()
			p, addr, err := h.serve(ctx, dir)
			if err != nil {
				return err
			}
			starts[dir] = append(starts[dir], float64(time.Since(began).Milliseconds()))
			cost, err := h.cost(ctx, p, load.Plan{Addr: addr, Path: "/api/users/", Keys: 1000, Status: 401, Clients: 8, For: each})
			_ = p.Process.Signal(os.Interrupt)
			_ = p.Wait() // how it ended does not matter
			if err != nil {
				return err
			}
			costs = append(costs, cost)
		}
		ratios = append(ratios, costs[1]/costs[0])
	}
	s := spreadOf(starts[large])
	fmt.Fprintf(w, "start, ms\t%.0f\t%.0f\t%d\t%s\n", s.Median, slices.Max(starts[large]), startGoal.Milliseconds(), metOrMissed(s.Median <= float64(startGoal.Milliseconds())))
	r := spreadOf(ratios)
	_, err := fmt.Fprintf(w, "processor time of a request, x that with 2 domains\t%.2f\t%.2f\t%.2f\t%s\n", r.Median, slices.Max(ratios), routingGoal, metOrMissed(r.Median <= routingGoal))
	return err
}

// serve starts an application and waits until it answers.
func (h *houses) serve(ctx context.Context, dir string) (*exec.Cmd, string, error) {
	addr, err := freeAddr()
	if err != nil {
		return nil, "", err
	}
	cmd := exec.CommandContext(ctx, "./app")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "ADDR="+addr, "LOG_LEVEL=error")
	if err := cmd.Start(); err != nil {
		return nil, "", err
	}
	p := process{ended: make(chan struct{})}
	if err := p.await(ctx, addr); err != nil {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		return nil, "", err
	}
	return cmd, addr, nil
}

// cost is the processor time of one request in microseconds.
func (h *houses) cost(ctx context.Context, p *exec.Cmd, plan load.Plan) (float64, error) {
	before, err := cpuOf(p.Process.Pid)
	if err != nil {
		return 0, err
	}
	r, err := runLoad(ctx, plan)
	if err != nil {
		return 0, err
	}
	after, err := cpuOf(p.Process.Pid)
	if err != nil {
		return 0, err
	}
	if r.Failed > 0 || r.Requests == 0 {
		return 0, fmt.Errorf("%d requests failed, such as %s", r.Failed, r.Failure)
	}
	return float64((after - before).Microseconds()) / float64(r.Requests), nil
}
