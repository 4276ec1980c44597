package goedit

import (
	"bytes"
	"strings"
)

// AddDirective adds a line such as //terem:uses users to the end of the package
// comment. One that is there already stays alone.
func (f *File) AddDirective(text string) {
	doc := f.ast.Doc
	if doc == nil {
		f.above(f.offset(f.ast.Package), "", text)
		return
	}
	directives := 0
	for _, c := range doc.List {
		if c.Text == text {
			return
		}
		if isDirective(c.Text) {
			directives++
		}
	}
	if directives == 0 && bytes.HasPrefix([]byte(doc.List[len(doc.List)-1].Text), []byte("//")) {
		text = "//\n" + text
	}
	f.behind(f.offset(doc.End()), "", text)
}

func isDirective(comment string) bool {
	rest, ok := strings.CutPrefix(comment, "//")
	space, after, found := strings.Cut(rest, ":")
	return ok && found && space != "" && !strings.ContainsAny(space, " \t") && after != "" && after[0] != ' '
}
