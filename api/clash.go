package api

import (
	"fmt"
	"reflect"
)

// schemaClash says that two types would have one name in the document.
func schemaClash(name string, a, b schemaPlace) error {
	return fmt.Errorf("%s: the schema %s is %s, but at %s it is %s. Give one of the types another name, such as one that begins with its domain's",
		b.place, name, qualified(b.typ), a.place, qualified(a.typ))
}

func qualified(t reflect.Type) string {
	if t.Name() == "" {
		return t.String()
	}
	return t.PkgPath() + "." + t.Name()
}
