package settings

import (
	"regexp"
	"strings"
	"unicode"

	"github.com/joho/godotenv"
)

// parse notes what the text of the file says. The values are godotenv's. But godotenv does not count lines,
// and its errors quote the text: so it is first given each statement by itself.
func (d *dotenv) parse(text string) []Problem {
	const expected = "expected NAME=value, where a value that begins with a quote ends with it"
	var broken []Problem
	line := 1
	for rest := text; rest != ""; {
		statement, values, ok := cutStatement(rest)
		if !ok {
			broken = append(broken, Problem{Source: d.source(line), Text: expected})
		}
		for name := range values {
			d.entries[name] = entry{line: line, doubt: d.doubt(name, statement, values)}
		}
		line += strings.Count(statement, "\n")
		rest = rest[len(statement):]
	}
	if broken != nil {
		return broken
	}
	values, err := godotenv.Unmarshal(text)
	if err != nil {
		return []Problem{{Source: d.name, Text: expected}}
	}
	for name, e := range d.entries {
		e.text = values[name]
		d.entries[name] = e
	}
	return nil
}

// cutStatement returns the lines at the start of text that godotenv accepts as they are: mostly one, more if
// a quoted value goes on, and all of text if it never ends. ok is false if the lines make no sense.
func cutStatement(text string) (statement string, values map[string]string, ok bool) {
	for end := 0; ; {
		end += strings.IndexByte(text[end:], '\n') + 1
		statement = text[:end]
		values, err := godotenv.Unmarshal(statement)
		if err == nil {
			return statement, values, plausible(values)
		}
		quote := openQuote(statement)
		if quote == "" {
			return statement, nil, false
		}
		more := strings.Index(text[end:], quote)
		if more < 0 {
			return text, nil, false
		}
		end += more
	}
}

// openQuote returns the quote that is missing at the end of a statement, if that is what is wrong with it.
func openQuote(statement string) string {
	for _, quote := range []string{`"`, `'`} {
		if _, err := godotenv.Unmarshal(statement + quote); err == nil {
			return quote
		}
	}
	return ""
}

// plausible reports whether all names are ones: godotenv also takes "=x" and "two words=x".
func plausible(values map[string]string) bool {
	for name := range values {
		if name == "" || strings.ContainsFunc(name, unicode.IsSpace) {
			return false
		}
	}
	return true
}

var (
	commentAsValue = regexp.MustCompile(`^\s*(?:export\s+)?[\w.]+[ \t]*[=:][ \t]+#`)
	reference      = regexp.MustCompile(`\$\(?\{?([A-Z0-9_]+)`)
)

// doubt says why the text that a statement gives a name is probably not what was meant.
func (d *dotenv) doubt(name, statement string, values map[string]string) string {
	if strings.HasPrefix(values[name], "#") && commentAsValue.MatchString(statement) {
		return "a comment stands where the value belongs; quote it if it is the value"
	}
	// godotenv puts nothing in place of an unknown $NAME, so half a password would be lost unnoticed. Whether
	// a $ counts, in view of quotes and backslashes, is seen by giving the name a value.
	var known strings.Builder
	for _, match := range reference.FindAllStringSubmatch(statement, -1) {
		if _, defined := d.entries[match[1]]; !defined {
			known.WriteString(match[1] + "='x'\n")
		}
	}
	if with, err := godotenv.Unmarshal(known.String() + statement); err == nil && with[name] != values[name] {
		return "a $ refers to a name that no line above sets; in single quotes a $ is only a $"
	}
	return ""
}
