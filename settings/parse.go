package settings

import (
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"net/url"
	"reflect"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"
)

// parse reads text, which is not empty, into a value of the field's type. wrong says what was expected
// instead, and never holds a secret.
func (f field) parse(text string) (value reflect.Value, wrong string) {
	if isList(f.typ) {
		items := strings.Split(text, f.separator())
		for i, item := range items {
			items[i] = strings.TrimSpace(item)
			if items[i] == "" {
				return reflect.Value{}, fmt.Sprintf("expected no empty item between the separators %q", f.separator())
			}
		}
		text = strings.Join(items, f.separator())
	}
	value, err := f.convert(text)
	if err == nil {
		return value, ""
	}
	if e := expected(f.typ); e != "" {
		return reflect.Value{}, "expected " + e
	}
	// Only the type itself knows what it expects, and its error may quote the text.
	var cause env.ParseError
	if f.printed(text) == text && errors.As(err, &cause) {
		return reflect.Value{}, clip(oneLine(cause.Err.Error()))
	}
	return reflect.Value{}, fmt.Sprintf("expected a %s", f.typ)
}

// convert has the env package read text into a struct whose only field is of the field's type, so that the
// error, if any, is this field's.
func (f field) convert(text string) (reflect.Value, error) {
	holder := reflect.New(reflect.StructOf([]reflect.StructField{{Name: "Field", Type: f.typ, Tag: f.tag}}))
	err := env.ParseWithOptions(holder.Interface(), env.Options{
		Environment: map[string]string{f.ownName: text},
	})
	return holder.Elem().Field(0), err
}

func (f field) separator() string {
	if s := f.tag.Get("envSeparator"); s != "" {
		return s
	}
	return ","
}

// missing says that the field, which is required, has no text.
func (f field) missing() string {
	if f.doc == "" {
		return "required"
	}
	return "required: " + f.doc
}

// printed returns text as it may be shown to people.
func (f field) printed(text string) string {
	t := f.typ
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if t == reflect.TypeFor[Secret]() {
		return mask(text)
	}
	return redact(text)
}

// expected says what text for a type looks like, and "" if only the type's UnmarshalText knows.
func expected(t reflect.Type) string {
	switch t {
	case reflect.TypeFor[time.Duration]():
		return "a duration such as 30s or 5m"
	case reflect.TypeFor[time.Location]():
		return "a time zone such as Europe/London"
	case reflect.TypeFor[slog.Level]():
		return "debug, info, warn or error"
	case reflect.TypeFor[netip.Addr]():
		return "an address such as 10.0.0.1"
	case reflect.TypeFor[netip.AddrPort]():
		return "an address and port such as 10.0.0.1:8000"
	case reflect.TypeFor[netip.Prefix]():
		return "a network such as 10.0.0.0/8"
	case reflect.TypeFor[url.URL]():
		return "a URL"
	}
	if hasUnmarshalText(t) {
		return ""
	}
	switch t.Kind() {
	case reflect.Pointer:
		return expected(t.Elem())
	case reflect.Slice:
		if item := expected(t.Elem()); item != "" {
			return item + ", or several with a separator between"
		}
		return ""
	case reflect.Map:
		return "key:value pairs with a separator between"
	case reflect.Bool:
		return "true or false"
	case reflect.Float32, reflect.Float64:
		return "a number"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		least := int64(-1) << (bits(t) - 1)
		return fmt.Sprintf("a whole number from %d to %d", least, ^least)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return fmt.Sprintf("a whole number from 0 to %d", ^uint64(0)>>(64-bits(t)))
	}
	return ""
}

// bits returns the size of the numbers that the env package accepts for an integer type.
func bits(t reflect.Type) int {
	if t.Kind() == reflect.Int || t.Kind() == reflect.Uint {
		return 32
	}
	return t.Bits()
}
