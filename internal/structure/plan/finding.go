package plan

import "github.com/terem-go/terem/internal/structure"

// Finding is what a check has found, to be shown where it is.
type Finding struct {
	Rule   string `json:"rule"`
	File   string `json:"file"` // relative to the application's folder
	Line   int    `json:"line"`
	Title  string `json:"title"`
	Reason string `json:"reason,omitempty"`
	WayOut string `json:"way_out,omitempty"`
	Room   string `json:"room"` // set by Page; "" where the file belongs to no room
}

// locate returns the findings with the rooms that their files belong to, and how
// many there are in each.
func locate(app *structure.App, findings []Finding) ([]Finding, map[string]int) {
	rooms := map[string]string{}
	for _, r := range app.Rooms {
		for _, f := range r.Files {
			rooms[f.Path] = r.Path
		}
	}
	out, counts := make([]Finding, len(findings)), map[string]int{}
	for i, f := range findings {
		if f.Room = rooms[f.File]; f.Room != "" {
			counts[f.Room]++
		}
		out[i] = f
	}
	return out, counts
}
