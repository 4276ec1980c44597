package main

import (
	"fmt"
	"io"
	"runtime"
	"strings"
	"unicode/utf8"
)

// writeTable writes the report for people.
func (rep *report) writeTable(out io.Writer) error {
	var b strings.Builder
	o := rep.options
	fmt.Fprintf(&b, "%s %s/%s, %d CPUs", runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
	if rep.postgres != "" {
		fmt.Fprintf(&b, ", PostgreSQL %s", rep.postgres)
	}
	fmt.Fprintf(&b, ". %d keep-alive clients, %d rounds of %v: median (min–max).\n", clients, o.rounds, o.each)
	if o.quick {
		b.WriteString("A quick run: the figures mean nothing.\n")
	}
	b.WriteString("× CPU: work with the same processor time, the application's and PostgreSQL's, in relation to the line marked *.\n" +
		"× req/s: requests in the same time, in relation to the same line. More than 1 is better in both.\n")
	for _, r := range rep.rows {
		r.write(&b)
	}
	for _, note := range rep.notes {
		fmt.Fprintf(&b, "\nNote: %s\n", note)
	}
	_, err := io.WriteString(out, b.String())
	return err
}

func (r *rowReport) write(b *strings.Builder) {
	fmt.Fprintf(b, "\n%s (%s)\n\n", r.row.title, r.row.name)
	t := [][]string{{"", "req/s", "app µs", "PG µs", "CPU µs", "p50 ms", "p99 ms", "allocs", "× CPU", "× req/s"}}
	if r.row.engine != onPostgres {
		t[0][3] = ""
	}
	failures := ""
	for _, f := range r.figures() {
		label := f.Label
		if f.Contestant == r.row.base {
			label += " *"
		}
		cells := []string{label, ranged(f.Rate, 0), number(f.App.Median, 1), "", ranged(f.CPU, 1),
			number(f.P50.Median, 2), number(f.P99.Median, 2), number(f.Allocs.Median, 0), "", ""}
		if r.row.engine == onPostgres {
			cells[3] = number(f.DB.Median, 1)
		}
		if f.PerCPU != nil {
			cells[8], cells[9] = ranged(*f.PerCPU, 2), ranged(*f.PerSecond, 2)
		}
		t = append(t, cells)
		if f.Failed > 0 {
			failures += fmt.Sprintf("%s: %d requests failed, the first with: %s\n", f.Label, f.Failed, f.Failure)
		}
	}
	align(b, t)
	b.WriteString(failures)
	if goals := r.verdicts(); len(goals) > 0 {
		t := [][]string{{"Goals", "wanted", "× CPU", "× req/s", "p99 / p50", ""}}
		for _, g := range goals {
			t = append(t, g.cells())
		}
		b.WriteString("\n")
		align(b, t)
	}
}

func (v verdict) cells() []string {
	want, met := "≥ ", "missed"
	if v.Tail != nil {
		want = "≤ "
	}
	if v.Met {
		met = "met"
	}
	cells := []string{v.Goal, want + number(v.Want, 2), "", "", "", met}
	for i, s := range []*spread{v.PerCPU, v.PerSecond, v.Tail} {
		if s != nil {
			cells[2+i] = ranged(*s, 2)
		}
	}
	return cells
}

// ranged shows a spread as 1.02 (0.98–1.05).
func ranged(s spread, digits int) string {
	if s.Min == s.Max {
		return number(s.Median, digits)
	}
	return fmt.Sprintf("%s (%s–%s)", number(s.Median, digits), number(s.Min, digits), number(s.Max, digits))
}

func number(v float64, digits int) string { return fmt.Sprintf("%.*f", digits, v) }

// align writes rows of cells in columns, the first one to the left, the others
// to the right.
func align(b *strings.Builder, t [][]string) {
	width := make([]int, len(t[0]))
	for _, cells := range t {
		for i, c := range cells {
			width[i] = max(width[i], utf8.RuneCountInString(c))
		}
	}
	for _, cells := range t {
		var l strings.Builder
		for i, c := range cells {
			space := strings.Repeat(" ", width[i]-utf8.RuneCountInString(c))
			switch {
			case i == 0:
				l.WriteString(c + space)
			case width[i] > 0:
				l.WriteString("  " + space + c)
			}
		}
		b.WriteString(strings.TrimRight(l.String(), " ") + "\n")
	}
}
