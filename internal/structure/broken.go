package structure

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Problem is why an application does not compile.
type Problem struct {
	Place        // without a file if it is nowhere in particular
	Text  string // as the compiler says it
}

// String returns the place and the text.
func (p Problem) String() string {
	if p.File == "" {
		return p.Text
	}
	return p.Place.String() + ": " + p.Text
}

// Broken is the error of Load for code that does not compile.
type Broken struct {
	Dir      string    // the application's folder
	Problems []Problem // all of them, in the order of files and lines
}

// shown is how many problems the text of a Broken has.
const shown = 10

// Error lists the first problems.
func (b *Broken) Error() string {
	var s strings.Builder
	fmt.Fprintf(&s, "the application in %s does not compile; mend it first:", b.Dir)
	for i, p := range b.Problems {
		if i == shown {
			fmt.Fprintf(&s, "\n\tand %d more: go build ./... shows them", len(b.Problems)-i)
			break
		}
		s.WriteString("\n\t" + p.String())
	}
	return s.String()
}

// sort puts the problems into order, and takes those out that are there twice.
func (b *Broken) sort() {
	slices.SortStableFunc(b.Problems, func(x, y Problem) int {
		return cmp.Or(strings.Compare(x.File, y.File), cmp.Compare(x.Line, y.Line))
	})
	b.Problems = slices.Compact(b.Problems)
}
