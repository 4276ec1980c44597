package dao

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// parseTag fills c with what the tag of its field says. The field's type is
// known already.
func (c *Column) parseTag(tag string) error {
	name, rest, more := strings.Cut(tag, ",")
	if err := checkName(name); err != nil {
		return err
	}
	c.Name = name
	var seen []string
	for more {
		var option string
		option, rest, more = strings.Cut(rest, ",")
		word, value, hasValue := strings.Cut(option, ":")
		if slices.Contains(seen, word) {
			return fmt.Errorf("the option %s stands twice in its tag", word)
		}
		seen = append(seen, word)
		if err := c.parseOption(word, value, hasValue); err != nil {
			return err
		}
	}
	return nil
}

func (c *Column) parseOption(word, value string, hasValue bool) error {
	if hasValue && word != "size" {
		word += ":" + value // which is no option
	}
	switch word {
	case "pk":
		if c.Nullable {
			return fmt.Errorf("a part of the primary key cannot be NULL, so its type cannot be %s", c.Type)
		}
		c.Key = true
	case "unique":
		c.Unique = true
	case "size":
		if !hasValue {
			return errors.New("size needs a number, as in size:100")
		}
		n, err := strconv.Atoi(value)
		if err != nil || n < 1 {
			return fmt.Errorf("size:%s is not a size; expected a number from 1 up", value)
		}
		if c.Kind != "string" && c.Kind != Bytes {
			return fmt.Errorf("a size is for strings and []byte, not for %s", c.Type)
		}
		c.Size = n
	case "created", "updated":
		if c.Kind != Time || c.Nullable {
			return fmt.Errorf("%s is for a time.Time, not for %s", word, c.Type)
		}
		c.Created = c.Created || word == "created"
		c.Updated = c.Updated || word == "updated"
	default:
		return fmt.Errorf("unknown option %q in its tag; the options are pk, unique, size:N, created and updated", word)
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
