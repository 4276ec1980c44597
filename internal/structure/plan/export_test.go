package plan

import "github.com/terem-go/terem/internal/structure"

// Box is a place on the drawing.
type Box struct{ X, Y, W, H int }

// Layout returns where the rooms stand and the lines of the arrows.
func Layout(app *structure.App) (rooms map[string]Box, lines map[int]string) {
	h := build(app)
	rooms, lines = map[string]Box{}, map[int]string{}
	for _, r := range h.Rooms {
		rooms[r.of.Path] = Box(r.box)
	}
	for _, a := range h.Arrows {
		lines[a.Index] = a.Line
	}
	return rooms, lines
}
