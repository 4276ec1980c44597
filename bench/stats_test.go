package main

import (
	"math"
	"testing"
	"time"

	"github.com/terem-go/terem/bench/load"
)

func TestSpreadOf(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		values []float64
		want   spread
	}{
		"none":  {nil, spread{}},
		"one":   {[]float64{3}, spread{3, 3, 3}},
		"odd":   {[]float64{9, 1, 2}, spread{2, 1, 9}},
		"even":  {[]float64{4, 1, 2, 9}, spread{3, 1, 9}},
		"alike": {[]float64{2, 2, 2, 2}, spread{2, 2, 2}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := spreadOf(test.values); got != test.want {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
}

// The ratio is that of each round, not that of the medians: in the second round
// the machine was slow for both.
func TestRatio(t *testing.T) {
	t.Parallel()
	terem := []sample{{rate: 900, app: 60, db: 40}, {rate: 400, app: 120, db: 80}, {rate: 800, app: 70, db: 55}}
	hand := []sample{{rate: 1000, app: 50, db: 40}, {rate: 500, app: 100, db: 80}, {rate: 1000, app: 60, db: 40}}
	if got, want := ratio(terem, hand, perSecond), (spread{0.8, 0.8, 0.9}); got != want {
		t.Errorf("per second: %+v, want %+v", got, want)
	}
	if got, want := ratio(terem, hand, perCPU), (spread{0.9, 0.8, 0.9}); got != want {
		t.Errorf("per CPU: %+v, want %+v", got, want)
	}
}

func TestNewSample(t *testing.T) {
	t.Parallel()
	r := load.Result{Requests: 1900, Failed: 100, Failure: "503", Took: 2 * time.Second, P50: 3 * time.Millisecond, P99: 1500 * time.Microsecond}
	u := usage{app: 100 * time.Millisecond, db: 40 * time.Millisecond, memory: memory{Mallocs: 90_000, TotalAlloc: 4_000_000}}
	want := sample{rate: 950, app: 50, db: 20, p50: 3, p99: 1.5, allocs: 45, bytes: 2000, failed: 100, failure: "503"}
	if got := newSample(r, u); got != want || got.cpu() != 70 {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestVerdicts(t *testing.T) {
	t.Parallel()
	r := rowReport{
		row: row{goals: []goal{{"hand", 0.9}, {"slow", 2}, {"absent", 1}}},
		lines: []line{
			{entry{name: "terem"}, []sample{{rate: 95, app: 100, p50: 2, p99: 30}}},
			{entry{name: "hand", label: "by hand"}, []sample{{rate: 100, app: 92}}},
			{entry{name: "slow"}, []sample{{rate: 50, app: 300}}}, // met by CPU, missed by requests
		},
	}
	got := r.verdicts()
	if len(got) != 3 {
		t.Fatalf("%+v", got)
	}
	for i, want := range []struct {
		met               bool
		perCPU, perSecond float64
	}{{true, 0.92, 0.95}, {false, 3, 1.9}} {
		v := got[i]
		if v.Met != want.met || math.Abs(v.PerCPU.Median-want.perCPU) > 1e-9 || math.Abs(v.PerSecond.Median-want.perSecond) > 1e-9 {
			t.Errorf("%d: %+v", i, v)
		}
	}
	if v := got[2]; v.Met || v.Tail.Median != 15 {
		t.Errorf("the tail: %+v", v)
	}
}
