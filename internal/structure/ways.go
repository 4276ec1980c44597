package structure

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"
)

// A way leads to a call from the calls around it: the call stands in a function,
// that function is called at up[0], the one around that at up[1], and so on. It
// says what parameters are.
type way struct {
	*reader
	base *site
	up   []*site
}

// value is an expression on a way: at level 0 around the call itself, at level 1
// where its function is called …
type value struct {
	ast.Expr
	level int
}

// longest is how many calls a way has at most.
const longest = 6

func (w way) site(level int) *site {
	if level == 0 {
		return w.base
	}
	return w.up[level-1]
}

func (w way) pkg(v value) *Package { return w.site(v.level).pkg }

func (w way) info(v value) *types.Info { return w.pkg(v).Info }

// ways calls try with the ways to a call. It begins with the call alone, and goes
// on to those who call the function around it as long as try says that a parameter
// of that one decides; done says that no more is known.
func (r *reader) ways(s *site, try func(w way, done bool) (more bool)) {
	var grow func(w way)
	grow = func(w way) {
		var callers []*site
		if fn := w.site(len(w.up)).fn; fn != nil && len(w.up) < longest {
			callers = r.callers[fn.Obj]
		}
		if !try(w, len(callers) == 0) {
			return
		}
		for _, c := range callers {
			grow(way{r, s, append(slices.Clip(w.up), c)})
		}
	}
	grow(way{r, s, nil})
}

// meant follows variables and parameters to what they are. More says that the last
// one is a parameter of the outermost function on the way.
func (w way) meant(v value) (meant value, more bool) {
	for range 20 {
		v.Expr = ast.Unparen(v.Expr)
		id, ok := v.Expr.(*ast.Ident)
		if !ok {
			return v, false
		}
		obj, ok := w.info(v).Uses[id].(*types.Var)
		if !ok {
			return v, false
		}
		if i := parameter(w.site(v.level).fn, obj); i >= 0 {
			if v.level == len(w.up) {
				return v, true
			}
			args := w.up[v.level].call.Args
			if _, changed := w.defs[obj]; changed || i >= len(args) {
				return v, false
			}
			v = value{args[i], v.level + 1}
			continue
		}
		def := w.defs[obj]
		if def == nil || obj.Parent() == obj.Pkg().Scope() {
			return v, false
		}
		v.Expr = def
	}
	return v, false
}

// parameter returns which parameter of a function a variable is, or -1.
func parameter(f *Func, v *types.Var) int {
	if f == nil {
		return -1
	}
	sig := f.Obj.Signature()
	for i := range sig.Params().Len() {
		if sig.Params().At(i) == v && (!sig.Variadic() || i < sig.Params().Len()-1) {
			return i
		}
	}
	return -1
}

// text returns the string that an expression is.
func (w way) text(v value) (text string, ok, more bool) {
	if c := w.info(v).Types[v.Expr].Value; c != nil && c.Kind() == constant.String {
		return constant.StringVal(c), true, false
	}
	if def, pkg := w.global(v); def != nil {
		text, whole := w.constants(pkg, def)
		return text, whole, false
	}
	if m, more := w.meant(v); more || m.Expr != v.Expr {
		if more {
			return "", false, true
		}
		return w.text(m)
	}
	b, isSum := ast.Unparen(v.Expr).(*ast.BinaryExpr)
	if !isSum || b.Op != token.ADD {
		return "", false, false
	}
	x, okX, moreX := w.text(value{b.X, v.level})
	y, okY, moreY := w.text(value{b.Y, v.level})
	return x + y, okX && okY, moreX || moreY
}

// global returns what a variable outside of functions is, if it is set once, and
// its package.
func (w way) global(v value) (ast.Expr, *Package) {
	obj := variable(w.info(v), v.Expr)
	if obj == nil || obj.Pkg() == nil || obj.Parent() != obj.Pkg().Scope() {
		return nil, nil
	}
	def, pkg := w.defs[obj], w.Package(obj.Pkg().Path())
	if def == nil || pkg == nil {
		return nil, nil
	}
	return def, pkg
}
