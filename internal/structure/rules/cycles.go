package rules

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/terem-go/terem/internal/structure"
)

// Cycle is a ring of domains each of which needs the next, and the last the first.
// Go refuses one of imports alone.
type Cycle struct {
	Rooms  []string           `json:"rooms"`
	Arrows []*structure.Arrow `json:"arrows"` // from each to the next
}

// String returns the domains and why each needs the next: orders → users (import
// Current) → orders (interface Balance).
func (c Cycle) String() string {
	var s strings.Builder
	s.WriteString(c.Rooms[0])
	for i, room := range c.Rooms {
		next := c.Rooms[(i+1)%len(c.Rooms)]
		var bonds []string
		for _, a := range c.Arrows {
			if a.From == room && a.To == next {
				bonds = append(bonds, strings.TrimSpace(strings.ReplaceAll(string(a.Bond), "_", " ")+" "+strings.Join(a.Names, ", ")))
			}
		}
		fmt.Fprintf(&s, " → %s (%s)", next, strings.Join(bonds, "; "))
	}
	return s.String()
}

// Cycles returns the rings of domains: for each arrow the shortest one that it is
// part of, and each ring once.
func Cycles(a *structure.App) []Cycle {
	domains := map[string]bool{}
	for _, r := range a.Rooms {
		domains[r.Path] = r.Kind == structure.KindDomain
	}
	var arrows []*structure.Arrow
	next := map[string][]string{}
	for _, arrow := range a.Arrows {
		if domains[arrow.From] && domains[arrow.To] && arrow.From != arrow.To {
			arrows = append(arrows, arrow)
			next[arrow.From] = append(next[arrow.From], arrow.To)
		}
	}
	rings := map[string]Cycle{}
	for _, arrow := range arrows {
		if arrow.Bond == structure.BondImport {
			continue
		}
		if way := shortest(next, arrow.To, arrow.From); way != nil {
			rooms := turn(way)
			rings[strings.Join(rooms, " ")] = Cycle{rooms, between(rooms, arrows)}
		}
	}
	list := make([]Cycle, 0, len(rings))
	for _, key := range slices.Sorted(maps.Keys(rings)) {
		list = append(list, rings[key])
	}
	return list
}

// between returns the arrows from each room to the next one.
func between(rooms []string, arrows []*structure.Arrow) (list []*structure.Arrow) {
	for i, room := range rooms {
		for _, a := range arrows {
			if a.From == room && a.To == rooms[(i+1)%len(rooms)] {
				list = append(list, a)
			}
		}
	}
	return list
}

// shortest returns the rooms of the shortest way, both ends included, or nil.
func shortest(next map[string][]string, from, to string) []string {
	ways := map[string][]string{from: {from}}
	for queue := []string{from}; len(queue) > 0; queue = queue[1:] {
		for _, room := range next[queue[0]] {
			if _, been := ways[room]; been {
				continue
			}
			ways[room] = append(slices.Clip(ways[queue[0]]), room)
			if room == to {
				return ways[room]
			}
			queue = append(queue, room)
		}
	}
	return nil
}

// turn begins a ring at the room whose name comes first.
func turn(ring []string) []string {
	first := slices.Index(ring, slices.Min(ring))
	return slices.Concat(ring[first:], ring[:first])
}
