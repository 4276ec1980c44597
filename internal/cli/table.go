package cli

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/terem-go/terem/internal/terminal"
)

// table prints rows in columns that fit the terminal, see writeTable.
func (c *console) table(rows [][]string, fold int) {
	writeTable(c.out, terminal.Width(c.out), rows, fold)
}

// writeTable prints rows in columns. Where they are wider than limit, unless that
// is 0, the cells from the one at fold on stand on a line of their own.
func writeTable(out io.Writer, limit int, rows [][]string, fold int) {
	width, total := widths(rows)
	for _, row := range rows {
		if limit == 0 || total <= limit {
			printCells(out, row, width)
			continue
		}
		printCells(out, row[:fold], width)
		printCells(out, append([]string{"   "}, row[fold:]...), nil)
	}
}

// gap is what stands between two columns.
const gap = 2

// widths returns the widths of the columns, and of all together.
func widths(rows [][]string) (list []int, total int) {
	for _, row := range rows {
		for i, cell := range row {
			if i == len(list) {
				list = append(list, 0)
			}
			list[i] = max(list[i], utf8.RuneCountInString(cell))
		}
	}
	for _, w := range list {
		total += w + gap
	}
	return list, total - gap
}

func printCells(out io.Writer, cells []string, width []int) {
	var b strings.Builder
	for i, cell := range cells {
		b.WriteString(cell)
		if i < len(width) {
			b.WriteString(strings.Repeat(" ", width[i]-utf8.RuneCountInString(cell)))
		}
		b.WriteString(strings.Repeat(" ", gap))
	}
	fmt.Fprintln(out, strings.TrimRight(b.String(), " "))
}
