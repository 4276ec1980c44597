package dao

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"math"
	"reflect"
	"regexp"
	"strconv"
	"strings"
)

var decimalText = regexp.MustCompile(`^(-?)0*(\d*)(?:\.(\d*?)0*)?$`)

// errNoNumber is returned for a text that is no decimal number.
var errNoNumber = errors.New("expected a decimal number")

// decimalOf returns the text of a number that a decimal is compared with.
func decimalOf(value any) (string, error) {
	switch v := reflect.ValueOf(value); {
	case v.CanInt():
		return strconv.FormatInt(v.Int(), 10), nil
	case v.CanUint():
		return strconv.FormatUint(v.Uint(), 10), nil
	case v.CanFloat() && !math.IsNaN(v.Float()) && !math.IsInf(v.Float(), 0):
		return strconv.FormatFloat(v.Float(), 'f', -1, 64), nil
	}
	text := value
	if own, ok := value.(driver.Valuer); ok {
		var err error
		if text, err = own.Value(); err != nil {
			return "", err
		}
	}
	if s := reflect.ValueOf(text); s.Kind() == reflect.String {
		if s := s.String(); s != "" && s != "-" && decimalText.MatchString(s) {
			return s, nil
		}
		return "", errNoNumber
	}
	return "", fmt.Errorf("is a decimal, and cannot be compared with a %T", value)
}

// decimal returns the text of a decimal with as many digits behind the point as
// the column has, so that equal numbers are equal texts. A number with more is
// refused: PostgreSQL would round it and SQLite keep it.
func (c *column) decimal(text string) (any, error) {
	m := decimalText.FindStringSubmatch(text)
	if m == nil || text == "" || text == "-" {
		return nil, c.refused("expected a decimal number")
	}
	sign, whole, rest := m[1], m[2], m[3]
	switch {
	case len(rest) > c.Scale:
		return nil, c.refused(fmt.Sprintf("a number has at most %d digits behind the point", c.Scale))
	case len(whole) > c.Precision-c.Scale:
		return nil, c.refused(fmt.Sprintf("a number has at most %d digits before the point", c.Precision-c.Scale))
	case whole == "" && rest == "":
		sign = ""
	}
	if whole == "" {
		whole = "0"
	}
	if c.Scale == 0 {
		return sign + whole, nil
	}
	return sign + whole + "." + rest + strings.Repeat("0", c.Scale-len(rest)), nil
}
