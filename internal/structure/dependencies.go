package structure

import (
	"go/types"
	"slices"
)

// provider is what makes the values of a type from requests.
type provider struct {
	way  way
	make value
}

// readProviders finds what is provided.
func (r *reader) readProviders() {
	for _, s := range r.sites["api.Provide"] {
		args := typeArgs(s.pkg, bare(s.call.Fun))
		if len(args) == 0 || len(s.call.Args) < 2 {
			continue
		}
		if _, generic := args[0].(*types.TypeParam); generic {
			r.miss(s.pkg, s.call.Pos(), "it cannot be told what is provided here: its type is a parameter")
			continue
		}
		w := way{r, s, nil}
		made, _ := w.meant(value{s.call.Args[1], 0})
		r.given[typeKey(args[0])] = &provider{w, made}
	}
}

// dependencies adds those that the fields of an input ask for.
func (r *reader) dependencies(in types.Type, deps []types.Type) []types.Type {
	s, ok := in.Underlying().(*types.Struct)
	if !ok {
		return deps
	}
	for f := range s.Fields() {
		_, isStruct := f.Type().Underlying().(*types.Struct)
		switch {
		case f.Embedded() && isStruct:
			deps = r.dependencies(f.Type(), deps)
		case r.given[typeKey(f.Type())] != nil && !slices.ContainsFunc(deps, func(d types.Type) bool { return types.Identical(d, f.Type()) }):
			deps = append(deps, f.Type())
		}
	}
	return deps
}
