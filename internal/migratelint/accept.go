package migratelint

import (
	"fmt"
	"regexp"
	"strings"
)

// accept is a comment that accepts a finding.
type accept struct {
	line int
	rule string
	why  string
	used bool
}

var acceptComment = regexp.MustCompile(`--\s*terem:accept\b[ \t]*(\S*)[ \t]*(.*)`)

// accepts returns the comments in a file that accept findings.
func accepts(text string) (list []*accept) {
	number := 0
	for line := range strings.Lines(text) {
		number++
		if m := acceptComment.FindStringSubmatch(strings.TrimRight(line, "\r\n")); m != nil {
			why, _ := strings.CutPrefix(m[2], "because ")
			if why == m[2] {
				why = ""
			}
			list = append(list, &accept{line: number, rule: m[1], why: strings.TrimSpace(why)})
		}
	}
	return list
}

// accepted reports whether a comment accepts what a rule finds in the lines after
// since through last, and notes that it was of use.
func (f *file) accepted(rule string, since, last int) bool {
	found := false
	for _, a := range f.accepts {
		if a.rule == rule && a.why != "" && a.line > since && a.line <= last {
			a.used, found = true, true
		}
	}
	return found
}

const acceptRule = "accept"

// checkAccepts finds comments that accept nothing.
func (f *file) checkAccepts(r *report) {
	for _, a := range f.accepts {
		finding := Finding{File: f.path, Line: a.line, Rule: acceptRule, WayOut: "Write: -- terem:accept RULE because REASON, above the statement or in its line."}
		switch {
		case !known(a.rule):
			finding.Title = fmt.Sprintf("there is no rule %q to accept", a.rule)
			finding.Reason = "A comment that is misspelt accepts nothing. The rules are: " + strings.Join(ruleNames(), ", ") + "."
		case a.why == "":
			finding.Title = "what " + a.rule + " finds is accepted without a reason"
			finding.Reason = "Whoever reads this next year has to know why it is safe here."
		case !a.used:
			finding.Title = "nothing is found here that " + a.rule + " would have to accept"
			finding.Reason = "It would hide what somebody writes here later."
			finding.WayOut = "Remove the comment."
		default:
			continue
		}
		r.findings = append(r.findings, finding)
	}
}
