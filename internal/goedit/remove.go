package goedit

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/token"
	"slices"
	"strings"
)

// ChangedError says that added text cannot be taken back, because it is not there
// any more as it was written.
type ChangedError struct {
	File  string
	Line  int    // where its scope begins; 0 if that is gone, too
	Scope string // as in Insert
	Text  string // what was written
}

// Error names the file and the place.
func (e *ChangedError) Error() string {
	where := e.File + ":"
	switch {
	case e.Line > 0 && e.Scope != "":
		where = fmt.Sprintf("%s:%d: in %s", e.File, e.Line, e.Scope)
	case e.Scope != "":
		where = fmt.Sprintf("%s: %s is gone, and in it", e.File, e.Scope)
	}
	return fmt.Sprintf("%s this is no longer as it was written:\n\n%s\n", where, strings.Trim(e.Text, "\n"))
}

// Remove takes an insert back, or returns a *ChangedError.
func (f *File) Remove(in Insert) error {
	lo, hi, ok := f.scope(in.Scope)
	if !ok {
		return &ChangedError{f.name, 0, in.Scope, in.Text}
	}
	changed := &ChangedError{f.name, 1 + bytes.Count(f.src[:lo], []byte("\n")), in.Scope, in.Text}
	before := f.src
	if !f.take(lo, hi, in) || f.parse() != nil {
		f.src = before
		_ = f.parse() // as it was before
		return changed
	}
	return nil
}

// take takes an insert out of its scope.
func (f *File) take(lo, hi int, in Insert) bool {
	if in.In != "" {
		return f.fromString(lo, hi, in)
	}
	found := find(tokens(f.src[lo:hi]), tokens([]byte(in.Text)))
	if len(found) == 0 {
		return false
	}
	m := found[min(in.Nth, len(found)-1)]
	cut, ok := span{lo + m.pos, lo + m.end}, true
	if in.Old == "" {
		cut, ok = f.around(cut, in.Text)
	}
	f.src = slices.Concat(f.src[:cut.pos], []byte(in.Old), f.src[cut.end:])
	return ok
}

// around returns what is cut out for tokens, with the white space that came with
// them. It is false if something else has come to stand in their lines.
func (f *File) around(at span, text string) (span, bool) {
	body := strings.TrimSpace(text)
	lead, trail, _ := strings.Cut(text, body)
	if !strings.Contains(trail, "\n") {
		for at.end < len(f.src) && strings.HasSuffix(text, " ") && f.src[at.end] == ' ' {
			at.end++
		}
		return at, true
	}
	rest := f.src[at.end:]
	if i := bytes.IndexByte(rest, '\n'); i >= 0 {
		rest = rest[:i+1]
	}
	if len(bytes.Trim(rest, " \t\r\n;")) > 0 {
		return at, false
	}
	at.end += len(rest)
	begin, blank := f.line(at.pos)
	if !blank {
		return at, true
	}
	at.pos = begin
	for range strings.Count(lead, "\n") {
		if begin, blank := f.line(max(at.pos-1, 0)); blank {
			at.pos = begin
		}
	}
	if head := bytes.TrimRight(f.src[:at.pos], " \t\n"); bytes.HasSuffix(head, []byte("{")) {
		if tail := bytes.TrimLeft(f.src[at.end:], " \t\n"); bytes.HasPrefix(tail, []byte("}")) { // people write {}
			return span{len(head), len(f.src) - len(tail)}, true
		}
	}
	for range strings.Count(trail, "\n") - 1 {
		line, _, more := bytes.Cut(f.src[at.end:], []byte("\n"))
		if more && len(bytes.TrimSpace(line)) == 0 {
			at.end += len(line) + 1
		}
	}
	return at, true
}

// DropImport takes an import back unless the file uses the package.
func (f *File) DropImport(im Import) {
	if f.uses(im.called()) {
		return
	}
	for _, n := range f.ast.Decls {
		g, ok := n.(*ast.GenDecl)
		if !ok || g.Tok != token.IMPORT {
			continue
		}
		for i, s := range g.Specs {
			other := imported(s)
			if other.Path != im.Path || other.called() != im.called() {
				continue
			}
			before := f.src
			f.dropSpec(g, i, im.Grouped)
			if f.parse() != nil {
				f.src = before
			}
			return
		}
	}
}

func (f *File) dropSpec(g *ast.GenDecl, i int, ungroup bool) {
	s := g.Specs[i]
	cut := span{f.offset(s.Pos()), f.offset(s.End())}
	if len(g.Specs) == 1 {
		cut = span{f.offset(g.Pos()), f.offset(g.End())}
	}
	begin, blank := f.line(cut.pos)
	if end, ok := f.below(cut.end); ok && blank {
		cut = span{begin, end}
		before, after := f.blank(cut.pos-1), f.blank(cut.end)
		first, last := i == 0, i == len(g.Specs)-1
		if len(g.Specs) == 1 && before || before && (after || last) {
			cut.pos, _ = f.line(cut.pos - 1)
		} else if first && after {
			cut.end++
		}
	} else if rest := bytes.TrimLeft(f.src[cut.end:], " \t"); bytes.HasPrefix(rest, []byte(";")) {
		cut.end = len(f.src) - len(bytes.TrimLeft(rest[1:], " \t"))
	} else if head := bytes.TrimRight(f.src[:cut.pos], " \t"); bytes.HasSuffix(head, []byte(";")) {
		cut.pos = len(head) - 1
	}
	f.src = slices.Concat(f.src[:cut.pos], f.src[cut.end:])
	if ungroup && len(g.Specs) == 2 && f.parse() == nil {
		f.ungroup(f.offset(g.Pos()))
	}
}

// blank reports whether the line at an offset is there, and has nothing in it.
func (f *File) blank(at int) bool {
	if at <= 0 || at >= len(f.src) {
		return false
	}
	begin, blank := f.line(at)
	return blank && f.src[at] == '\n' && begin == at
}

// ungroup takes the parentheses off the import at an offset, which stands alone in
// them.
func (f *File) ungroup(at int) {
	for _, n := range f.ast.Decls {
		g, ok := n.(*ast.GenDecl)
		if !ok || f.offset(g.Pos()) != at || len(g.Specs) != 1 || !g.Lparen.IsValid() {
			continue
		}
		spec := g.Specs[0]
		tail := f.src[f.offset(spec.Pos()):f.offset(g.Rparen)]
		f.src = slices.Concat(f.src[:f.offset(g.Lparen)], bytes.TrimSpace(tail), f.src[f.offset(g.Rparen)+1:])
	}
}

// uses reports whether the file names something of a package.
func (f *File) uses(name string) bool {
	found := false
	ast.Inspect(f.ast, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := s.X.(*ast.Ident); ok && x.Name == name {
				found = true
			}
		}
		return !found
	})
	return found
}
