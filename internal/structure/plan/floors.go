package plan

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/terem-go/terem/internal/structure"
)

// floor is a floor of the house, from the roof down: rooms stand on what they
// depend on, so that arrows lead down.
type floor struct {
	name string
	rows [][]*structure.Room
}

// The floors. Rooms for which the layout has no word stand at the top when no other
// uses them, as commands do, and at the bottom otherwise.
const (
	attic = iota
	entrances
	services
	domains
	cellar
	floorCount
)

var floorOf = map[structure.Kind]int{
	structure.KindMain:    attic,
	structure.KindPages:   entrances,
	structure.KindTasks:   entrances,
	structure.KindService: services,
	structure.KindDomain:  domains,
	structure.KindDAO:     cellar,
	structure.KindUtils:   cellar,
}

var plurals = map[structure.Kind]string{structure.KindService: "services", structure.KindDomain: "domains"}

// floors sorts the rooms into floors and rows of at most columns rooms. Within a layer
// they are in the order of their names, so that a new room moves few others.
func floors(app *structure.App, columns int) []floor {
	used := map[string]bool{}
	for _, a := range app.Arrows {
		used[a.To] = true
	}
	var rooms [floorCount][]*structure.Room
	for _, r := range app.Rooms {
		f, ok := floorOf[r.Kind]
		if !ok && used[r.Path] {
			f = cellar
		}
		rooms[f] = append(rooms[f], r)
	}
	var out []floor
	for i, rs := range rooms {
		if len(rs) == 0 {
			continue
		}
		slices.SortFunc(rs, func(a, b *structure.Room) int { return cmp.Compare(a.Path, b.Path) })
		layers := [][]*structure.Room{rs}
		if i == domains {
			layers = merged(layered(app, rs), columns)
		}
		f := floor{name: floorName(rs)}
		for _, layer := range layers {
			f.rows = slices.AppendSeq(f.rows, rowsOf(layer, columns))
		}
		out = append(out, f)
	}
	return out
}

// rowsOf deals a layer out to rows that are as full as each other.
func rowsOf(layer []*structure.Room, columns int) func(func([]*structure.Room) bool) {
	rows := (len(layer) + columns - 1) / columns
	return slices.Chunk(layer, (len(layer)+rows-1)/rows)
}

// layered sorts domains into layers, so that each stands above all that it imports.
func layered(app *structure.App, rooms []*structure.Room) [][]*structure.Room {
	imports := map[string][]string{}
	for _, a := range app.Arrows {
		if a.Bond == structure.BondImport {
			imports[a.From] = append(imports[a.From], a.To)
		}
	}
	known, heights := map[string]bool{}, map[string]int{}
	for _, r := range rooms {
		known[r.Path] = true
	}
	var height func(path string) int
	height = func(path string) int {
		h, seen := heights[path]
		if seen || !known[path] {
			return h
		}
		heights[path] = 0 // ends a cycle, which Go refuses anyway
		for _, to := range imports[path] {
			h = max(h, height(to))
		}
		heights[path] = h + 1
		return h + 1
	}
	layers := map[int][]*structure.Room{}
	top := 0
	for _, r := range rooms {
		h := height(r.Path)
		layers[h] = append(layers[h], r)
		top = max(top, h)
	}
	var out [][]*structure.Room
	for h := top; h > 0; h-- {
		if len(layers[h]) > 0 {
			out = append(out, layers[h])
		}
	}
	return out
}

// merged puts small layers side by side where the house would be a tower: in a long
// chain of domains some arrows lead aside then, to the right.
func merged(layers [][]*structure.Room, columns int) [][]*structure.Room {
	const tower = 6
	rows, rooms := 0, 0
	for _, l := range layers {
		rows, rooms = rows+(len(l)+columns-1)/columns, rooms+len(l)
	}
	if rows <= max(tower, 2*rooms/columns) {
		return layers
	}
	out := layers[:1]
	for _, l := range layers[1:] {
		if last := len(out) - 1; len(out[last])+len(l) <= columns {
			out[last] = append(out[last], l...)
		} else {
			out = append(out, l)
		}
	}
	return out
}

// columnsFor returns how many rooms stand side by side, for a house that is a little
// wider than high.
func columnsFor(rooms int) int {
	return max(2, int(math.Ceil(math.Sqrt(0.85*float64(rooms)))))
}

func floorName(rooms []*structure.Room) string {
	var names []string
	for _, r := range rooms {
		name := cmp.Or(plurals[r.Kind], string(r.Kind))
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}
