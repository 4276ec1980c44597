package main

import (
	"strings"
	"testing"
	"time"
)

func TestTable(t *testing.T) {
	t.Parallel()
	rep := report{
		postgres: "15.1",
		options:  options{rounds: 2, each: 2 * time.Second},
		notes:    []string{"a note"},
		rows: []*rowReport{{
			row: row{name: "pg-read", title: "A row", engine: onPostgres, base: "hand", goals: []goal{{"hand", 0.9}}},
			lines: []line{
				{entry{name: "hand", label: "by hand"}, []sample{{rate: 1000, app: 50, db: 30, p50: 1, p99: 4, allocs: 40}, {rate: 1200, app: 50, db: 30, p50: 1, p99: 4, allocs: 40}}},
				{entry{name: "terem", label: "Terem"}, []sample{
					{rate: 900, app: 60, db: 40, p50: 1.25, p99: 5, allocs: 80},
					{rate: 1200, app: 50, db: 30, p50: 1.25, p99: 5, allocs: 80, failed: 3, failure: "503 busy"},
				}},
			},
		}},
	}
	var b strings.Builder
	if err := rep.writeTable(&b); err != nil {
		t.Fatal(err)
	}
	_, got, _ := strings.Cut(b.String(), "A row (pg-read)\n\n")
	want := strings.TrimPrefix(`
                      req/s  app µs  PG µs             CPU µs  p50 ms  p99 ms  allocs             × CPU           × req/s
by hand *  1100 (1000–1200)    50.0   30.0               80.0    1.00    4.00      40              1.00              1.00
Terem       1050 (900–1200)    55.0   35.0  90.0 (80.0–100.0)    1.25    5.00      80  0.90 (0.80–1.00)  0.95 (0.90–1.00)
Terem: 3 requests failed, the first with: 503 busy

Goals                           wanted             × CPU           × req/s  p99 / p50
Terem, in relation to by hand   ≥ 0.90  0.90 (0.80–1.00)  0.95 (0.90–1.00)             met
Terem, p99 in relation to p50  ≤ 10.00                                           4.00  met

Note: a note
`, "\n")
	if got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}
