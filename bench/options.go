package main

import (
	"errors"
	"flag"
	"fmt"
	"path"
	"strings"
	"time"
)

// options are the flags of a run.
type options struct {
	json    bool
	quick   bool
	only    patterns
	rounds  int
	each    time.Duration // of measuring
	warmUp  time.Duration // before it
	profile string        // the directory for CPU profiles, or ""
}

// clients is how many connections the load has.
const clients = 32

func parseOptions(args []string) (options, error) {
	var o options
	set := flag.NewFlagSet("bench", flag.ContinueOnError)
	set.BoolVar(&o.json, "json", false, "print JSON instead of tables")
	set.BoolVar(&o.quick, "quick", false, "one short round, to see that everything runs; its figures mean nothing")
	only := set.String("only", "", "the rows to measure, such as pg-read, or sqlite-*/terem; several with commas")
	set.IntVar(&o.rounds, "rounds", 5, "how often to measure each contestant; they take turns")
	seconds := set.Float64("seconds", 2, "how long to measure each time")
	set.StringVar(&o.profile, "profile", "", "write CPU profiles of the contestants into this directory; they cost a little")
	if err := set.Parse(args); err != nil {
		return o, err
	}
	if set.NArg() > 0 {
		return o, fmt.Errorf("unknown command %q; there are session, logins, data, jobs, house, conduit, and flags (-h)", set.Arg(0))
	}
	if o.rounds < 1 || *seconds <= 0 {
		return o, errors.New("-rounds and -seconds must be above 0")
	}
	o.each, o.warmUp = time.Duration(*seconds*float64(time.Second)), time.Second/2
	if o.quick {
		o.rounds, o.each, o.warmUp = 1, 200*time.Millisecond, 50*time.Millisecond
	}
	var err error
	o.only, err = parsePatterns(*only)
	return o, err
}

// patterns choose contestants of rows, such as pg-read or sqlite-*/terem. None
// choose all.
type patterns []string

func parsePatterns(s string) (patterns, error) {
	if s == "" {
		return nil, nil
	}
	var all patterns
	for p := range strings.SplitSeq(s, ",") {
		if !strings.Contains(p, "/") {
			p += "/*"
		}
		matched := false
		for _, r := range rows {
			for _, e := range r.entries {
				ok, err := path.Match(p, r.name+"/"+e.name)
				if err != nil {
					return nil, fmt.Errorf("-only %s: %w", p, err)
				}
				matched = matched || ok
			}
		}
		if !matched {
			return nil, fmt.Errorf("-only %s: no such row; there are %s", p, strings.Join(rowNames(), ", "))
		}
		all = append(all, p)
	}
	return all, nil
}

// choose reports whether a contestant of a row is to be measured.
func (all patterns) choose(row, entry string) bool {
	for _, p := range all {
		if ok, _ := path.Match(p, row+"/"+entry); ok {
			return true
		}
	}
	return len(all) == 0
}
