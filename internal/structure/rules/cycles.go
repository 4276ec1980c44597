package rules

import (
	"slices"
	"strings"

	"github.com/terem-go/terem/internal/structure"
)

// Cycle is a ring of domains each of which needs the next, and the last the first.
// Go refuses one of imports alone.
type Cycle []*structure.Arrow

// String returns the domains and why each needs the next: orders → users (import of
// Current) → orders (interface Balance).
func (c Cycle) String() string {
	var s strings.Builder
	s.WriteString(c[0].From)
	for _, a := range c {
		s.WriteString(" → " + a.To + " (" + strings.ReplaceAll(string(a.Bond), "_", " "))
		if len(a.Names) > 0 {
			s.WriteString(" " + strings.Join(a.Names, ", "))
		}
		s.WriteString(")")
	}
	return s.String()
}

// Cycles returns the rings of domains: for each arrow that leads back, the shortest
// one, and each ring once.
func Cycles(a *structure.App) []Cycle {
	domains := map[string]bool{}
	for _, r := range a.Rooms {
		domains[r.Path] = r.Kind == structure.KindDomain
	}
	next := map[string][]*structure.Arrow{}
	for _, arrow := range a.Arrows {
		if domains[arrow.From] && domains[arrow.To] && arrow.From != arrow.To {
			next[arrow.From] = append(next[arrow.From], arrow)
		}
	}
	var list []Cycle
	seen := map[string]bool{}
	for _, arrow := range a.Arrows {
		if arrow.Bond == structure.BondImport || !domains[arrow.From] || !domains[arrow.To] || arrow.From == arrow.To {
			continue
		}
		if back := shortest(next, arrow.To, arrow.From); back != nil {
			c := turn(append(Cycle{arrow}, back...))
			if !seen[c.String()] {
				seen[c.String()] = true
				list = append(list, c)
			}
		}
	}
	slices.SortFunc(list, func(a, b Cycle) int { return strings.Compare(a.String(), b.String()) })
	return list
}

// shortest returns the arrows of the shortest way, or nil.
func shortest(next map[string][]*structure.Arrow, from, to string) []*structure.Arrow {
	ways := map[string][]*structure.Arrow{from: {}}
	for queue := []string{from}; len(queue) > 0; queue = queue[1:] {
		for _, a := range next[queue[0]] {
			if _, been := ways[a.To]; been {
				continue
			}
			ways[a.To] = append(slices.Clip(ways[queue[0]]), a)
			if a.To == to {
				return ways[a.To]
			}
			queue = append(queue, a.To)
		}
	}
	return nil
}

// turn begins the ring at the domain whose name comes first.
func turn(c Cycle) Cycle {
	first := 0
	for i := range c {
		if c[i].From < c[first].From {
			first = i
		}
	}
	return append(slices.Clone(c[first:]), c[:first]...)
}
