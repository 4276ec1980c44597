package plan

import (
	"fmt"
	"io"
	"strings"

	"github.com/terem-go/terem/internal/structure"
)

// lines are how Mermaid draws the bonds.
var lines = map[structure.Bond]string{
	structure.BondImport:     "-->",
	structure.BondInterface:  "-.->",
	structure.BondEvent:      "-.-o",
	structure.BondForeignKey: "==>",
}

// mostArrows is how many arrows Mermaid draws unless it is told otherwise.
const mostArrows = 500

// Mermaid writes the rooms and arrows as a flowchart of Mermaid, a floor as a
// subgraph. Imports have no label; other arrows say what they are for. Where there are
// more arrows than Mermaid draws, those of main and to the lowest floor are left out.
// It returns the error of w.
func Mermaid(w io.Writer, app *structure.App) error {
	var b strings.Builder
	b.WriteString("flowchart TD\n")
	ids := map[string]string{}
	for i, f := range floors(app, len(app.Rooms)) {
		fmt.Fprintf(&b, "  subgraph f%d[%s]\n", i, quoted(f.name))
		for _, row := range f.rows {
			for _, r := range row {
				ids[r.Path] = fmt.Sprintf("r%d", len(ids))
				fmt.Fprintf(&b, "    %s[%s]\n", ids[r.Path], quoted(roomName(r.Path)))
			}
		}
		b.WriteString("  end\n")
	}
	few := len(app.Arrows) > mostArrows
	if few {
		b.WriteString("  %% The arrows of main and to the lowest floor are left out: Mermaid draws no more than 500.\n")
	}
	kinds := map[string]structure.Kind{}
	for _, r := range app.Rooms {
		kinds[r.Path] = r.Kind
	}
	for _, a := range app.Arrows {
		from, to := ids[a.From], ids[a.To]
		if from == "" || to == "" || from == to || few && quiet(kinds[a.From], kinds[a.To]) {
			continue
		}
		line := lines[a.Bond]
		if a.Bond != structure.BondImport && len(a.Names) > 0 {
			line += "|" + quoted(strings.Join(a.Names, ", ")) + "|"
		}
		fmt.Fprintf(&b, "  %s %s %s\n", from, line, to)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// quoted returns a label that Mermaid takes as it is, whatever is in it.
func quoted(label string) string {
	return `"` + strings.NewReplacer("&", "&amp;", `"`, "&quot;", "<", "&lt;", ">", "&gt;", "`", "&#96;", "#", "&#35;", "\n", " ").Replace(label) + `"`
}
