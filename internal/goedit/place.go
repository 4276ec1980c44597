package goedit

import (
	"bytes"
	"go/ast"
	"go/token"
	"slices"
	"strings"
)

// Place says where among others something is added.
type Place struct {
	names []string
	after bool
	end   bool
}

// Last is behind all others, and for a declaration behind others of its kind.
var Last = Place{}

// End is behind all others, of whatever kind.
var End = Place{end: true}

// Before is before the first of those that have one of the names, and behind all
// others if none has.
func Before(names ...string) Place { return Place{names: names} }

// After is behind the last of those that have one of the names, and behind all
// others if none has.
func After(names ...string) Place { return Place{names: names, after: true} }

// among returns the index at which something is added to a list of things that
// have the names.
func (p Place) among(names []string) int {
	has := func(name string) bool { return slices.Contains(p.names, name) }
	if p.after {
		for i, name := range slices.Backward(names) {
			if has(name) {
				return i + 1
			}
		}
	} else if i := slices.IndexFunc(names, has); i >= 0 {
		return i
	}
	return len(names)
}

// line returns where the line of an offset begins, and whether nothing stands
// between.
func (f *File) line(at int) (begin int, blank bool) {
	begin = bytes.LastIndexByte(f.src[:at], '\n') + 1
	return begin, len(bytes.TrimSpace(f.src[begin:at])) == 0
}

// below returns where the line below an offset begins, past comments that stand
// behind it. It is false if code does.
func (f *File) below(at int) (int, bool) {
	for {
		for at < len(f.src) && strings.IndexByte(" \t\r", f.src[at]) >= 0 {
			at++
		}
		switch {
		case at == len(f.src):
			return at, true
		case f.src[at] == '\n':
			return at + 1, true
		}
		i := slices.IndexFunc(f.ast.Comments, func(g *ast.CommentGroup) bool {
			return f.offset(g.Pos()) <= at && at < f.offset(g.End())
		})
		if i < 0 {
			return at, false
		}
		j := slices.IndexFunc(f.ast.Comments[i].List, func(c *ast.Comment) bool { return f.offset(c.Pos()) == at })
		if j < 0 {
			return at, false
		}
		at += len(f.ast.Comments[i].List[j].Text)
	}
}

// above puts lines above what begins at an offset.
func (f *File) above(at int, scope, text string) {
	if begin, blank := f.line(at); blank {
		f.insert(begin, scope, text+"\n")
		return
	}
	f.insert(at, scope, "\n"+text+"\n")
}

// behind puts lines below what ends at an offset.
func (f *File) behind(at int, scope, text string) {
	for rest := f.src[at:]; ; {
		rest = bytes.TrimLeft(rest, " \t")
		if len(rest) == 0 || rest[0] != ';' {
			break
		}
		rest = rest[1:]
		at = len(f.src) - len(rest)
	}
	begin, ok := f.below(at)
	switch {
	case !ok:
		f.insert(at, scope, "\n"+text+"\n")
	case begin > 0 && f.src[begin-1] != '\n': // the file ends
		f.insert(begin, scope, "\n"+text+"\n")
	default:
		f.insert(begin, scope, text+"\n")
	}
}

// listed puts a line among those between two braces.
func (f *File) listed(nodes []span, closing token.Pos, i int, scope, text string) {
	switch {
	case i < len(nodes):
		f.above(nodes[i].pos, scope, text)
	case len(nodes) > 0:
		f.behind(nodes[len(nodes)-1].end, scope, text)
	default:
		f.above(f.offset(closing), scope, text)
	}
}

// commaed adds an element to those that commas separate.
func (f *File) commaed(elements []ast.Expr, open, closing token.Pos, i int, scope, text string) {
	end := f.offset(closing)
	switch n := len(elements); {
	case i < n:
		at := f.offset(elements[i].Pos())
		if _, blank := f.line(at); blank {
			f.above(f.withComments(at, f.offset(open)), scope, text+",")
			return
		}
		f.insert(at, scope, text+", ")
	case n == 0:
		if _, blank := f.line(end); blank {
			f.above(end, scope, text+",")
			return
		}
		f.insert(end, scope, text)
	default:
		if _, blank := f.line(end); blank { // the last one has a comma
			f.above(end, scope, text+",")
			return
		}
		f.insert(f.offset(elements[n-1].End()), scope, ", "+text)
	}
}

// withComments returns where the comments begin that stand directly above an
// offset at which a line begins, and behind another one.
func (f *File) withComments(at, behind int) int {
	for _, g := range slices.Backward(f.ast.Comments) {
		pos, end := f.offset(g.Pos()), f.offset(g.End())
		if end > at || pos < behind {
			continue
		}
		_, alone := f.line(pos)
		if !alone || bytes.Count(f.src[end:at], []byte("\n")) != 1 || len(bytes.TrimSpace(f.src[end:at])) > 0 {
			break
		}
		at = pos
	}
	return at
}
