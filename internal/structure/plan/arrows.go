package plan

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/terem-go/terem/internal/structure"
)

// arrow is an arrow and how it is drawn.
type arrow struct {
	Index int // in App.Arrows
	Bond  structure.Bond
	Quiet bool
	Line  string
	Head  string
}

// quiet reports whether an arrow says little, as almost every room has one: of main, or
// to the cellar.
func quiet(from, to structure.Kind) bool {
	return from == structure.KindMain || floorOf[to] == cellar
}

// way is how an arrow runs: out of a room, along the corridor beside it, down or up
// a gutter if there are rows between, along the corridor beside the other room, into
// that. Corridor 0 is above the first row.
type way struct {
	index    int
	of       *structure.Arrow
	from, to *room
	up       bool // it leaves the room at the top
	into     bool // it enters the other room at its bottom
	out, in  int  // corridors
	gutter   int  // -1 when out and in are one corridor
	bundle   string
}

// tracks are the lines that bundles of arrows run on side by side in a corridor, in
// a gutter, or through a wall of a room.
type tracks map[string]int

// ways are all ways and what they share.
type ways struct {
	all       []*way
	corridors map[int]tracks
	gutters   map[int]tracks
	doors     map[string]tracks // by room and wall
}

// route finds the way of each arrow. Arrows of one bond to one room run in one
// bundle, and those of main in a bundle of their own, as its room has one to all.
func (h *house) route(arrows []*structure.Arrow) *ways {
	ws := &ways{corridors: map[int]tracks{}, gutters: map[int]tracks{}, doors: map[string]tracks{}}
	for i, a := range arrows {
		from, to := h.byPath[a.From], h.byPath[a.To]
		if from == nil || to == nil || from == to {
			continue
		}
		w := &way{index: i, of: a, from: from, to: to, gutter: -1, bundle: string(a.Bond) + " to " + a.To}
		if from.of.Kind == structure.KindMain {
			w.bundle = string(a.Bond) + " of " + a.From
		}
		switch {
		case from.row < to.row:
			w.out, w.in = from.row+1, to.row
		case from.row == to.row:
			w.out, w.in, w.into = from.row+1, from.row+1, true
		default:
			w.up, w.into, w.out, w.in = true, true, from.row, to.row+1
		}
		if w.out != w.in {
			w.gutter = h.gutter(w)
		}
		ws.all = append(ws.all, w)
	}
	ws.share()
	return ws
}

// gutter returns the gutter closest to the end of the way that no room stands in.
func (h *house) gutter(w *way) int {
	first, last := min(w.out, w.in), max(w.out, w.in)-1 // the rows between the corridors
	best, distance := 0, -1
	for g := range h.columns + 1 {
		free := true
		for _, row := range h.rows[first : last+1] {
			for _, r := range row {
				free = free && (g <= r.col || g >= r.col+r.span)
			}
		}
		x := wallWidth - gutterWidth/2 + g*(roomWidth+gutterWidth)
		if d := max(x-w.to.Middle(), w.to.Middle()-x); free && (distance < 0 || d < distance) {
			best, distance = g, d
		}
	}
	return best
}

// share gives each bundle its track wherever it runs, from left to right in the order
// of where the bundles lead.
func (ws *ways) share() {
	sorted := slices.Clone(ws.all)
	slices.SortStableFunc(sorted, func(a, b *way) int {
		return cmp.Or(cmp.Compare(a.to.Middle(), b.to.Middle()), cmp.Compare(a.bundle, b.bundle))
	})
	for _, w := range sorted {
		join(ws.corridors, w.out, w.bundle)
		join(ws.corridors, w.in, w.bundle)
		if w.gutter >= 0 {
			join(ws.gutters, w.gutter, w.bundle)
		}
		leave, enter := w.walls()
		join(ws.doors, leave, w.bundle)
		join(ws.doors, enter, w.bundle)
	}
}

func join[K comparable](places map[K]tracks, place K, bundle string) {
	if places[place] == nil {
		places[place] = tracks{}
	}
	if _, ok := places[place][bundle]; !ok {
		places[place][bundle] = len(places[place])
	}
}

// walls name the walls that the way leaves and enters by.
func (w *way) walls() (leave, enter string) {
	return wall(w.from, !w.up), wall(w.to, w.into)
}

func wall(r *room, bottom bool) string { return fmt.Sprint(r.of.Path, bottom) }

// at spreads the tracks over length and returns where that of the bundle is.
func (t tracks) at(bundle string, length int) int {
	return (t[bundle] + 1) * length / (len(t) + 1)
}

// draw turns the ways into lines and heads.
func (h *house) draw(ws *ways) {
	corridors := h.corridors(ws)
	for _, w := range ws.all {
		leave, enter := w.walls()
		x1 := w.from.X + ws.doors[leave].at(w.bundle, w.from.W)
		x2 := w.to.X + ws.doors[enter].at(w.bundle, w.to.W)
		y1, y2 := w.from.Y+w.from.H, w.to.Y
		if w.up {
			y1 = w.from.Y
		}
		if w.into {
			y2 = w.to.Y + w.to.H
		}
		line := []point{{x1, y1}}
		along := func(c int) int {
			b := corridors[c]
			return b.Y + 6 + ws.corridors[c].at(w.bundle, b.H-22)
		}
		line = append(line, point{x1, along(w.out)})
		if w.gutter >= 0 {
			x := wallWidth + w.gutter*(roomWidth+gutterWidth) - gutterWidth + ws.gutters[w.gutter].at(w.bundle, gutterWidth)
			line = append(line, point{x, along(w.out)}, point{x, along(w.in)})
		}
		line = append(line, point{x2, along(w.in)}, point{x2, y2})
		h.Arrows = append(h.Arrows, &arrow{Index: w.index, Bond: w.of.Bond, Quiet: quiet(w.from.of.Kind, w.to.of.Kind),
			Line: rounded(line), Head: head(w.of.Bond, x2, y2, w.into)})
	}
}

// corridors returns where the corridors are; heights must be known.
func (h *house) corridors(ws *ways) map[int]box {
	out := map[int]box{}
	for _, c := range slices.Sorted(maps.Keys(ws.corridors)) {
		b := box{W: h.Walls.W, H: ws.corridorHeight(c)}
		if c < len(h.rows) {
			b.Y = h.rows[c][0].Y - b.H
		} else {
			last := h.rows[c-1][0]
			b.Y = last.Y + last.H
		}
		out[c] = b
	}
	return out
}

// corridorHeight is how high a corridor is for the bundles that run in it.
func (ws *ways) corridorHeight(c int) int {
	return min(corridorMost, corridor+8*max(0, len(ws.corridors[c])-1))
}
