package settings

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// Problem is one thing that is wrong with the settings.
type Problem struct {
	// Name is the setting's name; empty if the problem is a line of the .env file or the file itself.
	Name string
	// Source is where the setting came from, as in [Setting], or the place in the .env file.
	Source string
	// Text says what was expected and what was found, without secrets.
	Text string
}

// String returns the problem as one line.
func (p Problem) String() string {
	switch {
	case p.Name == "":
		return fmt.Sprintf("%s: %s", p.Source, p.Text)
	case p.Source == "":
		return fmt.Sprintf("%s: %s", p.Name, p.Text)
	}
	return fmt.Sprintf("%s (%s): %s", p.Name, p.Source, p.Text)
}

// Error is everything that is wrong with the settings.
type Error struct {
	Problems []Problem // never empty
}

// Error returns a heading and a line for each problem.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("settings: wrong or missing:")
	for _, p := range e.Problems {
		b.WriteString("\n  " + p.String())
	}
	return b.String()
}

// Problems collects what is wrong. [Load] makes it and hands it to [Checker].
type Problems struct {
	report Report
	list   []Problem
	failed map[string]bool // settings that did not parse
}

// Add says that the setting of this name, as in its env tag with its prefixes, is wrong. text says what is
// expected; where the setting came from and what was found is added to it. A name that is no setting is
// reported by itself. The text is shown to people and logged: it must not hold a secret.
func (p *Problems) Add(name, text string) {
	if p.failed[name] {
		return
	}
	problem := Problem{Name: name, Text: oneLine(text)}
	for _, s := range p.report {
		if s.Name != name {
			continue
		}
		problem.Source = s.Source
		if s.Value != "" {
			problem.Text += "; found " + quote(s.Value)
		}
	}
	p.list = append(p.list, problem)
}

// fail adds a problem that ends what is said about a setting.
func (p *Problems) fail(name, text string) {
	p.Add(name, text)
	p.failed[name] = true
}

// maxShown is how many characters of a value, or of somebody else's error, are shown.
const maxShown = 100

func clip(text string) string {
	shown := 0
	for i := range text {
		if shown == maxShown {
			return text[:i] + "…"
		}
		shown++
	}
	return text
}

// quote prints a value so that it cannot be mistaken for anything around it. What is hidden stays bare.
func quote(printed string) string {
	if printed == hidden {
		return hidden
	}
	return strconv.Quote(clip(printed))
}

// oneLine keeps a problem on its line, and the terminal unharmed.
func oneLine(text string) string {
	return strings.Join(strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || !unicode.IsPrint(r) }), " ")
}
