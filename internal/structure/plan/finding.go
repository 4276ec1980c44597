package plan

import (
	"github.com/terem-go/terem/internal/structure"
	"github.com/terem-go/terem/internal/structure/rules"
)

// finding is what a check has found, and the room that it is in; "" when the file
// belongs to none, as a migration does.
type finding struct {
	rules.Finding
	Room string `json:"room"`
}

// locate returns the findings with their rooms, and how many there are in each.
func locate(app *structure.App, found []rules.Finding) ([]finding, map[string]int) {
	rooms := map[string]string{}
	for _, r := range app.Rooms {
		for _, f := range r.Files {
			rooms[f.Path] = r.Path
		}
	}
	out, counts := []finding{}, map[string]int{}
	for _, f := range found {
		f.Fix = nil // is not shown
		room, ok := rooms[f.File]
		if ok {
			counts[room]++
		}
		out = append(out, finding{f, room})
	}
	return out, counts
}
