package source

import (
	"errors"
	"go/ast"
	"go/types"
	"runtime"
	"sync"
)

// check finds out the types, of many packages at the same time, each after those that
// it imports.
func (l *loader) check(from *elsewhere) {
	slots := make(chan struct{}, runtime.GOMAXPROCS(0))
	var work sync.WaitGroup
	for _, p := range l.units {
		work.Go(func() {
			defer close(p.checked)
			for _, other := range p.imports {
				<-other.checked
			}
			slots <- struct{}{}
			defer func() { <-slots }()
			l.checkOne(p, from)
		})
	}
	work.Wait()
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
