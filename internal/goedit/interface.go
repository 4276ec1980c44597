package goedit

import "go/ast"

// AddSignature adds a method to an interface type: its text is the method as it
// stands in source, such as Balance(ctx context.Context, id int64) (int64, error).
// Places go by names of methods.
func (f *File) AddSignature(name, text string, p Place) {
	d, _ := f.named(name)
	spec, ok := d.node.(*ast.TypeSpec)
	var t *ast.InterfaceType
	if ok {
		t, ok = spec.Type.(*ast.InterfaceType)
	}
	if !ok {
		f.missing(text, "has no interface %s", name)
		return
	}
	var names []string
	var methods []span
	for _, m := range t.Methods.List {
		name := ""
		if len(m.Names) > 0 {
			name = m.Names[0].Name
		}
		at := span{f.offset(m.Pos()), f.offset(m.End())}
		if m.Doc != nil {
			at.pos = f.offset(m.Doc.Pos())
		}
		names, methods = append(names, name), append(methods, at)
	}
	f.listed(methods, t.Methods.Closing, p.among(names), name, text)
}
