package goedit

import (
	"go/scanner"
	"go/token"
	"strings"
)

// tok is a token of the source, or a comment.
type tok struct {
	pos, end int
	text     string
}

// tokens returns those of the source, without semicolons and white space: what is
// the same whatever gofmt does.
func tokens(src []byte) (list []tok) {
	fset := token.NewFileSet()
	file := fset.AddFile("", fset.Base(), len(src))
	var s scanner.Scanner
	s.Init(file, src, func(token.Position, string) {}, scanner.ScanComments)
	for {
		pos, t, lit := s.Scan()
		switch {
		case t == token.EOF:
			return list
		case t == token.SEMICOLON:
			continue
		case t == token.COMMENT:
			list = append(list, tok{file.Offset(pos), file.Offset(pos) + len(lit), strings.Join(strings.Fields(lit), " ")})
			continue
		case lit == "":
			lit = t.String()
		}
		list = append(list, tok{file.Offset(pos), file.Offset(pos) + len(lit), lit})
	}
}

// span is a part of the source.
type span struct{ pos, end int }

// find returns where the wanted tokens stand one behind the other.
func find(list, want []tok) (found []span) {
	if len(want) == 0 {
		return nil
	}
next:
	for i := 0; i+len(want) <= len(list); i++ {
		for j := range want {
			if list[i+j].text != want[j].text {
				continue next
			}
		}
		found = append(found, span{list[i].pos, list[i+len(want)-1].end})
	}
	return found
}
