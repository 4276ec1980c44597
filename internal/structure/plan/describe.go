package plan

import (
	"fmt"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/terem-go/terem/internal/structure"
)

// description is a room as the page's drawing shows it.
type description struct {
	*room
	Path, Name, Kind string // Name is the last element of Path, or the last two
	Label            string // Name, as long as there is room for it
	Holds            string // what there is in it, in a line
	Findings         int
	FarSize          int // of its name when the house is seen from afar
}

func described(app *structure.App, h *house, findings map[string]int) []*description {
	routes, jobs, events := map[string]int{}, map[string]int{}, map[string]int{}
	for _, x := range app.Routes {
		routes[x.Room]++
	}
	for _, x := range app.Jobs {
		jobs[x.Room]++
	}
	for _, x := range app.Events {
		events[x.Room]++
	}
	bases := map[string]int{}
	for _, r := range h.Rooms {
		bases[path.Base(r.of.Path)]++
	}
	var out []*description
	for _, r := range h.Rooms {
		p := r.of.Path
		name := path.Base(p)
		if dir := path.Base(path.Dir(p)); bases[name] > 1 && dir != "." {
			name = dir + "/" + name
		}
		d := &description{room: r, Path: p, Name: roomName(name), Kind: string(r.of.Kind), Findings: findings[p]}
		d.Holds = holds(count{routes[p], "route"}, count{len(r.Tables), "table"}, count{jobs[p], "job"}, count{events[p], "event"})
		if d.Holds == "" {
			d.Holds = holds(count{len(r.Files), "file"})
		}
		inner := r.W - 2*roomPadding
		d.FarSize = min(r.H/2, 64, inner*17/10/utf8.RuneCountInString(d.Name))
		d.Label = shorten(d.Name, max(8, (inner-8*utf8.RuneCountInString(d.Holds))/12))
		out = append(out, d)
	}
	return out
}

// FarAt is where the name stands when the house is seen from afar, below the top of
// the room.
func (d *description) FarAt() int { return d.H/2 + d.FarSize/3 }

// Right is the right end of the room.
func (d *description) Right() int { return d.X + d.W }

// roomName is how a room is called where people read it.
func roomName(path string) string {
	if path == "." {
		return "main"
	}
	return path
}

type count struct {
	n    int
	noun string
}

func holds(counts ...count) string {
	var parts []string
	for _, c := range counts {
		switch {
		case c.n == 1:
			parts = append(parts, "1 "+c.noun)
		case c.n > 1:
			parts = append(parts, fmt.Sprint(c.n, " ", c.noun, "s"))
		}
	}
	return strings.Join(parts, " · ")
}
