package faultproxy

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
)

// Chance picks faults at random, and counts them by name, such as "commit: cut
// after". Its zero value picks none until Active is set.
type Chance struct {
	// Active lets it pick.
	Active atomic.Bool

	mu     sync.Mutex
	counts map[string]int
	turns  map[Point]int
}

// points are where something goes wrong, once in so many times.
var points = map[Point]struct {
	name string
	once int
}{
	Connect:   {"connect", 10},
	Begin:     {"begin", 40},
	Statement: {"statement", 100},
	Commit:    {"commit", 8},
}

type kind struct {
	name  string
	fault Fault
}

// The faults come in turn at each point. The slow ones take time, and are rare.
var (
	kinds = []kind{{"cut before", CutBefore}, {"cut when sent", CutSent}, {"cut after", CutAfter}}
	slow  = []kind{{"late", Late}, {"all cut before", AllBefore}, {"all cut after", AllAfter},
		{"silent before", SilentBefore}, {"silent after", SilentAfter}}
)

// Pick chooses the fault for a message, for Proxy.Pick.
func (c *Chance) Pick(where Point) Fault {
	at, ok := points[where]
	if !ok || !c.Active.Load() || rand.N(at.once) > 0 {
		return None
	}
	c.mu.Lock()
	if c.turns == nil {
		c.turns = map[Point]int{}
	}
	turn := c.turns[where]
	c.turns[where]++
	c.mu.Unlock()
	k := kinds[turn%len(kinds)]
	switch {
	case where == Connect:
		k = kinds[0] // there is one way to refuse a connection
	case turn%8 == 7:
		k = slow[turn/8%len(slow)]
	}
	c.Count(at.name + ": " + k.name)
	return k.fault
}

// Count adds one to the faults of a name, also for those that others make.
func (c *Chance) Count(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.counts == nil {
		c.counts = map[string]int{}
	}
	c.counts[name]++
}

// Missing returns the first of the names that was not counted yet, or "".
func (c *Chance) Missing(names ...string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, name := range names {
		if c.counts[name] == 0 {
			return name
		}
	}
	return ""
}

// Cuts are the names of the faults that come often.
func Cuts() []string {
	names := []string{"connect: cut before"}
	for _, where := range []Point{Begin, Statement, Commit} {
		for _, k := range kinds {
			names = append(names, points[where].name+": "+k.name)
		}
	}
	return names
}

// String returns how many faults there were, and of which names.
func (c *Chance) String() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	sum := 0
	for _, n := range slices.Collect(maps.Values(c.counts)) {
		sum += n
	}
	return fmt.Sprintf("%d faults %v", sum, c.counts)
}
