package sqlfile

import (
	"slices"
	"strings"
)

const lacksUp = `it lacks the line "-- +goose Up" above its statements`

// parser reads a file line by line, as goose does.
type parser struct {
	file       File
	number     int          // of the line
	section    *[]Statement // nil before Up
	block      bool         // between StatementBegin and StatementEnd
	substitute bool
	next       Statement // under way when its text is not empty; its line is 0 before its first word
}

// line reads one line and returns what is wrong with it.
func (p *parser) line(line string) string {
	trimmed := strings.TrimSpace(line)
	switch comment := strings.HasPrefix(trimmed, "--"); {
	case comment && strings.Contains(line, "+goose"):
		return p.instruction(line)
	case p.next.Text == "" && (comment || line == ""), p.section == nil && trimmed == "":
		return ""
	case p.section == nil:
		return lacksUp
	case p.next.Line == 0 && trimmed != "" && !comment:
		p.next.Line = p.number
	}
	p.next.Text += line + "\n"
	p.next.Substituted = p.next.Substituted || p.substitute
	if !p.block && ends(line) {
		p.finish()
	}
	return ""
}

// instruction follows a line such as "-- +goose Up".
func (p *parser) instruction(line string) string {
	if line[0] == ' ' || line[0] == '\t' {
		return "an instruction to goose begins at the left margin"
	}
	name := strings.TrimSpace(strings.Replace(strings.ReplaceAll(line, "--", ""), "+goose", "", 1))
	switch strings.ToLower(name) {
	case "up":
		if p.section != nil {
			return `"-- +goose Up" stands here for the second time`
		}
		p.section = &p.file.Up
	case "down":
		switch {
		case p.section == nil:
			return lacksUp
		case p.file.HasDown:
			return `"-- +goose Down" stands here for the second time`
		}
		reason := p.end()
		p.section, p.file.HasDown, p.next = &p.file.Down, true, Statement{}
		return reason
	case "statementbegin":
		switch {
		case p.section == nil:
			return lacksUp
		case p.block:
			return `"-- +goose StatementBegin" stands inside another`
		}
		p.block = true
	case "statementend":
		switch {
		case !p.block:
			return `"-- +goose StatementEnd" has no StatementBegin above it`
		case p.next.Line == 0:
			return "there is no statement between StatementBegin and StatementEnd"
		}
		p.finish()
		p.block = false
	case "no transaction":
		p.file.NoTransaction = true
	case "envsub on":
		p.substitute = true
	case "envsub off":
		p.substitute = false
	default:
		return "goose does not know the instruction " + name
	}
	return ""
}

// finish ends the statement under way.
func (p *parser) finish() {
	p.next.Text, p.next.Block = strings.TrimSpace(p.next.Text), p.block
	*p.section = append(*p.section, p.next)
	p.next = Statement{}
}

// end returns what is missing where a section ends.
func (p *parser) end() string {
	switch {
	case p.section == nil:
		return lacksUp
	case p.block:
		return `"-- +goose StatementEnd" is missing`
	case strings.TrimSpace(p.next.Text) != "":
		return "the last statement has no semicolon at the end of a line: missing semicolon?"
	}
	return ""
}

// ends reports whether a line ends a statement.
func ends(line string) bool {
	words := strings.Fields(line)
	if i := slices.IndexFunc(words, func(w string) bool { return strings.HasPrefix(w, "--") }); i >= 0 {
		words = words[:i]
	}
	return len(words) > 0 && strings.HasSuffix(words[len(words)-1], ";")
}
