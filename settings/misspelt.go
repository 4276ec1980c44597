package settings

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// misspelt adds the names in the file that look like misspellings of settings. Others are none of our
// business, since the file may serve other programs too; and so is a name beside the setting that it
// resembles, like DB_PORT beside DB_HOST.
func (d dotenv) misspelt(fields []field, p *Problems) {
	known := map[string]bool{}
	for _, f := range fields {
		known[f.name] = true
	}
	names := slices.SortedFunc(maps.Keys(d.entries), func(a, b string) int {
		return cmp.Or(cmp.Compare(d.entries[a].line, d.entries[b].line), cmp.Compare(a, b))
	})
	for _, name := range names {
		if known[name] {
			continue
		}
		best, least := "", 0
		for _, f := range fields {
			n := distance(strings.ToUpper(name), strings.ToUpper(f.name))
			if n > tolerance(name, f.name) || d.entries[f.name].text != "" {
				continue
			}
			if best == "" || n < least {
				best, least = f.name, n
			}
		}
		if best != "" {
			p.list = append(p.list, Problem{
				Name:   name,
				Source: d.source(d.entries[name].line),
				Text:   fmt.Sprintf("not a setting; did you mean %s? If both are meant, set %[1]s too", best),
			})
		}
	}
}

// tolerance is the distance up to which one name can be a misspelling of another: two edits, but fewer than
// half of the characters, or PORT would be a misspelling of HOST.
func tolerance(a, b string) int {
	return min(2, (max(len(a), len(b))-1)/2)
}

// distance is how many bytes must be inserted, removed or replaced to turn a into b.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replace := diagonal
			if a[i] != b[j] {
				replace++
			}
			diagonal = row[j+1]
			row[j+1] = min(replace, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
