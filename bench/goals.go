package main

// goal is what Terem is to reach in a row.
type goal struct {
	against string  // a contestant
	ratio   float64 // at least
}

// tail is how many times p50 Terem's p99 may be.
const tail = 10

// verdict is a goal, and what was seen. Both ways of measuring are given: the
// one by processor time is the steadier, but does not see waiting for a disk.
type verdict struct {
	Goal      string  `json:"goal"`
	Want      float64 `json:"want"`
	PerCPU    *spread `json:"per_cpu,omitempty"`    // work with the same processor time
	PerSecond *spread `json:"per_second,omitempty"` // requests in the same time
	Tail      *spread `json:"p99_by_p50,omitempty"`
	Met       bool    `json:"met"` // by the median of everything that is given
}

// verdicts compares Terem's figures with the goals, where both contestants were
// measured.
func (r *rowReport) verdicts() []verdict {
	terem := r.line("terem")
	if terem == nil {
		return nil
	}
	var all []verdict
	for _, g := range r.row.goals {
		other := r.line(g.against)
		if other == nil {
			continue
		}
		cpu := ratio(terem.samples, other.samples, perCPU)
		rate := ratio(terem.samples, other.samples, perSecond)
		all = append(all, verdict{
			Goal: "Terem, in relation to " + other.entry.label, Want: g.ratio, PerCPU: &cpu, PerSecond: &rate,
			Met: cpu.Median >= g.ratio && rate.Median >= g.ratio,
		})
	}
	t := over(terem.samples, func(s sample) float64 { return s.p99 / s.p50 })
	return append(all, verdict{Goal: "Terem, p99 in relation to p50", Want: tail, Tail: &t, Met: t.Median <= tail})
}
