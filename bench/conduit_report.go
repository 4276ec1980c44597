package main

import (
	"fmt"
	"io"
	"runtime"
	"strings"
)

// write writes the tables.
func (c *conduits) write(out io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s/%s, %d CPUs, PostgreSQL %s. %d articles, %d follows. %d keep-alive clients, %d rounds of %v: median (min–max).\n",
		runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), c.postgres.version, c.articles, c.users*min(100, c.users-1), clients, c.rounds, c.each)
	if c.quick {
		b.WriteString("A quick run: the figures mean nothing.\n")
	}
	b.WriteString("× CPU: work with the same processor time, the program's and PostgreSQL's, in relation to the one by hand.\n" +
		"× req/s: requests in the same time, in relation to the same. More than 1 is better in both.\n")
	goals := [][]string{{"Goals", "wanted", "× CPU", "× req/s", ""}}
	var starts, memory []float64
	for _, row := range conduitRows {
		hand := c.samples[row.name+"/hand"]
		if len(hand) == 0 {
			continue
		}
		fmt.Fprintf(&b, "\n%s (%s)\n\n", row.title, row.name)
		t := [][]string{{"", "req/s", "app µs", "PG µs", "CPU µs", "p50 ms", "p99 ms", "start ms", "RSS MB", "× CPU", "× req/s"}}
		failures := ""
		for _, name := range c.names() {
			all := c.samples[row.name+"/"+name]
			t = append(t, conduitCells(name, all, hand))
			for _, s := range all {
				if s.failed > 0 {
					failures += fmt.Sprintf("%s: %d requests failed, the first with: %s\n", name, s.failed, s.failure)
				}
				if name == "terem" {
					starts, memory = append(starts, s.started), append(memory, s.memory)
				}
			}
		}
		align(&b, t)
		b.WriteString(failures)
		cpu, rate := conduitRatios(c.samples[row.name+"/terem"], hand)
		goals = append(goals, []string{row.title, fmt.Sprintf("≥ %.2f", conduitRatio), ranged(cpu, 2), ranged(rate, 2),
			metOrMissed(cpu.Median >= conduitRatio && rate.Median >= conduitRatio && failures == "")})
	}
	b.WriteString("\n")
	align(&b, goals)
	start, most := spreadOf(starts), spreadOf(memory)
	fmt.Fprintf(&b, "\nFrom the start to the first answer, ms: %s, goal below %d: %s.\nThe most memory (RSS), MB: %s, goal below %d: %s.\n",
		ranged(start, 0), conduitStart, metOrMissed(start.Median < conduitStart), ranged(most, 0), conduitMemory, metOrMissed(most.Max < conduitMemory))
	_, err := io.WriteString(out, b.String())
	return err
}

// names are the contestants.
func (c *conduits) names() (all []string) {
	for _, p := range c.programs {
		all = append(all, p.name)
	}
	for _, p := range c.peers {
		all = append(all, p.name)
	}
	return all
}

// conduitCells is the line of a contestant. What is not known of a peer is left out.
func conduitCells(name string, all, hand []conduitSample) []string {
	of := func(figure func(conduitSample) float64) spread {
		values := make([]float64, len(all))
		for i, s := range all {
			values[i] = figure(s)
		}
		return spreadOf(values)
	}
	known := func(s spread, text string) string {
		if s.Max == 0 {
			return ""
		}
		return text
	}
	app, db := of(func(s conduitSample) float64 { return s.app }), of(func(s conduitSample) float64 { return s.db })
	cpu := of(func(s conduitSample) float64 { return s.cpu() })
	start, memory := of(func(s conduitSample) float64 { return s.started }), of(func(s conduitSample) float64 { return s.memory })
	perCPU, perSecond := conduitRatios(all, hand)
	return []string{name, ranged(of(func(s conduitSample) float64 { return s.rate }), 0),
		known(app, number(app.Median, 1)), known(app, number(db.Median, 1)), known(app, ranged(cpu, 1)),
		number(of(func(s conduitSample) float64 { return s.p50 }).Median, 2), number(of(func(s conduitSample) float64 { return s.p99 }).Median, 2),
		known(start, number(start.Median, 0)), known(memory, number(memory.Median, 0)), known(app, ranged(perCPU, 2)), ranged(perSecond, 2)}
}

// conduitRatios relate a contestant to the one by hand, round by round.
func conduitRatios(all, hand []conduitSample) (cpu, rate spread) {
	return ratio(samplesOf(all), samplesOf(hand), perCPU), ratio(samplesOf(all), samplesOf(hand), perSecond)
}

func samplesOf(all []conduitSample) []sample {
	list := make([]sample, len(all))
	for i, s := range all {
		list[i] = s.sample
	}
	return list
}
