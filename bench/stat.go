package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// stat is what the bench needs of /proc/PID/stat.
type stat struct {
	parent int
	ended  time.Duration // the processor time of children that have ended
}

// tick is the unit of times in /proc: USER_HZ, the same on all of Go's Linux
// systems.
const tick = 10 * time.Millisecond

func parseStat(text string) (stat, error) {
	// The second field is the program's name in parentheses, which may itself
	// have any character.
	_, rest, _ := cutLast(text, ") ")
	fields := strings.Fields(rest) // from field 3 on, as proc(5) counts
	if len(fields) < 15 {
		return stat{}, fmt.Errorf("/proc/PID/stat is not as expected: %q", text)
	}
	var n [3]int
	for i, field := range []int{4, 16, 17} { // ppid, cutime, cstime
		var err error
		if n[i], err = strconv.Atoi(fields[field-3]); err != nil {
			return stat{}, fmt.Errorf("/proc/PID/stat is not as expected: %w", err)
		}
	}
	return stat{parent: n[0], ended: time.Duration(n[1]+n[2]) * tick}, nil
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}
