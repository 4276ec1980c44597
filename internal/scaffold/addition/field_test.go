package addition_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/terem-go/terem/internal/scaffold/addition"
)

// A field that is added later looks like one that the domain was made with, and
// taken back leaves nothing.
func TestFieldIsAsIfItHadBeenThere(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fields, added []string
		anywhere      bool // in a file
	}{
		"owner": {fields: []string{"title:string", "user:ref(users,owner)"}, added: []string{
			"note:text?", "number:int", "due:date?", "area:float?", "is_new:bool", "fee:decimal(10,3)?", "token:uuid?", "meta:json", "kind:enum(house,flat-share)"}},
		"plain": {fields: []string{"title:string?", "rest:duration"}, added: []string{
			"note:text", "name:string(40)?", "sold_at:time", "meta:json", "state:enum(good,bad)?", "size:string?", "pause:duration?"}},
		"more owned":   {[]string{"title:string", "user:ref(users,owner)"}, []string{"agent:ref(users)?", "code:string(40)?!", "chief:ref(users)", "parent:ref(orders)?"}, true},
		"more unowned": {[]string{"name:string!", "maker:ref(users)"}, []string{"agent:ref(users)?", "number:int?!", "login:ref(users)?", "parent:ref(orders)?"}, true},
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
					got := read(t, dir, name)
					if c.anywhere {
						want, got = sorted(want), sorted(got)
					}
					if diff := cmp.Diff(want, got); diff != "" {
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
	if strings.Contains(text, ":ref(") {
		column += "_id"
	}
	return []string{"orders." + column + ":'1'"}
}

// sorted returns the words of a text in their order.
func sorted(text string) string {
	words := strings.FieldsFunc(text, func(c rune) bool { return strings.ContainsRune(" \t\n,()", c) })
	slices.Sort(words)
	return strings.Join(words, "\n")
}
