package source_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/terem-go/terem/internal/source"
)

// Packages that use the same types of another module are read without a race: go test
// -race finds one if they are checked at the same time.
func TestTypesThatManyUse(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(8))
	var archive strings.Builder
	for i := range 40 {
		fmt.Fprintf(&archive, "-- p%d/p.go --\npackage p\n\nimport (\n\t\"bytes\"\n\t\"go/ast\"\n\t\"reflect\"\n\t\"strings\"\n)\n\n", i)
		fmt.Fprint(&archive, "func F(v reflect.Value, f *ast.File) []any {\n\tfor range strings.Lines(\"\") {\n\t}\n\tfor range bytes.Lines(nil) {\n\t}\n\tfor range v.Seq2() {\n\t}\n\tfor range ast.Preorder(f) {\n\t}\n\treturn nil\n}\n")
	}
	dir := module(t, archive.String())
	for range 10 {
		code, err := source.Load(t.Context(), dir, source.Options{})
		if err == nil {
			err = code.Err()
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}
