package domain

import (
	"fmt"
	"slices"
	"strings"
)

// ModelType returns the type of the field in the model.
func (f Field) ModelType() string {
	t := f.plain()
	if f.Type == JSON {
		t = "dao.JSON[" + t + "]"
	}
	if f.Nullable {
		return "*" + t
	}
	return t
}

// plain returns the type of the field's values in schemas.
func (f Field) plain() string {
	switch f.Type {
	case Int:
		return "int64"
	case Float:
		return "float64"
	case Bool:
		return "bool"
	case Decimal:
		return "decimal.Decimal"
	case Date:
		return "civil.Date"
	case Time:
		return "time.Time"
	case Duration:
		return "time.Duration"
	case UUID:
		return "uuid.UUID"
	case JSON:
		return "map[string]any"
	case Enum:
		return f.Go()
	case Ref:
		return f.Table.KeyTo
	}
	return "string"
}

// ModelLine returns the line of the field in the model.
func (f Field) ModelLine() string {
	tag := []string{f.Column()}
	switch f.Type {
	case String:
		tag = append(tag, fmt.Sprintf("size:%d", f.Size))
	case Decimal:
		tag = append(tag, fmt.Sprintf("decimal:%d:%d", f.Precision, f.Scale))
	case Ref:
		if !f.Unique {
			tag = append(tag, "index")
		}
		tag = append(tag, "ref:"+f.Table.Table)
		if f.Owner {
			tag = append(tag, "ondelete:cascade")
		} else if f.Nullable {
			tag = append(tag, "ondelete:null")
		}
	}
	if f.Unique && !f.uniqueWhere {
		tag = slices.Insert(tag, 1, "unique")
	}
	return fmt.Sprintf("%s %s `db:%q`", f.Go(), f.ModelType(), strings.Join(tag, ","))
}

// CreateLine returns the line of the field in the body that creates a row.
func (f Field) CreateLine() string {
	if f.Nullable {
		return f.line("*"+f.plain(), ",omitempty", f.rules())
	}
	return f.line(f.plain(), "", f.rules())
}

// UpdateLine returns the line of the field in the body that changes a row.
func (f Field) UpdateLine() string {
	switch {
	case f.Nullable:
		return f.line("api.Optional["+f.plain()+"]", ",omitempty", f.rules())
	case f.Type == JSON:
		return f.line(f.plain(), ",omitempty", f.rules())
	}
	return f.line("*"+f.plain(), ",omitempty", f.rules())
}

// UpdateStatement returns the statement that changes a row's field if the client
// wants it.
func (f Field) UpdateStatement() string {
	isSet, to, value := "v != nil", "row."+f.Go(), "*v"
	switch {
	case f.Nullable:
		isSet, value = "v.Set", "v.Pointer()"
	case f.Type == JSON:
		to, value = to+".V", "v"
	}
	return fmt.Sprintf("if v := in.Body.%s; %s {\n\t%s, changed = %s, append(changed, %q)\n}", f.Go(), isSet, to, value, f.Column())
}

// ReadLine returns the line of the field in what clients see of a row.
func (f Field) ReadLine() string {
	t, rules := f.plain(), ""
	if f.Nullable {
		t = "*" + t
	}
	if f.Type == Enum || f.Type == Date {
		rules = f.rules()
	}
	return f.line(t, "", rules)
}

func (f Field) line(typ, option, rules string) string {
	return fmt.Sprintf("%s %s `json:\"%s%s\"%s`", f.Go(), typ, f.Column(), option, rules)
}

// rules are the tags that say which values a client may send, with a space before
// each.
func (f Field) rules() string {
	switch f.Type {
	case String:
		return fmt.Sprintf(` minLength:"1" maxLength:"%d"`, f.Size)
	case Text:
		return fmt.Sprintf(` maxLength:"%d"`, textSize)
	case Decimal:
		return fmt.Sprintf(` pattern:%q`, f.pattern())
	case Duration:
		return ` doc:"In nanoseconds."`
	case Date:
		return ` format:"date"`
	case UUID:
		return ` format:"uuid"`
	case Enum:
		return fmt.Sprintf(" enum:%q", strings.Join(f.Values, ","))
	case Ref:
		if f.Table.KeyTo == "int64" {
			return ` minimum:"1"`
		}
	}
	return ""
}

// pattern is that of a decimal's text. It has no exponent: a short text could
// stand for a number of a million digits.
func (f Field) pattern() string {
	whole := fmt.Sprintf("^-?[0-9]{1,%d}", max(f.Precision-f.Scale, 1))
	if f.Scale == 0 {
		return whole + "$"
	}
	return fmt.Sprintf("%s([.][0-9]{1,%d})?$", whole, f.Scale)
}

// unfiltered are the names in a list's input that a filter's field cannot have.
var unfiltered = []string{"after", "cursor", "seal", "size", "sort", "user"}

// FilterLines returns the lines of the field in the filter of lists.
func (f Field) FilterLines() []string {
	t, rules := f.plain(), f.rules()
	switch f.Type {
	case Text, JSON:
		return nil
	case Decimal:
		t = "string" // read as a number by the database
	case Duration:
		t = "int64"
	case String:
		rules = fmt.Sprintf(` maxLength:"%d"`, f.Size)
	}
	switch f.Type {
	case Int, Float, Decimal, Date, Time, Duration:
		return []string{f.filter("From", t, "[gte]", rules), f.filter("To", t, "[lte]", rules)}
	}
	if slices.Contains(unfiltered, f.Column()) {
		return nil
	}
	return []string{f.filter("", t, "", rules)}
}

func (f Field) filter(end, typ, operator, rules string) string {
	return fmt.Sprintf("%s%s api.Optional[%s] `query:\"%s%s\"%s`", f.Go(), end, typ, f.Column(), operator, rules)
}

// Sortable reports whether lists can be sorted by the field.
func (f Field) Sortable() bool {
	return slices.Contains([]Type{String, Int, Float, Decimal, Date, Time, Duration}, f.Type)
}
