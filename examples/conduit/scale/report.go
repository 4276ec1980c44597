package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// print writes what happened, what clients saw, and what was lost.
func (l *load) print(out io.Writer, lost []string) {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "what happened\trequests\tfailed\tmedian\tp99\tlongest\twithout a write")
	for _, p := range l.phases {
		var kinds []string
		for _, kind := range slices.Sorted(maps.Keys(p.failed)) {
			kinds = append(kinds, fmt.Sprintf("%d × %s", p.failed[kind], kind))
		}
		failed := strings.Join(kinds, ", ")
		if failed == "" {
			failed = "0"
		}
		fmt.Fprintf(w, "%s\t%d\t%s\t%s\t%s\t%s\t%s\n", p.name, p.requests, failed, round(p.percentile(0.5)), round(p.percentile(0.99)), round(p.percentile(1)), round(p.gap))
	}
	_ = w.Flush()
	fmt.Fprintf(out, "\n%d articles were acknowledged, %d of them are lost.\n", len(l.articles), len(lost))
}

func round(d time.Duration) time.Duration { return d.Round(time.Millisecond) }
