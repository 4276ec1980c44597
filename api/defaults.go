package api

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// overridesZero reports whether huma would put the field's default in the place
// of an explicit zero, which it does for all that comes together with a body.
func overridesZero(f reflect.StructField) bool {
	def, zero := f.Tag.Get("default"), zeroText(f.Type)
	if def == "" || def == zero {
		return false
	}
	switch f.Type.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map:
		return false
	case reflect.String:
		if _, isParam := paramOf(f, nil); isParam { // an empty one counts as missing
			return false
		}
	}
	if values := f.Tag.Get("enum"); values != "" {
		return slices.Contains(strings.Split(values, ","), strings.Trim(zero, `"`))
	}
	for _, tag := range []string{"minimum", "minLength"} {
		if least, _ := strconv.ParseFloat(f.Tag.Get(tag), 64); least > 0 {
			return false
		}
	}
	return true
}

func zeroText(t reflect.Type) string {
	if t.Kind() == reflect.String {
		return `""`
	}
	return fmt.Sprint(reflect.Zero(t))
}
