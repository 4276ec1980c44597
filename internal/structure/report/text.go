package report

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/terem-go/terem/internal/structure/rules"
	"github.com/terem-go/terem/internal/terminal"
)

// width is how many characters a line of text has at most.
const width = 96

// Text prints the report as people read it, in colour on a terminal.
func (r *Report) Text(w io.Writer) {
	var s strings.Builder
	paint := func(code, text string) string { return terminal.Paint(w, code, text) }
	said := map[string]bool{} // reasons: each is given once
	for _, f := range r.Findings {
		r.finding(&s, f, !said[f.Reason], paint)
		said[f.Reason] = true
	}
	for _, e := range r.Gone {
		fmt.Fprintf(&s, "%s (%s)\n  gone from %s\n", paint(terminal.Bold, e.Title), e.Rule, e.File)
	}
	if len(r.Gone) > 0 {
		flag := ""
		if r.Baseline != BaselineFile {
			flag = " --baseline " + r.Baseline
		}
		fmt.Fprintf(&s, "  %s has what is not found any more. Take it out: terem check%s --write-baseline\n\n", r.Baseline, flag)
	}
	for _, c := range r.Cycles {
		fmt.Fprintf(&s, "%s %s\n", paint(terminal.Bold, "ring:"), c)
	}
	if len(r.Cycles) > 0 {
		s.WriteString("  These domains need each other. Interfaces, events and foreign keys allow it, so it is no finding.\n\n")
	}
	for _, m := range r.Missing {
		fmt.Fprintf(&s, "%s %s\n", paint(terminal.Bold, "not read:"), m)
	}
	if len(r.Missing) > 0 {
		s.WriteString("  No rule has seen this.\n\n")
	}
	r.summary(&s)
	io.WriteString(w, s.String())
}

// finding prints title, place, source line, reason and way out.
func (r *Report) finding(s *strings.Builder, f rules.Finding, reason bool, paint func(code, text string) string) {
	fmt.Fprintf(s, "%s (%s)\n", paint(terminal.Bold, f.Title), f.Rule)
	fmt.Fprintf(s, "  %s:%d:%d\n", f.File, f.Line, f.Column)
	if line := r.line(f.File, f.Line); strings.TrimSpace(line) != "" {
		margin := fmt.Sprintf("%6d | ", f.Line)
		before, marked := mark(line, f)
		fmt.Fprintf(s, "%s%s\n", margin, expand(line))
		fmt.Fprintf(s, "%s| %s%s\n", strings.Repeat(" ", len(margin)-2), strings.Repeat(" ", before), paint(terminal.Red, strings.Repeat("^", marked)))
	}
	if reason {
		wrap(s, "  ", f.Reason)
	}
	wrap(s, "  ", strings.ToUpper(f.WayOut[:1])+f.WayOut[1:]+".")
	if len(f.Fix) > 0 {
		s.WriteString("  terem check --fix does it.\n")
	}
	s.WriteByte('\n')
}

// expand makes tabs four spaces wide.
func expand(line string) string { return strings.ReplaceAll(line, "\t", "    ") }

// mark returns how many characters of the line stand before what is marked, and
// how many are marked.
func mark(line string, f rules.Finding) (before, marked int) {
	start := min(max(f.Column-1, 0), len(line))
	end := len(strings.TrimRight(line, " \t"))
	if f.EndLine == f.Line && f.EndColumn > f.Column {
		end = min(f.EndColumn-1, len(line))
	}
	count := func(s string) int { return utf8.RuneCountInString(expand(s)) }
	return count(line[:start]), max(count(line[start:max(start, end)]), 1)
}

// wrap prints words in lines of the width.
func wrap(s *strings.Builder, indent, text string) {
	n := 0
	for word := range strings.FieldsSeq(text) {
		long := utf8.RuneCountInString(word)
		switch {
		case n == 0:
			s.WriteString(indent)
			n = len(indent)
		case n+1+long > width:
			s.WriteString("\n" + indent)
			n = len(indent)
		default:
			s.WriteByte(' ')
			n++
		}
		s.WriteString(word)
		n += long
	}
	s.WriteByte('\n')
}

// summary prints the last line.
func (r *Report) summary(s *strings.Builder) {
	known := ""
	if len(r.Known) > 0 {
		known = fmt.Sprintf("; %d known, in %s", len(r.Known), r.Baseline)
	}
	if len(r.Findings) == 0 && r.domains == 0 {
		fmt.Fprintf(s, "nothing found%s, but little was looked at: no folder here is a domain. What one is: terem check --help\n", known)
		return
	}
	if len(r.Findings) == 0 {
		fmt.Fprintf(s, "nothing found%s\n", known)
		return
	}
	files := map[string]bool{}
	for _, f := range r.Findings {
		files[f.File] = true
	}
	fmt.Fprintf(s, "%d found in %s%s. More about a rule: terem check --explain %s\n",
		len(r.Findings), Count(len(files), "file"), known, r.Findings[0].Rule)
}

// Count returns a number and what is counted, with an s unless it is one.
func Count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
