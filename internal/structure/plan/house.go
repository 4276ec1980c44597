package plan

import (
	"cmp"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/terem-go/terem/internal/structure"
)

// Measures of the house, in units of its drawing: pixels where it is not scaled.
const (
	roomWidth    = 3*windowWidth + 2*tileGap + 2*roomPadding // of a room that spans one column
	gutterWidth  = 48                                        // between two columns; arrows run there
	wallWidth    = 56                                        // free inside the outer walls; arrows run there, too
	roomPadding  = 16
	roomHeader   = 50 // its name, and what there is in it
	tileGap      = 8
	tileHeight   = 30
	windowWidth  = 104
	tableWidth   = 160
	corridor     = 38 // between two rows, and more for arrows
	corridorMost = 90 // however many arrows there are
	slab         = 22 // more between two floors
	widestSpan   = 3  // columns that a domain or service takes at most
)

// box is a place on the drawing.
type box struct {
	X int `json:"x"`
	Y int `json:"y"`
	W int `json:"w"`
	H int `json:"h"`
}

// Middle is half-way between its sides.
func (b box) Middle() int { return b.X + b.W/2 }

// tile is a file or a table, drawn inside its room.
type tile struct {
	box
	Name  string         `json:"name"` // the path of the file, the name of the table
	Label string         `json:"label"`
	Role  structure.Role `json:"role,omitempty"`
}

// room is a room and where it stands.
type room struct {
	box
	of             *structure.Room
	row, col, span int
	Files          []tile `json:"files"`
	Tables         []tile `json:"tables"`
}

// level is a floor of the drawing.
type level struct {
	Name   string
	Y      int // of the line that it stands on
	NameAt int
}

// house is the drawing. It depends on nothing but the facts, so that the same
// application is always drawn alike.
type house struct {
	box     // with what stands outside the walls
	Walls   box
	Roof    string
	Rise    int // of the roof
	Levels  []level
	Rooms   []*room
	Arrows  []*arrow
	columns int
	rows    [][]*room
	byPath  map[string]*room
}

// build draws the house of an application.
func build(app *structure.App) *house {
	h := &house{columns: columnsFor(len(app.Rooms)), byPath: map[string]*room{}}
	fs := floors(app, h.columns)
	tables := map[string][]string{}
	for _, t := range app.Tables {
		tables[t.Room] = append(tables[t.Room], t.Name)
	}
	for i, f := range fs {
		for _, row := range f.rows {
			h.place(row, i == 0 || i == len(fs)-1, tables)
		}
	}
	routes := h.route(app.Arrows)
	h.stack(fs, routes)
	for _, r := range h.Rooms {
		r.furnish()
	}
	h.draw(routes)
	return h
}

// place puts a row of rooms into columns, so that they fill the width of the house
// where whole is set, and otherwise as far as they look like rooms.
func (h *house) place(row []*structure.Room, whole bool, tables map[string][]string) {
	span, rest := h.columns/len(row), h.columns%len(row)
	if !whole && span >= widestSpan {
		span, rest = widestSpan, 0
	}
	col := (h.columns - span*len(row) - rest) / 2
	var placed []*room
	for i, of := range row {
		r := &room{of: of, row: len(h.rows), col: col, span: span}
		if i < rest {
			r.span++
		}
		r.X = wallWidth + col*(roomWidth+gutterWidth)
		r.W = r.span*roomWidth + (r.span-1)*gutterWidth
		r.tiles(tables[of.Path])
		col += r.span
		placed = append(placed, r)
		h.Rooms, h.byPath[of.Path] = append(h.Rooms, r), r
	}
	for _, r := range placed { // a row is as high as its fullest room
		for _, other := range placed {
			r.H = max(r.H, other.H)
		}
	}
	h.rows = append(h.rows, placed)
}

// shown is the order of files in a room: the way of a request, then the rest.
var shown = []structure.Role{
	structure.RoleRouter, structure.RoleSchemas, structure.RoleDependencies, structure.RoleAuth, structure.RoleRepository,
	structure.RoleModels, structure.RoleDomain, structure.RoleJobs, structure.RoleEvents, structure.RoleErrors, structure.RoleCommands,
	structure.RoleNone, structure.RoleDoc,
}

// tiles gives the room its files and tables, and the height that they need.
func (r *room) tiles(tables []string) {
	files := slices.DeleteFunc(slices.Clone(r.of.Files), func(f *structure.File) bool { return f.Role == structure.RoleTest })
	slices.SortStableFunc(files, func(a, b *structure.File) int {
		return cmp.Or(cmp.Compare(slices.Index(shown, a.Role), slices.Index(shown, b.Role)), cmp.Compare(a.Path, b.Path))
	})
	r.Files, r.Tables = []tile{}, []tile{}
	for _, f := range files {
		name := strings.TrimSuffix(path.Base(f.Path), ".go")
		r.Files = append(r.Files, tile{Name: f.Path, Label: shorten(name, 13), Role: f.Role})
	}
	for _, t := range tables {
		r.Tables = append(r.Tables, tile{Name: t, Label: shorten(t, 18)})
	}
	r.H = max(roomHeader+tileHeight+roomPadding, r.furnish())
}

// furnish puts the tiles where they belong in the room and returns the height that
// they need. Tables stand below files, or beside them when one row is enough.
func (r *room) furnish() int {
	inner := r.W - 2*roomPadding
	y := tileRow(r.Files, r.X+roomPadding, r.Y+roomHeader, inner, windowWidth)
	if files := len(r.Files) * (windowWidth + tileGap); files+len(r.Tables)*(tableWidth+tileGap)-tileGap <= inner {
		y = max(y, tileRow(r.Tables, r.X+roomPadding+files, r.Y+roomHeader, inner-files, tableWidth))
	} else {
		y = tileRow(r.Tables, r.X+roomPadding, y, inner, tableWidth)
	}
	return y - tileGap + roomPadding - r.Y
}

// tileRow puts tiles into rows from x, y on and returns where the next row begins.
func tileRow(tiles []tile, x, y, inner, width int) int {
	perRow := max(1, (inner+tileGap)/(width+tileGap))
	for i := range tiles {
		tiles[i].box = box{X: x + i%perRow*(width+tileGap), Y: y + i/perRow*(tileHeight+tileGap), W: width, H: tileHeight}
	}
	return y + (len(tiles)+perRow-1)/perRow*(tileHeight+tileGap)
}

// shorten cuts a label to n letters.
func shorten(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n-1]) + "…"
}
