package rules

import (
	"fmt"
	"go/types"
	"reflect"
)

var responseSchema = &Rule{
	ID:    "response-schema",
	Title: "A route answers with schemas, and never with a row of a table.",
	Reason: "A column that is added to the table is sent to every client from then on: the hash of a password, a note about the customer. And no " +
		"column can be renamed without breaking clients.",
	Application: func(a *Application) []Finding {
		rows := map[*types.TypeName]bool{}
		for _, t := range a.App.Tables {
			if row := a.rowType(t); row != nil {
				rows[row] = true
			}
		}
		var list []Finding
		for _, p := range a.Program.Packages {
			for _, r := range routes(p) {
				row := sent(r.output, rows, map[types.Type]bool{})
				if row == nil || isPage(r.output) {
					continue
				}
				f := found(r.call.Args[2], fmt.Sprintf("the route %s answers with rows: %s.%s", routeName(r), row.Pkg().Name(), row.Name()))
				f.WayOut = fmt.Sprintf("write a type in schemas.go with what clients see, and a function there that makes it of a row: func new%[1]sRead(x *%[1]s) *%[1]sRead", row.Name())
				list = append(list, f)
			}
		}
		return list
	},
}

// sent returns the first type of rows within what is encoded of a type, or nil.
// A type that encodes itself is not looked into.
func sent(t types.Type, rows map[*types.TypeName]bool, seen map[types.Type]bool) *types.TypeName {
	t = pointedAt(t)
	if seen[t] {
		return nil
	}
	seen[t] = true
	if n, ok := t.(*types.Named); ok {
		if m, _, _ := types.LookupFieldOrMethod(n, true, nil, "MarshalJSON"); m != nil {
			return nil
		}
		if rows[n.Obj()] {
			return n.Obj()
		}
	}
	switch u := t.Underlying().(type) {
	case *types.Slice:
		return sent(u.Elem(), rows, seen)
	case *types.Array:
		return sent(u.Elem(), rows, seen)
	case *types.Map:
		return sent(u.Elem(), rows, seen)
	case *types.Struct:
		for i := range u.NumFields() {
			f := u.Field(i)
			if reflect.StructTag(u.Tag(i)).Get("json") == "-" || !f.Exported() && !f.Embedded() {
				continue
			}
			if row := sent(f.Type(), rows, seen); row != nil {
				return row
			}
		}
	}
	return nil
}
