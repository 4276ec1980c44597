package schema

import (
	"errors"
	"fmt"
	"go/ast"
	"go/constant"
	"go/types"
	"path/filepath"
	"strings"

	"github.com/terem-go/terem/dao"
)

// Models reads the descriptions of an application's tables without running it:
// every dao.Of[T]("name") in the folder and below, outside of tests. The program
// need not compile, as long as the types of its rows can be read.
//
// Errors name the place and the reason: a table whose name is no constant, what
// dao refuses as well, two types for one table.
func Models(dir string) ([]*dao.Model, error) { return modelsIn(dir, nil, newCache()) }

func modelsIn(dir string, files overlay, c *cache) ([]*dao.Model, error) {
	l, err := newLoader(dir, files, c)
	if err != nil {
		return nil, err
	}
	calls, err := l.find()
	if err != nil {
		return nil, err
	}
	if err := l.load(); err != nil {
		return nil, err
	}
	var models []*dao.Model
	var problems []error
	first := map[string]*dao.Model{}
	for _, c := range calls {
		m, err := l.model(c)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		switch other := first[m.Table]; {
		case other == nil:
			first[m.Table] = m
			models = append(models, m)
		case other.Type != m.Type:
			problems = append(problems, fmt.Errorf("%s: the table %s is described by %s and by %s: let one type describe it, and read into others with dao.Query", l.place(c.expr), m.Table, other.Type, m.Type))
		}
	}
	return models, errors.Join(problems...)
}

// call is a dao.Of[T]("name").
type call struct {
	pkg  *pkg
	expr *ast.CallExpr
	typ  ast.Expr
}

// place returns the file and the line of a node, from the application's folder on.
func (l *loader) place(n ast.Node) string {
	p := l.fset.Position(n.Pos())
	if rel, err := filepath.Rel(l.dir, p.Filename); err == nil && !strings.HasPrefix(rel, "..") {
		p.Filename = rel
	}
	return fmt.Sprintf("%s:%d", p.Filename, p.Line)
}

// model returns the description that a call makes.
func (l *loader) model(c call) (*dao.Model, error) {
	wrong := func(format string, args ...any) error {
		return fmt.Errorf("%s: %w", l.place(c.expr), fmt.Errorf(format, args...))
	}
	if len(c.expr.Args) != 1 {
		return nil, wrong("dao.Of has %d arguments; expected the table's name", len(c.expr.Args))
	}
	name := l.eval(c.pkg, c.expr.Args[0])
	if name.Value == nil || name.Value.Kind() != constant.String {
		return nil, wrong("the table's name is no constant: terem reads it without running the program, so give dao.Of a string or a const")
	}
	t := l.eval(c.pkg, c.typ).Type
	if t == nil || t == types.Typ[types.Invalid] {
		return nil, wrong("the type %s cannot be read: it must be declared outside of functions, in code that can be parsed", types.ExprString(c.typ))
	}
	if _, ok := t.Underlying().(*types.Struct); !ok {
		return nil, wrong("dao: %s is not a struct", typeName(t))
	}
	d := describer{loader: l, root: typeName(t), fields: map[string]string{}}
	d.walk(t.Underlying().(*types.Struct), "")
	if d.problems == nil && d.columns == nil {
		return nil, wrong("dao: %s has no columns", d.root)
	}
	if err := errors.Join(d.problems...); err != nil {
		return nil, wrong("%w", err)
	}
	define, err := l.define(t)
	if err != nil {
		return nil, err
	}
	m, err := dao.NewModel(constant.StringVal(name.Value), d.root, d.columns, define)
	if err != nil {
		return nil, wrong("%w", err)
	}
	return m, nil
}

// eval returns the type and the value of an expression.
func (l *loader) eval(p *pkg, e ast.Expr) types.TypeAndValue {
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}}
	_ = types.CheckExpr(l.fset, p.types, e.Pos(), e, info) // what is wrong has no type
	return info.Types[e]
}
