package main

import (
	"encoding/json"
	"io"
	"runtime"
)

// report is everything that was seen.
type report struct {
	postgres string // the server's version, or ""
	options  options
	rows     []*rowReport
	notes    []string
}

type rowReport struct {
	row   row
	lines []line
}

// line is one contestant of a row.
type line struct {
	entry   entry
	samples []sample // one for each round
}

// newReport returns a report without samples.
func newReport(h *harness) *report {
	rep := &report{options: h.options}
	if h.postgres != nil {
		rep.postgres = h.postgres.version
	}
	for _, r := range rows {
		chosen := h.entries(r)
		if len(chosen) == 0 {
			continue
		}
		rr := &rowReport{row: r}
		for _, e := range chosen {
			rr.lines = append(rr.lines, line{entry: e})
		}
		rep.rows = append(rep.rows, rr)
	}
	return rep
}

// line returns a contestant's line, or nil.
func (r *rowReport) line(name string) *line {
	for i := range r.lines {
		if r.lines[i].entry.name == name {
			return &r.lines[i]
		}
	}
	return nil
}

// figures are a line's, over the rounds.
type figures struct {
	Contestant string  `json:"contestant"`
	Label      string  `json:"label"`
	Rate       spread  `json:"requests_per_second"`
	App        spread  `json:"app_cpu_us"`
	DB         spread  `json:"postgres_cpu_us"`
	CPU        spread  `json:"cpu_us"`
	P50        spread  `json:"p50_ms"`
	P99        spread  `json:"p99_ms"`
	Allocs     spread  `json:"allocations"`
	Bytes      spread  `json:"allocated_bytes"`
	PerCPU     *spread `json:"per_cpu,omitempty"`    // in relation to the row's base
	PerSecond  *spread `json:"per_second,omitempty"` // in relation to the row's base
	Failed     int     `json:"failed"`
	Failure    string  `json:"failure,omitempty"`
}

func (r *rowReport) figures() []figures {
	base := r.line(r.row.base)
	all := make([]figures, 0, len(r.lines))
	for _, l := range r.lines {
		f := figures{
			Contestant: l.entry.name, Label: l.entry.label,
			Rate:   over(l.samples, func(s sample) float64 { return s.rate }),
			App:    over(l.samples, func(s sample) float64 { return s.app }),
			DB:     over(l.samples, func(s sample) float64 { return s.db }),
			CPU:    over(l.samples, sample.cpu),
			P50:    over(l.samples, func(s sample) float64 { return s.p50 }),
			P99:    over(l.samples, func(s sample) float64 { return s.p99 }),
			Allocs: over(l.samples, func(s sample) float64 { return s.allocs }),
			Bytes:  over(l.samples, func(s sample) float64 { return s.bytes }),
		}
		for _, s := range l.samples {
			if f.Failed == 0 {
				f.Failure = s.failure
			}
			f.Failed += s.failed
		}
		if base != nil {
			cpu, rate := ratio(l.samples, base.samples, perCPU), ratio(l.samples, base.samples, perSecond)
			f.PerCPU, f.PerSecond = &cpu, &rate
		}
		all = append(all, f)
	}
	return all
}

// writeJSON writes the report for machines.
func (rep *report) writeJSON(out io.Writer) error {
	type jsonRow struct {
		Name        string    `json:"name"`
		Title       string    `json:"title"`
		Base        string    `json:"base"`
		Contestants []figures `json:"contestants"`
		Goals       []verdict `json:"goals,omitempty"`
	}
	doc := struct {
		Go       string    `json:"go"`
		System   string    `json:"system"`
		CPUs     int       `json:"cpus"`
		Postgres string    `json:"postgres,omitempty"`
		Clients  int       `json:"clients"`
		Rounds   int       `json:"rounds"`
		Seconds  float64   `json:"seconds"`
		Quick    bool      `json:"quick"`
		Rows     []jsonRow `json:"rows"`
		Notes    []string  `json:"notes,omitempty"`
	}{
		Go: runtime.Version(), System: runtime.GOOS + "/" + runtime.GOARCH, CPUs: runtime.NumCPU(), Postgres: rep.postgres,
		Clients: clients, Rounds: rep.options.rounds, Seconds: rep.options.each.Seconds(), Quick: rep.options.quick, Notes: rep.notes,
	}
	for _, r := range rep.rows {
		doc.Rows = append(doc.Rows, jsonRow{r.row.name, r.row.title, r.row.base, r.figures(), r.verdicts()})
	}
	e := json.NewEncoder(out)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(doc)
}
