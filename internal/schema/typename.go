package schema

import (
	"go/types"
	"strings"
)

// typeName returns a type as package reflect writes it.
func typeName(t types.Type) string {
	switch t := types.Unalias(t).(type) {
	case *types.Basic:
		switch t.Kind() {
		case types.Uint8:
			return "uint8"
		case types.Int32:
			return "int32"
		}
		return t.Name()
	case *types.Pointer:
		return "*" + typeName(t.Elem())
	case *types.Slice:
		return "[]" + typeName(t.Elem())
	case *types.Map:
		return "map[" + typeName(t.Key()) + "]" + typeName(t.Elem())
	case *types.Interface:
		if t.Empty() {
			return "interface {}"
		}
	case *types.Named:
		name := t.Obj().Name()
		if p := t.Obj().Pkg(); p != nil {
			name = p.Name() + "." + name
		}
		if t.TypeArgs().Len() == 0 {
			return name
		}
		var args []string
		for a := range t.TypeArgs().Types() {
			args = append(args, types.TypeString(a, nil)) // with whole paths
		}
		return name + "[" + strings.Join(args, ",") + "]"
	}
	return types.TypeString(t, func(p *types.Package) string { return p.Name() })
}

// signature returns the type of a method, as package reflect writes it.
func signature(f *types.Func) string {
	list := func(t *types.Tuple) string {
		var all []string
		for v := range t.Variables() {
			all = append(all, typeName(v.Type()))
		}
		return strings.Join(all, ", ")
	}
	s := "func(" + list(f.Signature().Params()) + ")"
	switch n := f.Signature().Results().Len(); {
	case n == 1:
		s += " " + list(f.Signature().Results())
	case n > 1:
		s += " (" + list(f.Signature().Results()) + ")"
	}
	return s
}
