package main

import "slices"

// spread is what was seen over the rounds.
type spread struct {
	Median float64 `json:"median"`
	Min    float64 `json:"min"`
	Max    float64 `json:"max"`
}

// spreadOf returns the spread of the values; of none, zeros.
func spreadOf(values []float64) spread {
	if len(values) == 0 {
		return spread{}
	}
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	return spread{
		Median: (sorted[(n-1)/2] + sorted[n/2]) / 2,
		Min:    sorted[0],
		Max:    sorted[n-1],
	}
}

// over returns the spread of one figure over the rounds.
func over(samples []sample, figure func(sample) float64) spread {
	values := make([]float64, len(samples))
	for i, s := range samples {
		values[i] = figure(s)
	}
	return spreadOf(values)
}

// ratio returns the spread of a figure in relation to another contestant's in
// the same round.
func ratio(samples, others []sample, of func(s, other sample) float64) spread {
	values := make([]float64, min(len(samples), len(others)))
	for i := range values {
		values[i] = of(samples[i], others[i])
	}
	return spreadOf(values)
}

// perCPU is how much work a contestant does with the same processor time, in
// relation to another: more than 1 is better.
func perCPU(s, other sample) float64 { return other.cpu() / s.cpu() }

// perSecond is how many requests a contestant answers in the same time, in
// relation to another: more than 1 is better.
func perSecond(s, other sample) float64 { return s.rate / other.rate }
