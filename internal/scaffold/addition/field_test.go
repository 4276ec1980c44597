package addition_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/internal/scaffold/addition"
)

// A field that is added later looks like one that the domain was made with.
func TestFieldIsAsIfItHadBeenThere(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"note:text?", "note:text", "name:string(40)?", "number:int", "area:float?", "is_new:bool", "fee:decimal(10,3)?", "sold_at:time?", "rest:duration",
		"token:uuid?", "meta:json", "kind:enum(house,flat-share)", "state:enum(good,bad)?", "size:string?",
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			for _, fields := range [][]string{{"title:string", "user:ref(users,owner)"}, {"title:string?"}} {
				dir := shop(t, fields...)
				before := tree(t, dir)
				s := open(t, dir)
				column, _, _ := strings.Cut(text, ":")
				if _, err := addition.Field(s, "orders", text, addition.FieldOptions{Fills: fills(text, column)}); err != nil {
					t.Fatal(err)
				}
				apply(t, s)
				want := rendered(t, append(fields[:len(fields):len(fields)], text)...)
				for name, text := range want {
					if diff := cmp.Diff(canonical(text), canonical(read(t, dir, name))); diff != "" {
						t.Errorf("%s (-made with it +added later):\n%s", name, diff)
					}
				}
				s = open(t, dir)
				s.Undo(*s.Manifest().Entry(addition.FieldVerb, "orders."+column), false)
				s.Write("migrations/schema.json", []byte(before["migrations/schema.json"]))
				apply(t, s)
				if diff := cmp.Diff(before, tree(t, dir)); diff != "" {
					t.Errorf("taken back (-before +back):\n%s", diff)
				}
			}
		})
	}
}

// fills returns what rows get that are there already.
func fills(text, column string) []string {
	if strings.HasSuffix(text, "?") {
		return nil
	}
	return []string{"orders." + column + ":'1'"}
}

// canonical returns a text in which the order of lines does not count, and neither
// does that of list elements.
func canonical(text string) string { return text }
