package schema

import (
	"errors"
	"fmt"
	"go/ast"
	"go/constant"
	"go/types"
	"reflect"
	"strings"

	"github.com/terem-go/terem/dao"
)

// describer reads the columns of a struct as package dao does by reflection.
type describer struct {
	*loader
	root     string
	columns  []dao.Column
	fields   map[string]string // by the name of their column
	problems []error
}

func (d *describer) walk(s *types.Struct, prefix string) {
	for i := range s.NumFields() {
		f := s.Field(i)
		tag, tagged := reflect.StructTag(s.Tag(i)).Lookup("db")
		path := prefix + f.Name()
		inner, isStruct := f.Type().Underlying().(*types.Struct)
		_, isPointer := f.Type().Underlying().(*types.Pointer)
		switch {
		case tag == "-", !tagged && !f.Anonymous() && !f.Exported():
		case !tagged && f.Anonymous() && isStruct && typeName(f.Type()) != "time.Time":
			d.walk(inner, path+".")
		case !tagged && f.Anonymous() && isPointer:
			d.problem(path, errors.New("is embedded by a pointer: embed the struct itself"))
		case !tagged:
			d.problem(path, errors.New(`has no db tag: name its column, or leave it out with db:"-"`))
		case !f.Exported():
			d.problem(path, errors.New("has a db tag and is not exported"))
		default:
			d.add(f.Type(), tag, path)
		}
	}
}

func (d *describer) add(t types.Type, tag, path string) {
	c, err := d.column(t)
	if err == nil {
		c.Field = path
		err = c.ParseTag(tag)
	}
	if err != nil {
		d.problem(path, err)
		return
	}
	if other, taken := d.fields[c.Name]; taken {
		d.problem(path, fmt.Errorf("the column %s is that of the field %s already", c.Name, other))
		return
	}
	d.fields[c.Name] = path
	d.columns = append(d.columns, c)
}

func (d *describer) problem(field string, err error) {
	d.problems = append(d.problems, fmt.Errorf("dao: %s.%s: %w", d.root, field, err))
}

// column returns the column that a field of a type can be, without its name.
func (d *describer) column(field types.Type) (c dao.Column, err error) {
	c.Type = typeName(field)
	t := field
	if p, ok := types.Unalias(field).(*types.Pointer); ok {
		t, c.Nullable = p.Elem(), true
	}
	basic, isBasic := t.Underlying().(*types.Basic)
	scans, values := method(t, "Scan"), method(t, "Value")
	own := scans != nil && signature(scans) == "func(interface {}) error"
	writes := values != nil && signature(values) == "func() (driver.Value, error)"
	switch named, _ := types.Unalias(t).(*types.Named); {
	case t == types.Typ[types.Invalid]:
		return c, errors.New("the type cannot be read; is it declared, and its package there?")
	case typeName(t) == "time.Time":
		c.Kind = dao.KindTime
	case own != writes:
		return c, fmt.Errorf("%s must be both a sql.Scanner and a driver.Valuer, or neither", typeName(t))
	case own:
		return c, d.own(&c, named, t)
	case isBytes(t):
		c.Kind = dao.KindBytes
	case isBasic && basic.Info()&(types.IsBoolean|types.IsInteger|types.IsFloat|types.IsString) != 0 && basic.Kind() != types.Uintptr:
		c.Kind = basicKind(basic)
		if c.Kind == "string" {
			c.Values, err = d.enum(t)
		}
	default:
		return c, fmt.Errorf("the type %s cannot be a column: expected a number, bool, string, []byte, time.Time, "+
			"a type made of one of these, a pointer to one, or a sql.Scanner", c.Type)
	}
	return c, err
}

// own describes a column whose type reads and writes its values itself.
func (d *describer) own(c *dao.Column, named *types.Named, t types.Type) error {
	c.Kind = dao.KindCustom
	path := ""
	if named != nil && named.Obj().Pkg() != nil {
		path = named.Obj().Pkg().Path() + "." + named.Obj().Name()
	}
	switch {
	case path == "github.com/terem-go/terem/civil.Date":
		c.Kind = dao.KindDate
	case path == "github.com/google/uuid.UUID", path == "github.com/google/uuid.NullUUID":
		c.Kind = dao.KindUUID
	case method(t, "holdsJSON") != nil && method(t, "holdsJSON").Pkg().Path() == daoPath:
		c.Kind = dao.KindJSON
	case strings.HasPrefix(path, "database/sql.Null"):
		inner, err := d.column(named.Underlying().(*types.Struct).Field(0).Type())
		if err != nil {
			return err
		}
		c.Kind, c.Values = inner.Kind, inner.Values
	}
	c.Nullable = c.Nullable || named != nil && strings.HasPrefix(named.Obj().Name(), "Null")
	return nil
}

// method returns the method of a pointer to a type, or nil.
func method(t types.Type, name string) *types.Func {
	pkg := (*types.Package)(nil)
	if n, ok := types.Unalias(t).(*types.Named); ok {
		pkg = n.Obj().Pkg()
	}
	o, _, _ := types.LookupFieldOrMethod(types.NewPointer(t), false, pkg, name)
	f, _ := o.(*types.Func)
	return f
}

func isBytes(t types.Type) bool {
	s, ok := t.Underlying().(*types.Slice)
	if !ok {
		return false
	}
	b, ok := types.Unalias(s.Elem()).(*types.Basic)
	return ok && b.Kind() == types.Uint8
}

func basicKind(b *types.Basic) dao.Kind {
	switch b.Kind() {
	case types.Int:
		return "int64"
	case types.Uint:
		return "uint64"
	case types.Uint8: // also byte
		return "uint8"
	case types.Int32: // also rune
		return "int32"
	}
	return dao.Kind(b.Name())
}

// enum returns the values of a string type that has a list of them, as its method
// Values returns it.
func (d *describer) enum(t types.Type) ([]string, error) {
	o, _, _ := types.LookupFieldOrMethod(t, false, nil, "Values")
	f, ok := o.(*types.Func)
	if !ok || signature(f) != "func() []string" {
		return nil, nil
	}
	if p, isPointer := f.Signature().Recv().Type().(*types.Pointer); isPointer && !types.Identical(p, t) {
		return nil, nil
	}
	pkg, decl := d.declaration(f)
	wrong := errors.New("the method Values of " + typeName(t) + " must return a list of constants, as in: return []string{\"draft\", \"sent\"}")
	if decl == nil || decl.Body == nil || len(decl.Body.List) != 1 {
		return nil, wrong
	}
	ret, ok := decl.Body.List[0].(*ast.ReturnStmt)
	if !ok || len(ret.Results) != 1 {
		return nil, wrong
	}
	list, ok := ret.Results[0].(*ast.CompositeLit)
	if !ok {
		return nil, wrong
	}
	values := []string{}
	for _, e := range list.Elts {
		v := d.eval(pkg, e).Value
		if v == nil || v.Kind() != constant.String {
			return nil, wrong
		}
		values = append(values, constant.StringVal(v))
	}
	return values, nil
}

// define returns what the method Table of a type does, or nil.
func (l *loader) define(t types.Type) (func(*dao.Def), error) {
	f := method(t, "Table")
	if f == nil {
		return nil, nil
	}
	pkg, decl := l.declaration(f)
	if decl == nil || signature(f) != "func(*dao.Def)" {
		return nil, fmt.Errorf("dao: %s: the method Table is %s; expected func(*dao.Def)", typeName(t), signature(f))
	}
	if decl.Body == nil {
		return nil, fmt.Errorf("%s: the method Table of %s has no body", l.place(decl), typeName(t))
	}
	var steps []func(*dao.Def)
	for _, statement := range decl.Body.List {
		step, ok := l.definition(pkg, decl, statement)
		if !ok {
			return nil, fmt.Errorf("%s: the method Table of %s may only call Index, Unique and Check of its parameter, one after the other and with constants: terem reads it without running the program", l.place(statement), typeName(t))
		}
		steps = append(steps, step)
	}
	return func(d *dao.Def) {
		for _, step := range steps {
			step(d)
		}
	}, nil
}

// definition reads one call of a method Table.
func (l *loader) definition(p *pkg, method *ast.FuncDecl, statement ast.Stmt) (func(*dao.Def), bool) {
	e, ok := statement.(*ast.ExprStmt)
	if !ok {
		return nil, false
	}
	on, name, args, ok := l.methodCall(p, e.X)
	where := ""
	hasWhere := ok && name == "Where" && len(args) == 1
	if hasWhere {
		where = args[0]
		on, name, args, ok = l.methodCall(p, on)
	}
	parameter := method.Type.Params.List[0].Names
	if id, isName := on.(*ast.Ident); !ok || !isName || len(parameter) != 1 || id.Name != parameter[0].Name {
		return nil, false
	}
	narrowed := func(i dao.IndexDef) {
		if hasWhere {
			i.Where(where)
		}
	}
	switch {
	case name == "Index":
		return func(d *dao.Def) { narrowed(d.Index(args...)) }, true
	case name == "Unique":
		return func(d *dao.Def) { narrowed(d.Unique(args...)) }, true
	case name == "Check" && len(args) == 2 && !hasWhere:
		return func(d *dao.Def) { d.Check(args[0], args[1]) }, true
	}
	return nil, false
}

// methodCall reads on.name(args), where the arguments are constant strings.
func (l *loader) methodCall(p *pkg, e ast.Expr) (on ast.Expr, name string, args []string, ok bool) {
	c, isCall := e.(*ast.CallExpr)
	if !isCall {
		return nil, "", nil, false
	}
	s, isSelector := c.Fun.(*ast.SelectorExpr)
	if !isSelector {
		return nil, "", nil, false
	}
	for _, a := range c.Args {
		v := l.eval(p, a).Value
		if v == nil || v.Kind() != constant.String {
			return nil, "", nil, false
		}
		args = append(args, constant.StringVal(v))
	}
	return s.X, s.Sel.Name, args, true
}
