package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/terem-go/terem/bench/data"
)

// dataOne is the hidden command that measures one contestant: its name, the
// database's URL and the time for each operation.
const dataOne = "data-one"

// What dao is to reach, in relation to code written by hand and to the best of
// the others.
const (
	dataPostgres, dataSQLite = 0.95, 0.90
	dataOthers               = 1.1
	dataAllocs               = 1.3
)

// measureData measures data access alone: dao, code written by hand, gorm and bun,
// each in a process of its own, by turns.
func measureData(ctx context.Context, args []string, out io.Writer) (err error) {
	set := flag.NewFlagSet("bench data", flag.ContinueOnError)
	rounds := set.Int("rounds", 7, "how often to measure each contestant; they take turns")
	each := set.Duration("each", 300*time.Millisecond, "how long to measure each operation")
	asJSON := set.Bool("json", false, "print JSON instead of tables")
	if err := set.Parse(args); err != nil {
		return err
	}
	if *rounds < 1 || *each <= 0 {
		return errors.New("-rounds and -each must be above 0")
	}
	h := &harness{programs: map[program]string{}}
	if h.dir, err = os.MkdirTemp("", "terem-bench-"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	if h.programs[self], err = os.Executable(); err != nil {
		return err
	}
	if err := h.buildIn(ctx, gorm, ".", "./gorm"); err != nil {
		return err
	}
	if h.postgres, err = startPostgres(ctx); err != nil {
		return err
	}
	if h.files, err = newFiles(ctx, filepath.Join(h.dir, "sqlite"), ""); err != nil {
		return err
	}
	var tables []dataTable
	for _, e := range []engine{onPostgres, onSQLite} {
		t := dataTable{Engine: e, Figures: map[string][]map[string]data.Figure{}}
		for round := range *rounds {
			for i := range dataContestants {
				name := dataContestants[(i+round)%len(dataContestants)]
				f, err := h.dataRound(ctx, e, name, *each)
				if err != nil {
					return fmt.Errorf("%s on %s: %w", name, e, err)
				}
				t.Figures[name] = append(t.Figures[name], f)
			}
		}
		tables = append(tables, t)
	}
	if *asJSON {
		return json.NewEncoder(out).Encode(tables)
	}
	for _, t := range tables {
		if err := t.write(out); err != nil {
			return err
		}
	}
	return nil
}

// dataContestants are in the order of the table; the first is the base.
var dataContestants = []string{data.Hand, data.Terem, data.Bun, data.Gorm}

// dataRound measures one contestant once, on a fresh database.
func (h *harness) dataRound(ctx context.Context, e engine, name string, each time.Duration) (figures map[string]data.Figure, err error) {
	p := self
	if name == data.Gorm {
		p = gorm
	}
	var d database
	if e == onPostgres {
		d, err = h.postgres.fresh(ctx)
	} else {
		d, err = h.files.fresh(entry{program: p, sync: "off"})
	}
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, d.drop(ctx)) }()
	var out, said bytes.Buffer
	cmd := exec.CommandContext(ctx, h.programs[p], dataOne, name, d.url, each.String())
	cmd.Stdout, cmd.Stderr = &out, &said
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("%w\n%s", err, said.String())
	}
	return figures, json.Unmarshal(out.Bytes(), &figures)
}

// dataTable are the figures of all contestants on one engine, round by round.
type dataTable struct {
	Engine  engine                              `json:"engine"`
	Figures map[string][]map[string]data.Figure `json:"figures"`
}

func (t dataTable) write(out io.Writer) error {
	var b strings.Builder
	goal := dataPostgres
	if t.Engine == onSQLite {
		goal = dataSQLite
	}
	fmt.Fprintf(&b, "Data access in one transaction on %s: µs and allocations, medians; × is the work done in the same time as by hand, × CPU that done in the same time of the program's own processor.\n\n", t.Engine)
	cells := [][]string{{"", "by hand", "allocs", "Terem", "allocs", "×", "× CPU", "× best other", "× CPU", "bun", "gorm", "goals"}}
	for _, op := range data.Operations {
		ratio, used := t.ratio(op, data.Hand, data.Terem, wall), t.ratio(op, data.Hand, data.Terem, processor)
		best, least := t.best(op, wall), t.best(op, processor)
		hand, ours := t.median(op, data.Hand), t.median(op, data.Terem)
		met := "met"
		if ratio.Median < goal || best < dataOthers || ours.Allocs > dataAllocs*hand.Allocs {
			met = "missed"
		}
		cells = append(cells, []string{op, number(hand.NS/1e3, 1), number(hand.Allocs, 0), number(ours.NS/1e3, 1), number(ours.Allocs, 0),
			ranged(ratio, 2), number(used.Median, 2), number(best, 2), number(least, 2), number(t.median(op, data.Bun).NS/1e3, 1), number(t.median(op, data.Gorm).NS/1e3, 1), met})
	}
	align(&b, cells)
	fmt.Fprintf(&b, "\nGoals: × at least %.2f, × the best of the others at least %.2f, allocations at most %.1f times those by hand.\n\n", goal, dataOthers, dataAllocs)
	_, err := io.WriteString(out, b.String())
	return err
}

func wall(f data.Figure) float64      { return f.NS }
func processor(f data.Figure) float64 { return f.CPU }

// ratio returns how much more work the second does in the time of the first,
// round by round.
func (t dataTable) ratio(op, first, second string, time func(data.Figure) float64) spread {
	var values []float64
	for i, f := range t.Figures[first] {
		values = append(values, time(f[op])/time(t.Figures[second][i][op]))
	}
	return spreadOf(values)
}

// best returns how much more work Terem does in the time of the best of the others.
func (t dataTable) best(op string, time func(data.Figure) float64) float64 {
	return min(t.ratio(op, data.Bun, data.Terem, time).Median, t.ratio(op, data.Gorm, data.Terem, time).Median)
}

func (t dataTable) median(op, name string) data.Figure {
	var ns, allocs []float64
	for _, f := range t.Figures[name] {
		ns, allocs = append(ns, f[op].NS), append(allocs, f[op].Allocs)
	}
	return data.Figure{NS: spreadOf(ns).Median, Allocs: spreadOf(allocs).Median}
}
