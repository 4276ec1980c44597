package addition_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/internal/scaffold/addition"
)

// A field that is added later looks like one that the domain was made with, and
// taken back leaves nothing.
func TestFieldIsAsIfItHadBeenThere(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ fields, added []string }{
		"owner": {[]string{"title:string", "user:ref(users,owner)"}, []string{
			"note:text?", "number:int", "area:float?", "is_new:bool", "fee:decimal(10,3)?", "token:uuid?", "meta:json", "kind:enum(house,flat-share)"}},
		"plain": {[]string{"title:string?", "rest:duration"}, []string{
			"note:text", "name:string(40)?", "sold_at:time", "meta:json", "state:enum(good,bad)?", "size:string?", "pause:duration?"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := shop(t, c.fields...)
			before := tree(t, dir)
			for _, text := range c.added {
				s := open(t, dir)
				column, _, _ := strings.Cut(text, ":")
				if _, err := addition.Field(s, "orders", text, addition.FieldOptions{Fills: fills(text, column)}); err != nil {
					t.Fatal(err)
				}
				apply(t, s)
				for name, want := range rendered(t, append(c.fields[:len(c.fields):len(c.fields)], text)...) {
					if diff := cmp.Diff(want, read(t, dir, name)); diff != "" {
						t.Errorf("%s: %s (-made with it +added later):\n%s", text, name, diff)
					}
				}
				s = open(t, dir)
				if _, err := addition.Remove(t.Context(), s, addition.FieldVerb, "orders."+column, addition.RemoveOptions{}); err != nil {
					t.Fatal(err)
				}
				apply(t, s)
				if diff := cmp.Diff(before, tree(t, dir)); diff != "" {
					t.Fatalf("%s: taken back (-before +back):\n%s", text, diff)
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
