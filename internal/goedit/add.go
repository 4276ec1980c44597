package goedit

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// AddField adds a field to a struct: a type's, or that of a field within, as in
// OrderCreate.Body. The text is the field as it stands in source, with its tag;
// places go by names of fields.
func (f *File) AddField(path, text string, p Place) {
	s := f.structure(path)
	if s == nil {
		f.missing(text, "has no struct %s", path)
		return
	}
	var names []string
	var fields []span
	for _, field := range s.Fields.List {
		name := types.ExprString(field.Type)
		if len(field.Names) > 0 {
			name = field.Names[0].Name
		}
		at := span{f.offset(field.Pos()), f.offset(field.End())}
		if field.Doc != nil {
			at.pos = f.offset(field.Doc.Pos())
		}
		names, fields = append(names, name), append(fields, at)
	}
	scope, _, _ := strings.Cut(path, ".")
	f.listed(fields, s.Fields.Closing, p.among(names), scope, text)
}

// HasField reports whether a struct, named as for AddField, has a field.
func (f *File) HasField(path, name string) bool {
	s := f.structure(path)
	if s == nil {
		return false
	}
	for _, field := range s.Fields.List {
		for _, n := range field.Names {
			if n.Name == name {
				return true
			}
		}
	}
	return false
}

// AddStatement adds statements to a function, such as assemble, or a method, such
// as Router.Routes. Places go by how a statement begins, in the form that gofmt
// gives it: Before("a := app.New("). Behind all others is still before the return
// that ends the function.
func (f *File) AddStatement(function, text string, p Place) {
	fn := f.function(function)
	if fn == nil {
		f.missing(text, "has no function %s", function)
		return
	}
	var names []string
	var statements []span
	last := f.offset(fn.Body.Lbrace)
	for _, s := range fn.Body.List {
		name := ""
		for _, begin := range p.names {
			if strings.HasPrefix(spaced(f.text(s)), spaced(begin)) {
				name = begin
			}
		}
		at := span{f.offset(s.Pos()), f.offset(s.End())}
		if _, alone := f.line(at.pos); alone {
			at.pos = f.withComments(at.pos, last)
		}
		last = at.end
		names, statements = append(names, name), append(statements, at)
	}
	i := p.among(names)
	if n := len(statements); i == n && n > 0 {
		if _, ends := fn.Body.List[n-1].(*ast.ReturnStmt); ends {
			i--
		}
	}
	f.listed(statements, fn.Body.Rbrace, i, function, text)
}

// spaced returns the text with single spaces.
func spaced(s string) string { return strings.Join(strings.Fields(s), " ") }

// AddArgument adds a last argument to the first call of a function within a
// declaration: AddArgument("assemble", "a.Register", "orders"). A function with a
// parenthesis says how the call begins, as in AddStatement; "f(x > g" is the call of
// g within that.
func (f *File) AddArgument(scope, function, text string) {
	d, _ := f.named(scope)
	call := f.call(d.node, function)
	if call == nil || call.Ellipsis.IsValid() {
		if !f.lists(d, text) {
			f.noPlace(text, "has no call of %s in %s that can take another argument", function, scope)
		}
		return
	}
	f.commaed(call.Args, call.Lparen, call.Rparen, len(call.Args), scope, text)
}

// call returns the first call of a function within a node, as of AddArgument.
func (f *File) call(within ast.Node, function string) (call *ast.CallExpr) {
	if within == nil {
		return nil
	}
	outer, inner, nested := strings.Cut(function, " > ")
	ast.Inspect(within, func(n ast.Node) bool {
		if c, ok := n.(*ast.CallExpr); ok && call == nil && (types.ExprString(c.Fun) == outer ||
			strings.Contains(outer, "(") && strings.HasPrefix(spaced(f.text(c)), spaced(outer))) {
			call = c
		}
		return call == nil
	})
	if nested && call != nil {
		return f.call(call, inner)
	}
	return call
}

// lists reports whether an expression stands among others in a declaration or, if that
// is gone, anywhere: somebody has added it by hand.
func (f *File) lists(d decl, text string) bool {
	if d.node == nil {
		d.end = len(f.src)
	}
	list := tokens(f.src[d.pos:d.end])
	for _, m := range find(list, tokens([]byte(text))) {
		i := slices.IndexFunc(list, func(t tok) bool { return t.pos == m.pos })
		j := slices.IndexFunc(list, func(t tok) bool { return t.end == m.end })
		if i > 0 && j+1 < len(list) && strings.Contains(",(", list[i-1].text) && strings.Contains(",)}", list[j+1].text) {
			return true
		}
	}
	return false
}

// AddElement adds an element to the first composite literal of a type within a
// declaration: AddElement("newOrderRead", "OrderRead", "Note: o.Note",
// Before("CreatedAt")). Places go by the elements' keys, or by how elements
// without one read.
func (f *File) AddElement(scope, typ, text string, p Place) {
	d, ok := f.named(scope)
	var literal *ast.CompositeLit
	if ok {
		ast.Inspect(d.node, func(n ast.Node) bool {
			if c, ok := n.(*ast.CompositeLit); ok && literal == nil && c.Type != nil && types.ExprString(c.Type) == typ {
				literal = c
			}
			return literal == nil
		})
	}
	if literal == nil {
		if strings.Contains(text, ": ") { // with a key it says enough to be known anywhere
			d = decl{}
		}
		if !f.lists(d, text) {
			f.noPlace(text+",", "has no %s{…} in %s", typ, scope)
		}
		return
	}
	var names []string
	for _, e := range literal.Elts {
		if pair, ok := e.(*ast.KeyValueExpr); ok {
			e = pair.Key
		}
		names = append(names, spaced(f.text(e)))
	}
	f.commaed(literal.Elts, literal.Lbrace, literal.Rbrace, p.among(names), scope, text)
}

// AddDecl adds a declaration with its comment. Places go by names as of Declares.
// By default it is behind the last of its kind: a method behind those of its type
// or that type, any other behind the last function, type, constant or variable.
// Where there is none, and with End, it is the file's last.
func (f *File) AddDecl(text string, p Place) {
	list := f.decls()
	if p.names == nil && !p.end {
		p = f.kin(text, list)
	}
	var names []string
	for _, d := range list {
		names = append(names, d.name)
	}
	i := p.among(names)
	switch {
	case len(p.names) == 0 || len(list) == 0:
		f.behind(len(strings.TrimRight(string(f.src), " \t\n")), "", "\n"+text)
	case i < len(list) && !p.after:
		f.above(f.whole(list[i]).pos, "", text+"\n")
	default:
		f.behind(f.whole(list[i-1]).end, "", "\n"+text)
	}
}

// kin returns the place behind the last declaration of the same kind.
func (f *File) kin(text string, list []decl) Place {
	other, err := parser.ParseFile(token.NewFileSet(), "", "package p\n"+text, parser.SkipObjectResolution)
	if err != nil || len(other.Decls) == 0 {
		return Last
	}
	new := (&File{fset: token.NewFileSet(), ast: other}).decls()
	if len(new) == 0 {
		return Last
	}
	typ, _, isMethod := strings.Cut(new[0].name, ".")
	place := Last
	for _, d := range list {
		if d.kind == new[0].kind && (!isMethod || strings.HasPrefix(d.name, typ+".")) || isMethod && d.name == typ {
			place = After(d.name)
		}
	}
	return place
}

// whole returns the declaration that a name stands in: for one of a group, the
// group.
func (f *File) whole(d decl) span {
	for _, n := range f.ast.Decls {
		if g, ok := n.(*ast.GenDecl); ok && f.offset(g.Pos()) <= d.pos && d.pos < f.offset(g.End()) {
			at := span{f.offset(g.Pos()), f.offset(g.End())}
			if g.Doc != nil {
				at.pos = f.offset(g.Doc.Pos())
			}
			return at
		}
	}
	return d.span
}

// AddSpec adds a line to the first group of constants or variables, by token
// (const or var): AddSpec(token.VAR, `ErrPaid = errs.New(…)`, Last). Places go by
// names.
func (f *File) AddSpec(tok token.Token, text string, p Place) {
	for _, n := range f.ast.Decls {
		g, ok := n.(*ast.GenDecl)
		if !ok || g.Tok != tok || !g.Lparen.IsValid() {
			continue
		}
		var names []string
		var specs []span
		for _, s := range g.Specs {
			s := s.(*ast.ValueSpec)
			at := span{f.offset(s.Pos()), f.offset(s.End())}
			if s.Doc != nil {
				at.pos = f.offset(s.Doc.Pos())
			}
			names, specs = append(names, s.Names[0].Name), append(specs, at)
		}
		f.listed(specs, g.Rparen, p.among(names), "", text)
		return
	}
	f.missing(tok.String()+" "+text, "has no group %s ( … )", tok)
}
