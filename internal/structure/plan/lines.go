package plan

import (
	"fmt"
	"strings"

	"github.com/terem-go/terem/internal/structure"
)

type point struct{ x, y int }

// rounded returns the path of an SVG through points, which turns at right angles and
// with round corners. It ends a little before the last, where the head begins.
func rounded(points []point) string {
	const radius, headLength = 10, 10
	last := len(points) - 1
	points[last].y += sign(points[last-1].y-points[last].y) * headLength
	var b strings.Builder
	fmt.Fprintf(&b, "M%d %d", points[0].x, points[0].y)
	for i := 1; i < last; i++ {
		p := points[i]
		before, after := towards(p, points[i-1], radius), towards(p, points[i+1], radius)
		fmt.Fprintf(&b, "L%d %dQ%d %d %d %d", before.x, before.y, p.x, p.y, after.x, after.y)
	}
	fmt.Fprintf(&b, "L%d %d", points[last].x, points[last].y)
	return b.String()
}

// towards returns the point that lies n from p on the way to q, or half-way if that
// is closer.
func towards(p, q point, n int) point {
	step := func(from, to int) int { return sign(to-from) * min(n, max(to-from, from-to)/2) }
	return point{p.x + step(p.x, q.x), p.y + step(p.y, q.y)}
}

func sign(n int) int { return max(-1, min(1, n)) }

// head returns the path of an arrow's head with its point at x, y; each bond has a
// shape of its own.
func head(bond structure.Bond, x, y int, up bool) string {
	back := -11
	if up {
		back = 11
	}
	switch bond {
	case structure.BondEvent: // a circle
		return fmt.Sprintf("M%d %da5 5 0 1 0 0.1 0z", x, y+sign(back)*5-5)
	case structure.BondForeignKey: // a diamond
		return fmt.Sprintf("M%d %dl5 %dl-5 %dl-5 %dz", x, y, back/2, back/2, -back/2)
	}
	return fmt.Sprintf("M%d %dl6 %dh-12z", x, y, back)
}
