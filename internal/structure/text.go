package structure

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"regexp"
)

// Text returns what is constant of a text, and whether that is all of it. What is not
// stands in it as a question mark, which is no name of a table.
func Text(info *types.Info, e ast.Expr) (text string, whole bool) {
	return textOf(info, e, func(ast.Expr) (text string, whole, known bool) { return "", false, false })
}

// constants is Text, and follows variables to what they are declared with.
func (r *reader) constants(pkg *Package, e ast.Expr) (text string, whole bool) {
	return textOf(pkg.Info, e, func(e ast.Expr) (text string, whole, known bool) {
		v := variable(pkg.Info, e)
		if v == nil || v.Pkg() == nil || r.defs[v] == nil {
			return "", false, false
		}
		at := r.Package(v.Pkg().Path())
		if at == nil {
			return "", false, false
		}
		text, whole = r.constants(at, r.defs[v])
		return text, whole, true
	})
}

func textOf(info *types.Info, e ast.Expr, named func(e ast.Expr) (text string, whole, known bool)) (text string, whole bool) {
	e = ast.Unparen(e)
	if c := info.Types[e].Value; c != nil && c.Kind() == constant.String {
		return constant.StringVal(c), true
	}
	switch x := e.(type) {
	case *ast.BinaryExpr:
		if x.Op == token.ADD {
			a, wholeA := textOf(info, x.X, named)
			b, wholeB := textOf(info, x.Y, named)
			return a + b, wholeA && wholeB
		}
	case *ast.Ident, *ast.SelectorExpr:
		if text, whole, known := named(e); known {
			return text, whole
		}
	case *ast.CallExpr:
		if f := funcOf(info, x.Fun); f != nil && f.FullName() == "fmt.Sprintf" {
			text, _ := textOf(info, x.Args[0], named)
			return verb.ReplaceAllString(text, " ? "), false
		}
	}
	return " ? ", false
}

// verb is what fmt replaces.
var verb = regexp.MustCompile(`%[-+# 0-9.\[\]]*[a-zA-Z]`)
