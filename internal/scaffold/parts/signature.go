package parts

import (
	"errors"
	"fmt"
	"go/types"
	"slices"
	"strings"

	"github.com/terem-go/terem/internal/goedit"
)

// signature is what a method takes and returns, as the domain that calls it writes it.
type signature struct {
	text    string // (ctx context.Context, id int64) error
	imports []string
}

func (s *signature) addImports(f *goedit.File) {
	for _, p := range s.imports {
		f.AddImport(p)
	}
}

// write returns the signature of the method in the domain that calls it. A type that this one cannot name is an error,
// which says the way out.
func (k *link) write() (*signature, error) {
	s := new(signature)
	for _, t := range mentioned(k.offer.types) {
		p := t.Pkg()
		folder, own := strings.CutPrefix(p.Path(), k.app.Path+"/")
		switch {
		case !t.Exported():
			return nil, fmt.Errorf("%s.%s takes or returns %s.%s, which is not exported, so nobody else can name it. Export it, or use another type", k.offer.of, k.offer.name, p.Name(), t.Name())
		case p.Path() == "github.com/terem-go/terem/dao":
			return nil, fmt.Errorf("%s.%s takes or returns %s.%s, which is about tables, and those of %s are its own. Write a method of %[5]s that takes and returns plain values, and link to that one",
				k.offer.of, k.offer.name, p.Name(), t.Name(), k.provider)
		case p.Path() == k.consumer.Path:
		case own && folder != "utils" && !k.consumer.Imports(p.Path()):
			return nil, k.unnameable(t, folder)
		case !slices.Contains(s.imports, p.Path()):
			s.imports = append(s.imports, p.Path())
		}
	}
	slices.Sort(s.imports)
	text := types.TypeString(k.offer.types, func(p *types.Package) string {
		if p.Path() == k.consumer.Path {
			return ""
		}
		return p.Name()
	})
	s.text = strings.TrimPrefix(text, "func")
	return s, nil
}

// unnameable says what to do about a type of another domain.
func (k *link) unnameable(t *types.TypeName, folder string) error {
	consumer := k.consumer.Folder
	text := fmt.Sprintf("%s.%s takes or returns %s.%s, and %s does not import %s. Write a method of %s that takes and returns what both can name, "+
		"such as numbers, strings, times and types of the library, and link to that one", k.offer.of, k.offer.name, t.Pkg().Name(), t.Name(), consumer, folder, k.provider)
	if !k.app.Reaches(folder, consumer) {
		text += fmt.Sprintf(". Or have %s import %s, which would be no cycle: add the line //terem:uses %[2]s to the package comment in %[1]s/domain.go, use the type, and link again", consumer, folder)
	}
	return errors.New(text)
}

// mentioned are the named types of a signature, in the order in which they stand there.
func mentioned(s *types.Signature) (list []*types.TypeName) {
	seen := map[types.Type]bool{}
	var visit func(types.Type)
	tuple := func(t *types.Tuple) {
		for v := range t.Variables() {
			visit(v.Type())
		}
	}
	visit = func(t types.Type) {
		if seen[t] {
			return
		}
		seen[t] = true
		if n, ok := t.(interface {
			Obj() *types.TypeName
			TypeArgs() *types.TypeList
		}); ok { // a named type, or an alias
			if n.Obj().Pkg() != nil {
				list = append(list, n.Obj())
			}
			for a := range n.TypeArgs().Types() {
				visit(a)
			}
			return
		}
		switch t := t.(type) {
		case *types.Map:
			visit(t.Key())
			visit(t.Elem())
		case interface{ Elem() types.Type }: // a pointer, slice, array or channel
			visit(t.Elem())
		case *types.Signature:
			tuple(t.Params())
			tuple(t.Results())
		case *types.Struct:
			for f := range t.Fields() {
				visit(f.Type())
			}
		}
	}
	visit(s)
	return list
}
