package domain

import (
	"fmt"
)

// typed reports whether people type the field as text that must be understood
// first: what a form of package web cannot hold itself.
func (f Field) typed() bool {
	switch f.Type {
	case String, Text, Enum, Date:
		return false
	case Int, Float, Bool:
		return f.Nullable
	case Ref:
		return f.Nullable || f.Table.KeyTo == "uuid.UUID"
	}
	return true
}

// FormLine returns the line of the field in the form of pages.
func (f Field) FormLine() string {
	typ, tags := "string", ""
	option := ""
	if f.Nullable {
		option = ",omitempty"
	}
	switch {
	case f.Type == String:
		tags = fmt.Sprintf(` maxLength:"%d"`, f.Size)
	case f.Type == Text:
		tags = fmt.Sprintf(` format:"multiline" maxLength:"%d"`, textSize)
	case f.Type == JSON:
		tags = fmt.Sprintf(` format:"multiline" maxLength:"%d" doc:"An object as JSON."`, textSize)
	case f.typed():
		tags = fmt.Sprintf(` maxLength:"%d"%s`, max(100, f.Precision+3), f.hint())
	case f.Type == Ref && f.Table.KeyTo == "int64":
		typ, tags = "int64", ` minimum:"1"`
	case f.Type != Enum && f.Type != Ref:
		typ = f.plain()
	}
	if f.Type == Ref {
		tags = fmt.Sprintf(` label:%q`, f.Label()) + tags
	}
	return fmt.Sprintf("%s %s `form:\"%s%s\"%s`", f.Go(), typ, f.Column(), option, tags)
}

// hint is the tag that says how the field is typed.
func (f Field) hint() string {
	switch f.Type {
	case Time:
		return ` doc:"Such as 2026-01-31 15:04:05, in UTC."`
	case Duration:
		return ` doc:"Such as 1h30m."`
	case Bool:
		return ` doc:"true or false."`
	}
	return ""
}

// Filled returns the statements that put what was typed, f, into a row.
func (f Field) Filled(pkg string) string {
	from, to := "f."+f.Go(), "row."+f.Go()
	value := from
	if f.Type == Enum {
		value = fmt.Sprintf("%s.%s(%s)", pkg, f.Go(), from)
	}
	given := from + ` != ""`
	if f.Type == Date {
		given = "!" + from + ".IsZero()"
	}
	switch {
	case !f.typed() && !f.Nullable:
		return to + " = " + value
	case !f.typed():
		return fmt.Sprintf("%s = nil\nif %s {\n%s = new(%s)\n}", to, given, to, value)
	case f.Nullable:
		return fmt.Sprintf("%s = nil\nif %s {\n%s\n}", to, given, f.parsed(from, to+" = &v"))
	case f.Type == JSON:
		return f.parsed(from, to+".V = v")
	}
	return f.parsed(from, to+" = v")
}

// parsed returns the statement that understands what was typed.
func (f Field) parsed(from, use string) string {
	parse, wrong, message := "", "err != nil", "Please enter a number."
	switch f.Type {
	case Decimal:
		parse, wrong = fmt.Sprintf("decimal.NewFromString(%s)", from), fmt.Sprintf(`err != nil || strings.ContainsAny(%s, "eE")`, from)
	case Int, Ref:
		parse = fmt.Sprintf("strconv.ParseInt(%s, 10, 64)", from)
	case Float:
		parse, wrong = fmt.Sprintf("strconv.ParseFloat(%s, 64)", from), "err != nil || math.IsInf(v, 0) || math.IsNaN(v)"
	case Bool:
		parse, message = fmt.Sprintf("strconv.ParseBool(%s)", from), "Please enter true or false."
	case Time:
		parse, message = fmt.Sprintf("time.Parse(time.DateTime, %s)", from), "Please enter a time, such as 2026-01-31 15:04:05."
	case Duration:
		parse, message = fmt.Sprintf("time.ParseDuration(%s)", from), "Please enter a length of time, such as 1h30m."
	case JSON:
		return fmt.Sprintf("if v := map[string]any(nil); json.Unmarshal([]byte(%s), &v) != nil || v == nil {\nform.Fail(%q, \"Please enter an object as JSON, such as {}.\")\n} else {\n%s\n}", from, f.Column(), use)
	}
	if f.Type == UUID || f.Type == Ref && f.Table.KeyTo == "uuid.UUID" {
		parse, message = fmt.Sprintf("uuid.Parse(%s)", from), "Please enter a UUID."
	}
	return fmt.Sprintf("if v, err := %s; %s {\nform.Fail(%q, %q)\n} else {\n%s\n}", parse, wrong, f.Column(), message, use)
}

// Shown returns the statements that put a row into what a form shows, f.
func (f Field) Shown() string {
	from, to := "row."+f.Go(), "f."+f.Go()
	value := from
	if f.Nullable {
		value = "*" + from
	}
	text := value
	switch f.Type {
	case Enum:
		text = fmt.Sprintf("string(%s)", value)
	case Decimal:
		text = fmt.Sprintf("%s.StringFixed(%d)", from, f.Scale)
	case Duration, UUID:
		text = from + ".String()"
	case Time:
		text = from + `.Format("2006-01-02 15:04:05.999999")`
	case JSON:
		return fmt.Sprintf("if text, err := json.Marshal(%s.V); err == nil {\n%s = string(text)\n}", from, to)
	case Int, Float, Bool, Ref:
		if f.Type == Ref && f.Table.KeyTo == "uuid.UUID" {
			text = from + ".String()"
		} else if f.typed() {
			text = fmt.Sprintf("fmt.Sprint(%s)", value)
		}
	}
	if f.Nullable {
		return fmt.Sprintf("if %s != nil {\n%s = %s\n}", from, to, text)
	}
	return to + " = " + text
}
