package dao

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// ParseTag fills c with what the tag of its field says: the text behind db. The
// field's type, which is c's Type, Kind, Nullable and Values, is known already.
// It is for tools that read structs without running the program.
func (c *Column) ParseTag(tag string) error {
	parts := splitTag(tag)
	if err := checkName(parts[0]); err != nil {
		return err
	}
	c.Name = parts[0]
	var seen []string
	for _, part := range parts[1:] {
		word, value, hasValue := strings.Cut(part, ":")
		if slices.Contains(seen, word) {
			return fmt.Errorf("the option %s stands twice in its tag", word)
		}
		seen = append(seen, word)
		if err := c.parseOption(word, value, hasValue); err != nil {
			return err
		}
	}
	return c.checkOptions()
}

// splitTag cuts a tag at its commas, but not at those inside parentheses and
// quotes, as SQL has them.
func splitTag(tag string) []string {
	var parts []string
	begin, depth, quoted := 0, 0, false
	for i, b := range []byte(tag) {
		switch {
		case b == '\'':
			quoted = !quoted
		case quoted:
		case b == '(':
			depth++
		case b == ')':
			depth--
		case b == ',' && depth <= 0:
			parts = append(parts, tag[begin:i])
			begin = i + 1
		}
	}
	return append(parts, tag[begin:])
}

// option reads the value of an option into a column; one without a value gets
// "".
type option struct {
	example string // of its form
	value   bool   // it has one
	set     func(c *Column, value string) error
}

// options are those of a tag, in the order in which messages name them.
var options = []option{
	{"pk", false, func(c *Column, _ string) error { c.Key = true; return nil }},
	{"unique", false, func(c *Column, _ string) error { c.Unique = true; return nil }},
	{"index", false, func(c *Column, _ string) error { c.Index = true; return nil }},
	{"size:100", true, (*Column).setSize},
	{"decimal:12:2", true, (*Column).setDecimal},
	{"ref:users", true, (*Column).setReference},
	{"ondelete:cascade", true, (*Column).setOnDelete},
	{"check:total >= 0", true, func(c *Column, sql string) error { c.Check = sql; return nil }},
	{"default:0", true, func(c *Column, sql string) error { c.Default = sql; return nil }},
	{"created", false, func(c *Column, _ string) error { c.Created = true; return nil }},
	{"updated", false, func(c *Column, _ string) error { c.Updated = true; return nil }},
	{"deleted", false, func(c *Column, _ string) error { c.Deleted = true; return nil }},
	{"version", false, func(c *Column, _ string) error { c.Version = true; return nil }},
}

func (o option) word() string {
	word, _, _ := strings.Cut(o.example, ":")
	return word
}

func (c *Column) parseOption(word, value string, hasValue bool) error {
	i := slices.IndexFunc(options, func(o option) bool { return o.word() == word })
	switch {
	case i < 0:
		known := make([]string, len(options))
		for i, o := range options {
			known[i] = o.example
		}
		return fmt.Errorf("unknown option %q in its tag; the options are %s", word, strings.Join(known, ", "))
	case options[i].value && value == "":
		return fmt.Errorf("%s needs a value, as in %s", word, options[i].example)
	case !options[i].value && hasValue:
		return fmt.Errorf("%s takes no value, and has %q", word, value)
	}
	return options[i].set(c, value)
}

func (c *Column) setSize(value string) (err error) {
	if c.Size, err = strconv.Atoi(value); err != nil || c.Size < 1 {
		return fmt.Errorf("size:%s is not a size; expected a number from 1 up", value)
	}
	return nil
}

// maxDigits is how many digits a numeric of PostgreSQL can declare.
const maxDigits = 1000

func (c *Column) setDecimal(value string) error {
	all, behind, _ := strings.Cut(value, ":")
	p, err := strconv.Atoi(all)
	s, err2 := strconv.Atoi(behind)
	if errors.Join(err, err2) != nil || p < 1 || p > maxDigits || s < 0 || s > p {
		return fmt.Errorf("decimal:%s is no number of digits; expected those in all and those behind the point, as in decimal:12:2", value)
	}
	c.Precision, c.Scale = p, s
	return nil
}

func (c *Column) setReference(value string) error {
	table, column, named := strings.Cut(value, ".")
	if !named {
		column = "id"
	}
	if err := errors.Join(checkName(table), checkName(column)); err != nil {
		return err
	}
	r := c.reference()
	r.Table, r.Column = table, column
	return nil
}

func (c *Column) setOnDelete(value string) error {
	if !slices.Contains([]string{"restrict", "cascade", "null"}, value) {
		return fmt.Errorf("ondelete:%s is not known; expected restrict, cascade or null", value)
	}
	c.reference().OnDelete = value
	return nil
}

// reference returns the column's reference, which the options fill.
func (c *Column) reference() *Reference {
	if c.References == nil {
		c.References = &Reference{OnDelete: "restrict"}
	}
	return c.References
}

// checkOptions refuses options that do not go with the column's type or with
// each other.
func (c *Column) checkOptions() error {
	switch {
	case c.Key && c.Nullable:
		return fmt.Errorf("a part of the primary key cannot be NULL, so its type cannot be %s", c.Type)
	case c.Size > 0 && c.Kind != "string" && c.Kind != KindBytes:
		return fmt.Errorf("a size is for strings and []byte, not for %s", c.Type)
	case (c.Created || c.Updated) && (c.Kind != KindTime || c.Nullable):
		return fmt.Errorf("created and updated are for a time.Time, not for %s", c.Type)
	case c.Deleted && (c.Kind != KindTime || !strings.HasPrefix(c.Type, "*")):
		return fmt.Errorf("deleted is for a *time.Time, not for %s", c.Type)
	case c.Version && (!c.Kind.Integer() || c.Nullable):
		return fmt.Errorf("version is for an integer, not for %s", c.Type)
	case c.Precision > 0 && c.Kind != KindCustom:
		return fmt.Errorf("decimal is for a type that is a sql.Scanner and a driver.Valuer, as those of decimal packages are, not for %s", c.Type)
	case c.References != nil && c.References.Table == "":
		return errors.New("ondelete needs a reference, as in ref:users,ondelete:cascade")
	case c.References != nil && c.References.OnDelete == "null" && !c.Nullable:
		return fmt.Errorf("ondelete:null needs a column that may be NULL, which %s may not", c.Type)
	}
	if c.Precision > 0 {
		c.Kind = KindDecimal
	}
	return nil
}

// maxName is the length that PostgreSQL cuts names to.
const maxName = 63

// checkName refuses names that mean different things to the two engines, or
// quoted and not quoted.
func checkName(name string) error {
	ok := name != "" && len(name) <= maxName && (name[0] < '0' || name[0] > '9')
	for _, c := range []byte(name) {
		ok = ok && (c == '_' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9')
	}
	if !ok {
		return fmt.Errorf("%q is not a name for a table or a column: "+
			"expected 1 to %d of a-z, 0-9 and _, not a digit first", name, maxName)
	}
	return nil
}
