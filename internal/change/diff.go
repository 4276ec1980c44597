package change

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// Hunk is a run of lines that stand in place of others. Lines have their ends.
type Hunk struct {
	Line int      `json:"line"` // of the first new one, from 1
	Old  []string `json:"old,omitempty"`
	New  []string `json:"new,omitempty"`
}

func lines(text []byte) []string {
	list := strings.SplitAfter(string(text), "\n")
	if n := len(list); list[n-1] == "" {
		list = list[:n-1]
	}
	return list
}

// diff returns what leads from one text to another.
func diff(before, after []byte) (hunks []Hunk) {
	a, b := lines(before), lines(after)
	head := 0
	for head < min(len(a), len(b)) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < min(len(a), len(b))-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	return between(a[head:len(a)-tail], b[head:len(b)-tail], head)
}

// between finds the longest common subsequence of lines. Texts of which too much
// differs become one hunk.
func between(a, b []string, above int) (hunks []Hunk) {
	const most = 1 << 22
	if len(a) == 0 && len(b) == 0 {
		return nil
	}
	if len(a)*len(b) > most {
		return []Hunk{{above + 1, a, b}}
	}
	width := len(b) + 1
	common := make([]int32, (len(a)+1)*width) // of a[i:] and b[j:]
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				common[i*width+j] = common[(i+1)*width+j+1] + 1
			} else {
				common[i*width+j] = max(common[(i+1)*width+j], common[i*width+j+1])
			}
		}
	}
	var h *Hunk
	for i, j := 0, 0; i < len(a) || j < len(b); {
		if i < len(a) && j < len(b) && a[i] == b[j] {
			h = nil
			i, j = i+1, j+1
			continue
		}
		if h == nil {
			hunks = append(hunks, Hunk{Line: above + j + 1})
			h = &hunks[len(hunks)-1]
		}
		if j == len(b) || i < len(a) && common[(i+1)*width+j] >= common[i*width+j+1] {
			h.Old = append(h.Old, a[i])
			i++
		} else {
			h.New = append(h.New, b[j])
			j++
		}
	}
	return hunks
}

// revert returns the text from before the hunks. It is false if the lines are not
// there.
func revert(after []byte, hunks []Hunk) ([]byte, bool) {
	list := lines(after)
	for _, h := range slices.Backward(hunks) {
		i := h.Line - 1
		if i < 0 || i+len(h.New) > len(list) || !slices.Equal(list[i:i+len(h.New)], h.New) {
			return nil, false
		}
		list = slices.Concat(list[:i], h.Old, list[i+len(h.New):])
	}
	return []byte(strings.Join(list, "")), true
}

// search reverts hunks whose lines have moved: each must stand in one place.
func search(after []byte, hunks []Hunk) ([]byte, *Hunk) {
	list := lines(after)
	for _, h := range slices.Backward(hunks) {
		at := -1
		for i := 0; i+len(h.New) <= len(list); i++ {
			if slices.Equal(list[i:i+len(h.New)], h.New) {
				if at >= 0 || len(h.New) == 0 {
					return nil, &h
				}
				at = i
			}
		}
		if at < 0 {
			return nil, &h
		}
		list = slices.Concat(list[:at], h.Old, list[at+len(h.New):])
	}
	return []byte(strings.Join(list, "")), nil
}

// unified prints the differences of two texts with three lines around each.
func unified(w io.Writer, name string, before, after []byte) {
	const around = 3
	a, hunks := lines(before), diff(before, after)
	fmt.Fprintf(w, "--- %s\n+++ %s\n", name, name)
	shift := 0 // how far new lines stand below old ones
	for len(hunks) > 0 {
		old := func(h Hunk) int { return h.Line - 1 - shift }
		from, end, grown, n := max(old(hunks[0])-around, 0), 0, 0, 0
		var text strings.Builder
		next := from
		for n < len(hunks) {
			h := hunks[n]
			at := h.Line - 1 - shift - grown
			if n > 0 && at > end+2*around {
				break
			}
			print(&text, " ", a[next:at])
			print(&text, "-", h.Old)
			print(&text, "+", h.New)
			next = at + len(h.Old)
			end, grown, n = next, grown+len(h.New)-len(h.Old), n+1
		}
		to := min(end+around, len(a))
		print(&text, " ", a[next:to])
		fmt.Fprintf(w, "@@ -%d,%d +%d,%d @@\n%s", from+1, to-from, from+1+shift, to-from+grown, text.String())
		hunks, shift = hunks[n:], shift+grown
	}
}

func print(b *strings.Builder, mark string, list []string) {
	for _, l := range list {
		b.WriteString(mark + strings.TrimSuffix(strings.TrimSuffix(l, "\n"), "\r") + "\n")
		if !strings.HasSuffix(l, "\n") {
			b.WriteString("\\ No newline at end of file\n")
		}
	}
}
