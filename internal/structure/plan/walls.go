package plan

import "fmt"

// stack sets the rows one below the other, with corridors between them that have
// room for their arrows, and builds the walls and the roof around.
func (h *house) stack(fs []floor, ws *ways) {
	inner := h.columns*roomWidth + (h.columns-1)*gutterWidth
	width := inner + 2*wallWidth
	rise := max(110, min(420, width/9))
	y, row := 0, 0
	for i, f := range fs {
		l := level{Name: f.name}
		for range f.rows {
			y += ws.corridorHeight(row)
			if l.NameAt == 0 {
				l.NameAt = y
			}
			for _, r := range h.rows[row] {
				r.Y = y
			}
			y += h.rows[row][0].H
			row++
		}
		l.Y = y + slab/2
		y += slab
		if i == len(fs)-1 {
			y += ws.corridorHeight(row) - corridor
			l.Y = y
		}
		h.Levels = append(h.Levels, l)
	}
	h.Walls = box{W: width, H: y}
	h.Roof, h.Rise = roof(width, rise), rise
	margin := 60
	for _, l := range h.Levels {
		margin = max(margin, 60+len(l.Name)*levelSize(width)/2)
	}
	h.box = box{X: -margin, Y: -rise*5/4 - 30, W: width + margin + 60, H: y + rise*5/4 + 60}
}

// roof returns the path of a roof with the swinging gable of old Russian houses over
// a house of a width, and of the ornament on its ridge.
func roof(width, rise int) string {
	eaves := 28
	half, left, right, d := width/2, -eaves, width+eaves, rise/12
	return fmt.Sprintf("M%d 0C%d %d %d %d %d %dC%d %d %d %d %d 0zM%d %dv%dm0 %dl%d %dl%d %dl%d %dz",
		left,
		width/5, -rise/20, half-width/9, -rise/2, half, -rise,
		half+width/9, -rise/2, width-width/5, -rise/20, right,
		half, -rise, -d, -2*d, d, d, -d, d, -d, -d)
}

// TitleSize is how large the application's name is written in the gable.
func (h *house) TitleSize() int { return h.Rise / 4 }

// TitleAt is where that name stands.
func (h *house) TitleAt() int { return -h.Rise / 8 }

// LevelSize is how large the names of the floors are written.
func (h *house) LevelSize() int { return levelSize(h.Walls.W) }

func levelSize(width int) int { return max(22, width/60) }
