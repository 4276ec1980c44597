package domain

import (
	"fmt"
	"strings"
)

// sample has expressions of Go that stand in tests for values of a field.
type sample struct {
	json   string   // as a client sends it
	model  string   // as the model has it
	other  string   // another value, as a client sends it
	wrong  []string // what a client must not send
	absent string   // a value that no row of the test has, in a query
}

func (f Field) sample() sample {
	switch f.Type {
	case Int, Float:
		if f.Unique {
			return sample{"next.Add(1)", "next.Add(1)", "next.Add(1)", []string{`"x"`}, "1000000"}
		}
		return sample{"7", "7", "8", []string{`"x"`}, "9"}
	case Bool:
		return sample{"true", "true", "false", []string{`"x"`}, "false"}
	case Decimal:
		return f.decimalSample()
	case Date:
		if f.Unique {
			at := "civil.NewDate(2000, 1, int(next.Add(1)))"
			return sample{at, at, at, []string{`"tomorrow"`, `"2026-02-30"`}, "9999-12-31"}
		}
		return sample{`"2026-01-31"`, "civil.NewDate(2026, time.January, 31)", `"2026-02-01"`, []string{`"tomorrow"`, `"2026-02-30"`, `"0000-01-01"`}, "9999-12-31"}
	case Time:
		if f.Unique {
			at := "time.Unix(next.Add(1), 0).UTC()"
			return sample{at + ".Format(time.RFC3339)", at, at + ".Format(time.RFC3339)", []string{`"tomorrow"`}, "2999-12-31T00:00:00Z"}
		}
		return sample{`"2026-01-31T12:00:00Z"`, "time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)", `"2026-02-01T00:00:00Z"`, []string{`"tomorrow"`}, "2999-12-31T00:00:00Z"}
	case Duration:
		return sample{"1500", "1500", "90", []string{`"x"`}, "1000000"}
	case UUID:
		return sample{"uuid.NewString()", "uuid.New()", "uuid.NewString()", []string{`"x"`}, "00000000-0000-0000-0000-000000000001"}
	case JSON:
		return sample{`map[string]any{"a": "b"}`, `dao.JSON[map[string]any]{V: map[string]any{"a": "b"}}`, `map[string]any{"c": "d"}`, []string{`"x"`}, ""}
	case Enum:
		return sample{fmt.Sprintf("%q", f.Values[0]), "PACKAGE." + f.Constant(f.Values[0]), fmt.Sprintf("%q", f.Values[1]), []string{`"-"`, `""`}, f.Values[1]}
	case Ref:
		return f.refSample()
	}
	return f.textSample()
}

func (f Field) textSample() sample {
	text, other, wrong := fmt.Sprintf("%q", cut(title(f.Name), f.length())), fmt.Sprintf("%q", cut("Another "+f.Words(), f.length())), []string{"7"}
	if f.Unique {
		text = fmt.Sprintf(`fmt.Sprintf("%s%%d", %s)`, cut(f.Words()+" ", max(f.Size-6, 0)), f.numbered())
		other = text
	}
	if f.Type == String {
		wrong = append(wrong, `""`, fmt.Sprintf(`strings.Repeat("x", %d)`, f.Size+1))
	}
	return sample{text, text, other, wrong, "-"}
}

func (f Field) decimalSample() sample {
	whole := strings.Repeat("1", min(f.Precision-f.Scale, 2)) // 1 or 11
	if whole == "" {
		whole = "0"
	}
	first, second, absent := whole, "0", strings.Repeat("9", max(f.Precision-f.Scale, 1))
	if f.Scale > 0 {
		first, second = whole+".5", "0.1"
	}
	s := sample{json: fmt.Sprintf("%q", first), other: fmt.Sprintf("%q", second), absent: absent,
		wrong: []string{`"x"`, `"1e3"`, fmt.Sprintf(`"0.%s1"`, strings.Repeat("0", f.Scale)), fmt.Sprintf(`"1%s"`, strings.Repeat("0", max(f.Precision-f.Scale, 1)))}}
	s.model = fmt.Sprintf("decimal.RequireFromString(%s)", s.json)
	if f.Unique {
		s.json, s.other, s.model = "fmt.Sprint("+f.numbered()+")", "fmt.Sprint("+f.numbered()+")", "decimal.NewFromInt("+f.numbered()+")"
	}
	return s
}

func (f Field) refSample() sample {
	s := sample{json: f.Table.Inserter() + "(t, d)", wrong: []string{"0"}, absent: "1000000"}
	if f.Table.KeyTo != "int64" {
		s.wrong, s.absent = []string{"7"}, "00000000-0000-0000-0000-000000000001"
	}
	s.model, s.other = s.json, s.json
	return s
}

// numbered is a number that no two rows of a test share, and that a unique field has
// room for.
func (f Field) numbered() string {
	if room := f.room(); room < 6 {
		return "next.Add(1)%1" + strings.Repeat("0", room)
	}
	return "next.Add(1)"
}

// length is the most characters that a text may have.
func (f Field) length() int {
	if f.Type == Text {
		return textSize
	}
	return f.Size
}

// room is how many digits the field can hold.
func (f Field) room() int {
	switch f.Type {
	case String:
		return f.Size
	case Decimal:
		return f.Precision - f.Scale
	}
	return 18
}

// cut returns the first characters of a text that a field of a size can hold.
func cut(text string, size int) string {
	return text[:min(len(text), size)]
}

// SampleJSON is the field's value in tests, as a client sends it.
func (f Field) SampleJSON() string { return f.sample().json }

// SampleOther is another one.
func (f Field) SampleOther() string { return f.sample().other }

// SampleModel is the field's value in tests in the model. The package of the domain
// is the given one.
func (f Field) SampleModel(pkg string) string {
	s := strings.Replace(f.sample().model, "PACKAGE.", pkg+".", 1)
	if f.Nullable {
		return f.pointer(s)
	}
	return s
}

// pointer returns the expression of a pointer to a value.
func (f Field) pointer(value string) string {
	switch f.Type {
	case Int, Float, Duration:
		return fmt.Sprintf("new(%s(%s))", f.plain(), value)
	}
	return "new(" + value + ")"
}

// Wrong are values that a client must not send.
func (f Field) Wrong() []string { return f.sample().wrong }

// Query is a query of a list, and how many rows it finds.
type Query struct {
	Text  string // an expression of Go
	Finds int
}

// Queries are those by which tests look for the one row that there is.
func (f Field) Queries() []Query {
	lines, s := f.FilterLines(), f.sample()
	if f.itself { // the one row refers to none
		return nil
	}
	sent := fmt.Sprintf("text(made[%q])", f.Column())
	switch len(lines) {
	case 2:
		return []Query{
			{fmt.Sprintf(`"%s[gte]=" + %s`, f.Column(), sent), 1},
			{fmt.Sprintf(`"%s[lte]=" + %s`, f.Column(), sent), 1},
			{fmt.Sprintf("%q", f.Column()+"[gte]="+s.absent), 0},
		}
	case 1:
		return []Query{
			{fmt.Sprintf(`"%s=" + %s`, f.Column(), sent), 1},
			{fmt.Sprintf("%q", f.Column()+"="+s.absent), 0},
		}
	}
	return nil
}
