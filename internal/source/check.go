package source

import (
	"errors"
	"go/ast"
	"go/types"
	"runtime"
)

// check finds out the types, of each package after those that it imports. They are
// checked one at a time: two checkers that share an imported type race in go/types
// (go.dev/issue/81122).
func (l *loader) check(from *elsewhere) {
	seen := map[*Package]bool{}
	var visit func(p *Package)
	visit = func(p *Package) {
		if seen[p] {
			return
		}
		seen[p] = true
		for _, other := range p.imports {
			visit(other)
		}
		l.checkOne(p, from)
	}
	for _, p := range l.units {
		visit(p)
	}
}

func (l *loader) checkOne(p *Package, from *elsewhere) {
	if len(p.Files) == 0 {
		return
	}
	if l.Info {
		p.Info = &types.Info{
			Types:      map[ast.Expr]types.TypeAndValue{},
			Instances:  map[*ast.Ident]types.Instance{},
			Defs:       map[*ast.Ident]types.Object{},
			Uses:       map[*ast.Ident]types.Object{},
			Implicits:  map[ast.Node]types.Object{},
			Selections: map[*ast.SelectorExpr]*types.Selection{},
		}
	}
	c := types.Config{
		Importer: &imports{p, from}, GoVersion: l.version, FakeImportC: true, Sizes: types.SizesFor("gc", runtime.GOARCH),
		Error: func(err error) {
			problem := Problem{Text: err.Error()}
			if e, ok := errors.AsType[types.Error](err); ok {
				problem = l.problem(e.Fset.Position(e.Pos), e.Msg)
			}
			if !l.noGo[problem.File] { // else it follows from that
				p.problems = append(p.problems, problem)
			}
		},
	}
	p.Types, _ = c.Check(p.Path, l.Fset, p.Files, p.Info) // Error has heard of it
}
