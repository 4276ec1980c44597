package dao_test

import (
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/terem-go/terem/dao"
)

var columnName = regexp.MustCompile(`^[a-z_][a-z0-9_]{0,62}$`)

// FuzzTag: a tag is refused, or the column has a name that needs no quotes and
// just the options that the tag names.
func FuzzTag(f *testing.F) {
	for _, tag := range []string{"id,pk", "email,unique,size:320", "a,size:0", "a,size:-1", "a,size", "a,pk,pk", "a,", ",pk", "A", "1a", "a b", "a\";DROP TABLE x", "a,size:99999999999999999999", "a,created,updated", "é"} {
		f.Add(tag)
	}
	types := []reflect.Type{reflect.TypeFor[string](), reflect.TypeFor[*string](), reflect.TypeFor[int](), reflect.TypeFor[time.Time](), reflect.TypeFor[[]byte]()}
	f.Fuzz(func(t *testing.T, tag string) {
		for _, typ := range types {
			c, err := dao.ParseTag(typ, tag)
			if err != nil {
				continue
			}
			options := strings.Split(tag, ",")[1:]
			has := 0
			for _, on := range []bool{c.Key, c.Unique, c.Size > 0, c.Created, c.Updated} {
				if on {
					has++
				}
			}
			if !columnName.MatchString(c.Name) || !strings.HasPrefix(tag, c.Name) || has != len(options) {
				t.Errorf("%q of %s became %+v", tag, typ, c)
			}
		}
	})
}
